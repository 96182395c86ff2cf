#include "supervisor/serve/configuration.h"

#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <set>

#include "policies/document.h"
#include "policies/host_path.h"
#include "policies/notation.h"
#include "supervisor/serve/notation.h"

namespace runtime::serve {
namespace {

using policies::Diagnostic;
using policies::Document;
using policies::quoted;
using policies::Reader;

constexpr uint64_t kMaxBytes = 1 << 20;
constexpr uint32_t kMostRunning = 1024;
constexpr size_t kMostTenants = 10'000;

constexpr std::string_view kWhat = "configuration";

bool isPlainName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name[0] != '.' && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}
constexpr std::string_view kPlainName = "1 to 64 letters, digits, `.`, `_` or `-`, the first no dot";

std::expected<TcpAddress, std::string> parseTcp(std::string_view text) {
  constexpr std::string_view kForm = "must be \"unix:/PATH\" or \"ADDRESS:PORT\", as \"127.0.0.1:8780\"";
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::unexpected(std::string(kForm));
  std::string host(text.substr(0, colon));
  const std::string_view digits = text.substr(colon + 1);
  TcpAddress address;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::unexpected(std::string(kForm));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!isIpLiteral(host) && host != "localhost") {
    return std::unexpected("must name an IP address to listen on, or localhost: no name is looked up");
  }
  address.host = std::move(host);
  return address;
}

// "100/s"
std::expected<Rate, std::string> parseRate(std::string_view text) {
  Rate rate;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rate.count);
  const std::string_view unit(end, text.data() + text.size());
  rate.perNs = unit == "/s"   ? 1'000'000'000ull
               : unit == "/m" ? 60'000'000'000ull
               : unit == "/h" ? 3'600'000'000'000ull
                              : 0ull;
  if (error != std::errc() || rate.perNs == 0 || rate.count == 0 || rate.count > 1'000'000) {
    return std::unexpected("must be an integer from 1 to 1000000 and /s, /m or /h, as \"100/s\"");
  }
  return rate;
}

class Sections {
 public:
  Sections(Document& document, std::string folder, Configuration& configuration)
      : file_(document.table()),
        reader_(document.reader()),
        folder_(std::move(folder)),
        configuration_(configuration) {}

  void read() {
    reader_.checkKeys(file_, "the configuration",
                      {"version", "listen", "state", "pool", "audit", "policies", "tenant"});
    if (const toml::node* version = file_.get("version"); version == nullptr) {
      reader_.faultAtStart("the key `version` is missing: write `version = 1`");
    } else if (!version->is_integer() || version->as_integer()->get() != 1) {
      reader_.fault(*version, "`version` must be the integer 1: no other version of the format is known");
    }
    readListen();
    readState();
    readPool();
    configuration_.auditFolder = folderOf("audit");
    configuration_.policiesFolder = folderOf("policies");
    readTenants();
    checkTogether();
  }

 private:
  const toml::table* section(std::string_view name, const std::vector<std::string_view>& known) {
    const toml::node* node = file_.get(name);
    if (node == nullptr) return nullptr;
    const toml::table* table = reader_.table(*node, name);
    if (table != nullptr) reader_.checkKeys(*table, "[" + std::string(name) + "]", known);
    return table;
  }

  // Absolute; nothing after a fault.
  std::optional<std::string> path(const toml::node& node, std::string_view name) {
    const auto written = reader_.text(node, name);
    if (!written) return std::nullopt;
    if (written->empty() || written->contains('\0')) {
      reader_.fault(node, quoted(name) + " must be a path");
      return std::nullopt;
    }
    auto absolute = policies::absoluteHostPath(folder_, *written);
    if (absolute) return *absolute;
    reader_.fault(node, quoted(*written) + " cannot be found: " + absolute.error());
    return std::nullopt;
  }

  void readListen() {
    const toml::table* table = section("listen", {"http", "rpc", "hosts"});
    if (table == nullptr) {
      reader_.faultAtStart(
          "the section [listen] is missing: write `http = \"unix:/run/...\"` or \"ADDRESS:PORT\" there");
      return;
    }
    if (const toml::node* rpc = table->get("rpc")) {
      reader_.fault(*rpc, "the RPC listener is not part of this version: leave `rpc` out");
    }
    if (const toml::node* hosts = table->get("hosts")) {
      reader_.eachText(*hosts, "hosts", Reader::Alone::kRefused,
                       [&](const std::string& host, const toml::node&) { configuration_.hosts.push_back(host); });
    }
    const toml::node* http = table->get("http");
    if (http == nullptr) {
      reader_.fault(*table, "[listen] names no listener: write `http`");
      return;
    }
    const auto text = reader_.text(*http, "http");
    if (!text) return;
    constexpr std::string_view kUnix = "unix:";
    if (!text->starts_with(kUnix)) {
      auto address = parseTcp(*text);
      if (!address) return reader_.fault(*http, "`http` " + address.error());
      configuration_.http = std::move(*address);
      return;
    }
    const std::string written = text->substr(kUnix.size());
    if (written.empty() || written.contains('\0')) return reader_.fault(*http, "`http` names no path after `unix:`");
    const auto absolute = policies::absoluteHostPath(folder_, written);
    if (!absolute) return reader_.fault(*http, quoted(written) + " cannot be found: " + absolute.error());
    if (absolute->size() >= sizeof(sockaddr_un::sun_path)) {
      return reader_.fault(*http, "the path of a socket has at most 107 bytes (unix(7))");
    }
    configuration_.http = UnixAddress{*absolute};
  }

  template <typename Parse>
  void amount(const toml::table& table, std::string_view name, uint64_t& into, Parse parse) {
    const toml::node* node = table.get(name);
    if (node == nullptr) return;
    if (const auto value = reader_.amount(*node, name, parse)) into = *value;
  }
  void count(const toml::table& table, std::string_view name, uint32_t& into, uint32_t most) {
    const toml::node* node = table.get(name);
    if (node == nullptr) return;
    if (const auto value = reader_.count(*node, name, most)) into = static_cast<uint32_t>(*value);
  }

  void readState() {
    const toml::table* table = section("state", {"folder", "sync", "retention", "size", "artifacts"});
    const toml::node* folder = table == nullptr ? nullptr : table->get("folder");
    if (folder == nullptr) {
      reader_.faultAtStart("the section [state] does not say where the queue is kept: write `folder` there");
    } else if (const auto absolute = path(*folder, "folder")) {
      configuration_.stateFolder = *absolute;
    }
    if (table == nullptr) return;
    if (const toml::node* sync = table->get("sync")) {
      const auto text = reader_.text(*sync, "sync");
      if (text && *text == "power") {
        configuration_.durability = Durability::kPowerLoss;
      } else if (text && *text != "process") {
        reader_.fault(*sync, "`sync` must be \"process\" (the default) or \"power\"");
      }
    }
    amount(*table, "retention", configuration_.retentionNs, policies::parseDuration);
    amount(*table, "size", configuration_.resultBytes, policies::parseSize);
    amount(*table, "artifacts", configuration_.artifactBytes, policies::parseSize);
  }

  void readPool() {
    const toml::table* table =
        section("pool", {"ready", "running", "zygote_jobs", "zygote_age", "huge_pages", "drain"});
    if (table == nullptr) return;
    count(*table, "running", configuration_.running, kMostRunning);
    if (const toml::node* ready = table->get("ready");
        ready != nullptr && ready->is_integer() && ready->as_integer()->get() == 0) {
      configuration_.ready = 0;
    } else {
      count(*table, "ready", configuration_.ready, kMostRunning);
    }
    count(*table, "zygote_jobs", configuration_.zygoteJobs, 1'000'000);
    amount(*table, "zygote_age", configuration_.zygoteAgeNs, policies::parseDuration);
    if (const toml::node* flag = table->get("huge_pages")) {
      configuration_.hugePages = reader_.boolean(*flag, "huge_pages").value_or(true);
    }
    amount(*table, "drain", configuration_.drainNs, policies::parseDuration);
  }

  // `folder` of a section that has nothing else; empty where it is not given.
  std::string folderOf(std::string_view name) {
    const toml::table* table = section(name, {"folder"});
    const toml::node* folder = table == nullptr ? nullptr : table->get("folder");
    if (folder == nullptr) return {};
    const auto absolute = path(*folder, "folder");
    if (!absolute) return {};
    if (const auto look = policies::lookAt(*absolute); look.kind != policies::HostKind::kFolder) {
      reader_.fault(*folder, "is no folder" + (look.reason.empty() ? "" : ": " + look.reason));
      return {};
    }
    return *absolute;
  }

  void readTenants() {
    const toml::node* node = file_.get("tenant");
    if (node == nullptr) return;
    const toml::array* list = reader_.array(*node, "tenant");
    if (list == nullptr) return;
    if (list->size() > kMostTenants) return reader_.fault(*node, "more than 10000 tenants");
    for (const toml::node& each : *list) {
      if (reader_.full()) return;
      if (const toml::table* table = reader_.table(each, "[[tenant]]")) readTenant(*table);
    }
  }

  void readTenant(const toml::table& table) {
    reader_.checkKeys(
        table, "[[tenant]]",
        {"name", "token_sha256", "uids", "ceiling", "policies", "weight", "running", "queued", "rate", "operator"});
    TenantSettings tenant;
    tenant.place = reader_.placeOf(table);
    if (const toml::node* name = table.get("name"); name == nullptr) {
      reader_.fault(table, "this tenant has no `name`");
    } else if (const auto text = reader_.text(*name, "name")) {
      if (!isPlainName(*text)) reader_.fault(*name, "`name` must be " + std::string(kPlainName));
      if (*text == "default") reader_.fault(*name, "`default` is who runs the service: give this tenant another name");
      if (!names_.insert(*text).second) reader_.fault(*name, "another tenant is called " + quoted(*text));
      tenant.name = *text;
    }
    if (const toml::node* tokens = table.get("token_sha256")) {
      reader_.eachText(*tokens, "token_sha256", Reader::Alone::kAllowed,
                       [&](const std::string& digest, const toml::node& at) {
                         if (!isSha256(digest)) {
                           return reader_.fault(at,
                                                "`token_sha256` must be the SHA-256 of the token, 64 digits of "
                                                "lower-case hex: printf %s TOKEN | sha256sum");
                         }
                         if (!digests_.insert(digest).second) {
                           return reader_.fault(at, "another tenant has this token");
                         }
                         tenant.tokenDigests.push_back(digest);
                       });
    }
    if (const toml::node* uids = table.get("uids")) readUids(*uids, tenant);
    if (const toml::node* ceiling = table.get("ceiling")) {
      if (const auto absolute = path(*ceiling, "ceiling")) tenant.ceiling = *absolute;
    }
    if (const toml::node* allowed = table.get("policies")) {
      reader_.eachText(
          *allowed, "policies", Reader::Alone::kRefused, [&](const std::string& name, const toml::node& at) {
            if (!isPlainName(name)) {
              return reader_.fault(at, "the name of a policy must be " + std::string(kPlainName));
            }
            if (file_["policies"]["folder"].node() == nullptr) {
              return reader_.fault(at, "policies have names where `folder` of [policies] says where they are");
            }
            tenant.policies.push_back(name);
          });
    }
    count(table, "weight", tenant.weight, 1'000'000);
    count(table, "running", tenant.running, kMostRunning);
    count(table, "queued", tenant.queued, 1'000'000);
    if (const toml::node* rate = table.get("rate")) {
      if (const auto text = reader_.text(*rate, "rate")) {
        const auto parsed = parseRate(*text);
        if (parsed) {
          tenant.rate = *parsed;
        } else {
          reader_.fault(*rate, "`rate` " + parsed.error());
        }
      }
    }
    if (const toml::node* flag = table.get("operator")) {
      if (const auto value = reader_.boolean(*flag, "operator")) tenant.isOperator = *value;
    }
    configuration_.tenants.push_back(std::move(tenant));
  }

  void readUids(const toml::node& node, TenantSettings& tenant) {
    const toml::array* list = reader_.array(node, "uids");
    if (list == nullptr) return;
    for (const toml::node& each : *list) {
      const auto* number = each.as_integer();
      if (number == nullptr || number->get() < 0 || number->get() >= INT64_C(0xFFFFFFFF)) {
        reader_.fault(each, "`uids` must be a list of user ids");
        continue;
      }
      const auto uid = static_cast<uid_t>(number->get());
      if (!uids_.insert(uid).second) {
        reader_.fault(each, "another tenant has this uid");
        continue;
      }
      tenant.uids.push_back(uid);
    }
  }

  void checkTogether() {
    if (!configuration_.http || !std::holds_alternative<TcpAddress>(*configuration_.http)) return;
    const toml::node& at = *file_["listen"]["http"].node();
    if (digests_.empty()) reader_.fault(at, "over TCP tenants are told by their tokens, and no tenant has one");
    if (!uids_.empty()) reader_.fault(at, "over TCP nobody has a uid: remove `uids`, or listen on a Unix socket");
  }

  const toml::table& file_;
  Reader& reader_;
  const std::string folder_;
  Configuration& configuration_;
  std::set<std::string> names_, digests_;
  std::set<uid_t> uids_;
};

}  // namespace

std::expected<Configuration, std::vector<Diagnostic>> readConfiguration(const std::string& path) {
  auto content = policies::readRegularFile(path, kMaxBytes, kWhat);
  if (!content) return std::unexpected(policies::wholeFile(path, content.error()));
  const auto folder = policies::folderOf(path);
  if (!folder) return std::unexpected(policies::wholeFile(path, "its folder cannot be found: " + folder.error()));
  Document document(std::move(content->text), path);
  Configuration configuration;
  configuration.file = path;
  if (document.parse(kMaxBytes, kWhat)) Sections(document, *folder, configuration).read();
  auto diagnostics = document.sorted();
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  return configuration;
}

std::expected<Configuration, std::string> defaultConfiguration() {
  const auto absolute = [](const char* name) {
    const char* value = ::getenv(name);
    return std::string(value != nullptr && value[0] == '/' ? value : "");
  };
  Configuration configuration;
  std::string sockets = absolute("XDG_RUNTIME_DIR");
  sockets = sockets.empty() ? "/tmp/secure-runtime-" + std::to_string(::geteuid()) : sockets + "/secure-runtime";
  configuration.http = UnixAddress{sockets + "/http.sock"};
  if (std::get<UnixAddress>(*configuration.http).path.size() >= sizeof(sockaddr_un::sun_path)) {
    return std::unexpected("$XDG_RUNTIME_DIR is too long for a socket: give --config FILE");
  }
  std::string state = absolute("XDG_STATE_HOME");
  if (state.empty()) {
    state = absolute("HOME");
    if (state.empty()) {
      return std::unexpected("neither $XDG_STATE_HOME nor $HOME says where the queue can be kept: give --config FILE");
    }
    state += "/.local/state";
  }
  configuration.stateFolder = state + "/secure-runtime";
  return configuration;
}

}  // namespace runtime::serve
