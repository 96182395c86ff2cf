#include "supervisor/serve/configuration.h"

#include <stdlib.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

namespace runtime::serve {
namespace {

struct File {
  File() {
    std::string pattern = (std::filesystem::temp_directory_path() / "runtime-test-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    std::filesystem::create_directory(folder + "/policies");
  }
  ~File() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  auto read(const std::string& text) const {
    std::ofstream(folder + "/serve.toml") << text;
    return readConfiguration(folder + "/serve.toml");
  }
  // "LINE:COLUMN message" of each fault, in order.
  std::string faultOf(const std::string& text) const {
    const auto configuration = read(text);
    if (configuration) return "";
    std::string all;
    for (const auto& each : configuration.error()) {
      all += std::to_string(each.place.line) + ":" + std::to_string(each.place.column) + " " + each.message + "\n";
    }
    return all;
  }
  std::string folder;
};

constexpr const char* kBase = "version = 1\n[listen]\nhttp = \"unix:x.sock\"\n[state]\nfolder = \"state\"\n";

BOOST_FIXTURE_TEST_SUITE(configuration, File)

BOOST_AUTO_TEST_CASE(every_key_has_its_meaning) {
  const std::string digest(64, 'a');
  const auto read = this->read(
      "version = 1\n[listen]\nhttp = \"[::1]:8780\"\nhosts = [\"jobs.example.com\"]\n[state]\nfolder = \"s\"\nsync = "
      "\"power\"\n"
      "retention = \"2h\"\nsize = \"3MiB\"\nartifacts = \"4MiB\"\n[pool]\nready = 0\nrunning = 3\nzygote_jobs = 7\n"
      "zygote_age = \"5m\"\nhuge_pages = false\ndrain = \"1s\"\n[policies]\nfolder = \"policies\"\n[[tenant]]\nname = "
      "\"acme\"\ntoken_sha256 = \"" +
      digest +
      "\"\nceiling = \"acme.policy.toml\"\npolicies = [\"report\"]\nweight = 5\nrunning = 2\nqueued = 9\nrate = "
      "\"10/m\"\n"
      "operator = true\n");
  const std::string faults = read ? "" : policies::render(read.error());
  BOOST_REQUIRE_MESSAGE(read.has_value(), faults);
  const Configuration& all = *read;
  BOOST_TEST(std::get<TcpAddress>(*all.http).host == "::1");
  BOOST_TEST(std::get<TcpAddress>(*all.http).port == 8780);
  BOOST_TEST(all.hosts.at(0) == "jobs.example.com");
  BOOST_TEST(all.stateFolder == folder + "/s");
  BOOST_TEST((all.durability == Durability::kPowerLoss));
  BOOST_TEST(all.retentionNs == 7'200'000'000'000u);
  BOOST_TEST(all.resultBytes == 3u << 20);
  BOOST_TEST(all.artifactBytes == 4u << 20);
  BOOST_TEST(all.ready == 0u);
  BOOST_TEST(all.running == 3u);
  BOOST_TEST(all.zygoteJobs == 7u);
  BOOST_TEST(all.zygoteAgeNs == 300'000'000'000u);
  BOOST_TEST(!all.hugePages);
  BOOST_TEST(all.drainNs == 1'000'000'000u);
  BOOST_TEST(all.policiesFolder == folder + "/policies");
  const TenantSettings& tenant = all.tenants.at(0);
  BOOST_TEST(tenant.name == "acme");
  BOOST_TEST(tenant.tokenDigests.at(0) == digest);
  BOOST_TEST(tenant.ceiling == folder + "/acme.policy.toml");
  BOOST_TEST(tenant.policies.at(0) == "report");
  BOOST_TEST(tenant.weight == 5u);
  BOOST_TEST(tenant.running == 2u);
  BOOST_TEST(tenant.queued == 9u);
  BOOST_TEST(tenant.rate->count == 10u);
  BOOST_TEST(tenant.rate->perNs == 60'000'000'000u);
  BOOST_TEST(tenant.isOperator);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told_with_its_place) {
  const std::string base = kBase;
  BOOST_TEST(faultOf(base) == "");
  BOOST_TEST(faultOf("") != "");
  BOOST_TEST(faultOf("version = 2\n").contains("1:11 `version` must be the integer 1"));
  BOOST_TEST(faultOf("version = 1\n[state]\nfolder = \"s\"\n").contains("[listen] is missing"));
  BOOST_TEST(faultOf("version = 1\n[listen]\nhttp = \"unix:x\"\n").contains("[state]"));
  BOOST_TEST(faultOf(base + "[pol]\n").starts_with("6:2 unknown key `pol`"));
  BOOST_TEST(faultOf(base + "[pool]\nredy = 1\n").starts_with("7:1 unknown key `redy`"));
  BOOST_TEST(faultOf(base + "[pool]\nready = -1\n") != "");
  BOOST_TEST(faultOf(base + "[pool]\nrunning = 0\n") != "");
  BOOST_TEST(faultOf(base + "[pool]\nrunning = 1025\n") != "");
  BOOST_TEST(faultOf(base + "[pool]\ndrain = 5\n").starts_with("7:9"));
  BOOST_TEST(faultOf(base + "[policies]\nfolder = \"missing\"\n").starts_with("7:10 is no folder"));
  BOOST_TEST(faultOf("version = 1\n[listen]\nrpc = \"unix:x\"\n[state]\nfolder = \"s\"\n").contains("RPC listener"));
  for (const std::string http : {"", "x", "unix:", "example.com:80", "1.2.3.4", "1.2.3.4:x", "1.2.3.4:70000", ":80"}) {
    BOOST_TEST(faultOf("version = 1\n[listen]\nhttp = \"" + http + "\"\n[state]\nfolder = \"s\"\n").starts_with("3:8"),
               http);
  }
  BOOST_TEST(faultOf("version = 1\n[listen]\nhttp = \"unix:" + std::string(120, 'x') + "\"\n[state]\nfolder = \"s\"\n")
                 .contains("107 bytes"));
  BOOST_TEST(faultOf("version = 1\n[listen]\nhttp = \"127.0.0.1:80\"\n[state]\nfolder = \"s\"\n").contains("token"));
}

BOOST_AUTO_TEST_CASE(tenants_are_told_apart) {
  const std::string base = kBase, digest(64, 'a');
  const auto tenant = [](const std::string& rest) { return "[[tenant]]\n" + rest; };
  BOOST_TEST(faultOf(base + tenant("weight = 1\n")).starts_with("6:1 this tenant has no `name`"));
  for (const std::string name : {"", "default", ".x", "a/b", "a b", "ä"})
    BOOST_TEST(faultOf(base + tenant("name = \"" + name + "\"\n")).starts_with("7:8"), name);
  BOOST_TEST(
      faultOf(base + tenant("name = \"a\"\n") + tenant("name = \"a\"\n")).contains("another tenant is called `a`"));
  const std::string token = "token_sha256 = \"" + digest + "\"\n";
  BOOST_TEST(
      faultOf(base + tenant("name = \"a\"\n" + token) + tenant("name = \"b\"\n" + token)).contains("has this token"));
  BOOST_TEST(faultOf(base + tenant("name = \"a\"\nuids = [1]\n") + tenant("name = \"b\"\nuids = [1]\n"))
                 .contains("has this uid"));
  for (const std::string& odd :
       std::vector<std::string>{"\"x\"", "\"" + std::string(64, 'A') + "\"", "\"" + std::string(63, 'a') + "\"", "1"})
    BOOST_TEST(faultOf(base + tenant("name = \"a\"\ntoken_sha256 = " + odd + "\n")).starts_with("8:16"), odd);
  for (const std::string odd : {"[-1]", "[4294967295]", "[1.5]", "[\"1\"]"})
    BOOST_TEST(faultOf(base + tenant("name = \"a\"\nuids = " + odd + "\n")).starts_with("8:9"), odd);
  for (const std::string odd : {"", "1", "1/d", "0/s", "-1/s", "1.5/s", "1/ s", "1000001/s"})
    BOOST_TEST(faultOf(base + tenant("name = \"a\"\nrate = \"" + odd + "\"\n")).starts_with("8:8"), odd);
  BOOST_TEST(faultOf(base + tenant("name = \"a\"\npolicies = [\"x\"]\n")).contains("[policies]"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace runtime::serve
