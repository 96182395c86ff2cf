// The door with a table, views and the schemas of the real extensions, and an extension in their place that only notes
// what reached it.
#include "supervisor/door.h"

#include <capnp/dynamic.h>
#include <fcntl.h>
#include <kj/async.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "capabilities/view.h"
#include "extensions/fs/host.h"
#include "extensions/isolate/host.h"
#include "extensions/job/host.h"
#include "ipc/door.capnp.h"
#include "tests/sandbox/report/attack_report.h"

namespace runtime::supervisor {
namespace {

using capabilities::Right;
using capabilities::RightSet;
using capabilities::Token;

// Stands in for an extension of the same schema.
class Recorder final : public extensions::Extension {
 public:
  Recorder(std::unique_ptr<extensions::Extension> model, std::vector<uint16_t>& invoked)
      : model_(std::move(model)), invoked_(invoked) {}
  std::string_view name() const override { return model_->name(); }
  std::vector<std::string_view> specifiers() const override { return model_->specifiers(); }
  capnp::InterfaceSchema schema() const override { return model_->schema(); }
  std::string_view face() const override { return ""; }
  kj::Promise<extensions::Outcome> invoke(uint16_t method, extensions::Call&) override {
    invoked_.push_back(method);
    return extensions::Outcome{};
  }

 private:
  std::unique_ptr<extensions::Extension> model_;
  std::vector<uint16_t>& invoked_;
};

class LiveHandle final : public capabilities::Object {
 public:
  explicit LiveHandle(RightSet rights) : rights_(rights) {}
  RightSet rights() const override { return rights_; }
  const std::string& resource() const override { return resource_; }
  const std::string& module() const override { return module_; }
  const std::string& rule() const override { return rule_; }

 private:
  RightSet rights_;
  std::string resource_ = "/handle", module_ = "main.mjs", rule_ = "p:1";
};

class NoSession final : public capnp::Capability::Server {
 public:
  DispatchCallResult dispatchCall(uint64_t, uint16_t,
                                  capnp::CallContext<capnp::AnyPointer, capnp::AnyPointer>) override {
    return {KJ_EXCEPTION(FAILED, "no session here"), false, false};
  }
};

struct Fixture : extensions::JobServices, DoorHost {
  Fixture() {
    std::vector<std::unique_ptr<extensions::Extension>> all;
    all.push_back(std::make_unique<Recorder>(extensions::fs::makeExtension(), invoked));
    all.push_back(std::make_unique<Recorder>(extensions::job::makeExtension(), invoked));
    all.push_back(std::make_unique<Recorder>(extensions::isolate::makeExtension(), invoked));
    registry = std::make_unique<Registry>(std::move(all));
    door = capnp::Capability::Client(kj::heap<Door>(*registry, session, static_cast<extensions::JobServices&>(*this),
                                                    table_, audit, static_cast<DoorHost&>(*this)));
  }

  ~Fixture() noexcept override = default;

  Token mintView(RightSet rights) {
    auto mount = std::make_shared<capabilities::Mount>();
    mount->root = os::UniqueFd(open("/", O_PATH | O_CLOEXEC));
    mount->hostPath = "/";
    mount->at = "/data";
    mount->rights = rights;
    mount->rule = "p:1";
    auto authority = std::make_shared<capabilities::Authority>();
    authority->module = "main.mjs";
    authority->mounts.push_back(std::move(mount));
    authority->denies = denies;
    authority->untouchable = std::make_shared<const std::vector<capabilities::FileIdentity>>();
    authority->meters = meters;
    return *table_.mint(capabilities::View::ofModule(std::move(authority)));
  }
  Token mintHandle(RightSet rights) { return *table_.mint(std::make_shared<LiveHandle>(rights)); }

  // Calls a method with each Path and Handle parameter filled from `tokens`, a list of handles with one of them, the
  // last parameter, where it is a list, with all that are left; empty: it succeeded, else the wire error.
  std::optional<ipc::WireError> call(const Registry::Entry& entry, uint16_t method, const std::vector<Token>& tokens,
                                     std::string_view path = "/data/file") {
    auto request = door.typelessRequest(entry.extension->schema().getProto().getId(), method, nullptr, {});
    auto params = request.initAs<capnp::DynamicStruct>(entry.methods[method].params);
    for (size_t i = 0; i < tokens.size(); ++i) {
      const ParameterRule& rule = entry.methods[method].parameters[i];
      if (rule.kind == ParameterRule::Kind::kHandles) {
        const bool isLast = i + 1 == entry.methods[method].parameters.size();
        const auto count = static_cast<capnp::uint>(isLast ? tokens.size() - i : 1);
        auto list = params.init(rule.field, count).as<capnp::DynamicList>();
        for (capnp::uint j = 0; j < count; ++j) {
          auto token = list[j].as<capnp::DynamicStruct>().init("token").as<capnp::DynamicStruct>();
          token.set("high", tokens[i + j].high);
          token.set("low", tokens[i + j].low);
        }
        if (isLast) break;
        continue;
      }
      auto value = params.init(rule.field).as<capnp::DynamicStruct>();
      const bool isPath = rule.kind == ParameterRule::Kind::kPath;
      auto token = value.init(isPath ? "base" : "token").as<capnp::DynamicStruct>();
      token.set("high", tokens[i].high);
      token.set("low", tokens[i].low);
      const std::string text(path);
      if (isPath) value.set("text", capnp::DynamicValue::Reader(capnp::Text::Reader(text.c_str(), text.size())));
    }
    std::optional<ipc::WireError> error;
    request.send()
        .ignoreResult()
        .then([] {}, [&](kj::Exception&& e) { error = ipc::fromException(e).value(); })
        .wait(scope);
    return error;
  }

  capabilities::Lane& lane() override { throw std::logic_error("no lane"); }
  capabilities::Table& table() override { return table_; }
  kj::Promise<std::string> readStdin(size_t) override { return std::string(); }
  const std::vector<std::string>& arguments() const override { return arguments_; }
  std::vector<std::pair<std::string, std::string>> environment(const std::string&) const override { return {}; }
  void onOffence(std::string offence) override { offences.push_back(std::move(offence)); }
  void onInternalError(std::string what) override { BOOST_FAIL(what); }
  void onAuditTrouble() override {}
  bool closed() const override { return isClosed; }
  Usage& usage() override { return usage_; }
  kj::Canceler& calls() override { return calls_; }
  kj::Timer& timer() override { return noTimer; }
  kj::Promise<Admission::Place> admit() override { return admission.enter(); }

  struct NoTimer final : kj::Timer {
    kj::TimePoint now() const override { return kj::origin<kj::TimePoint>(); }
    kj::Promise<void> atTime(kj::TimePoint) override { return kj::NEVER_DONE; }
    kj::Promise<void> afterDelay(kj::Duration) override { return kj::NEVER_DONE; }
  };
  struct NoDenies final : capabilities::DenyRules {
    RightSet deniedAt(std::string_view) const override { return {}; }
    bool couldDenyBeneath(std::string_view) const override { return false; }
    bool empty() const override { return true; }
  };

  kj::EventLoop loop;
  kj::WaitScope scope{loop};
  NoTimer noTimer;
  kj::Canceler calls_;
  Admission admission;
  std::vector<uint16_t> invoked;
  std::vector<std::string> offences;
  bool isClosed = false;
  Usage usage_;
  std::vector<std::string> arguments_;
  std::shared_ptr<const capabilities::DenyRules> denies = std::make_shared<NoDenies>();
  std::shared_ptr<capabilities::JobMeters> meters{
      new capabilities::JobMeters{capabilities::Meter(1 << 20), capabilities::Meter(100)}};
  capabilities::Table table_;
  AuditLog audit{nullptr, 1 << 20, "1", 1, "", noTimer};
  NoSession session;
  std::unique_ptr<Registry> registry;
  capnp::Capability::Client door = nullptr;
};

RightSet maskOf(int bits) {
  RightSet rights;
  for (int i = 0; i < capabilities::kRightCount; ++i) {
    if (bits & (1 << i)) rights = rights | RightSet{static_cast<Right>(i)};
  }
  return rights;
}

// What a parameter demands, as rights.txt has it: "fs.rename from all=delete any= ifAbsent= ifPresent=".
struct Demand {
  RightSet all, any, ifAbsent, ifPresent;
  bool sufficedBy(RightSet held) const {
    const auto has = [&held](RightSet rights) { return (held & rights) == rights; };
    return has(all) && (any.empty() || !(held & any).empty()) && (has(ifAbsent) || has(ifPresent));
  }
};

std::string parameterName(const Registry::Entry& entry, const MethodRules& method, const ParameterRule& parameter) {
  return std::string(entry.extension->name()) + "." + method.name + " " + parameter.name;
}

std::map<std::string, Demand> readDemands() {
  std::map<std::string, Demand> demands;
  std::ifstream file(RIGHTS_LIST);
  BOOST_REQUIRE_MESSAGE(file.is_open(), "no " RIGHTS_LIST);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string method, parameter;
    words >> method >> parameter;
    Demand demand;
    const std::map<std::string, RightSet*> lists{
        {"all", &demand.all}, {"any", &demand.any}, {"ifAbsent", &demand.ifAbsent}, {"ifPresent", &demand.ifPresent}};
    for (std::string word; words >> word;) {
      const size_t equals = word.find('=');
      RightSet& rights = *lists.at(word.substr(0, equals));
      std::istringstream named(equals == std::string::npos ? "" : word.substr(equals + 1));
      for (std::string right; std::getline(named, right, ',');)
        rights = rights | RightSet{capabilities::rightFromName(right).value()};
    }
    BOOST_REQUIRE_MESSAGE(demands.emplace(method + " " + parameter, demand).second, "twice: " << line);
  }
  return demands;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(door_rules, Fixture)

BOOST_AUTO_TEST_CASE(every_parameter_with_every_mask_is_performed_if_and_only_if_its_rights_are_held) {
  int checked = 0;
  std::map<std::string, Demand> demands = readDemands();
  tests::AttackRow row{"rights", "every parameter with every mask of rights", 0, 0, "EACCES names the first missing"};
  for (const char* specifier : {"runtime:fs", "runtime:job", "runtime:isolate"}) {
    const Registry::Entry* entry = registry->bySpecifier(specifier);
    BOOST_REQUIRE(entry != nullptr);
    for (size_t method = 0; method < entry->methods.size(); ++method) {
      const auto& parameters = entry->methods[method].parameters;
      for (size_t varied = 0; varied < parameters.size(); ++varied) {
        const std::string parameter = parameterName(*entry, entry->methods[method], parameters[varied]);
        BOOST_REQUIRE_MESSAGE(demands.contains(parameter), parameter << " is not in rights.txt");
        const Demand demand = demands.extract(parameter).mapped();
        for (int bits = 0; bits < 1 << capabilities::kRightCount; ++bits) {
          std::vector<Token> tokens;
          for (size_t i = 0; i < parameters.size(); ++i) {
            const RightSet rights = i == varied ? maskOf(bits) : RightSet::all();
            const bool isPath = parameters[i].kind == ParameterRule::Kind::kPath;
            tokens.push_back(isPath ? mintView(rights) : mintHandle(rights));
          }
          invoked.clear();
          const auto error = call(*entry, static_cast<uint16_t>(method), tokens);
          const bool expected = demand.sufficedBy(maskOf(bits));
          ++row.tried;
          if (invoked.size() == (expected ? 1u : 0u) && error.has_value() != expected) ++row.refused;
          BOOST_TEST_CONTEXT(entry->methods[method].name << " " << parameters[varied].name << " mask " << bits) {
            BOOST_TEST(invoked.size() == (expected ? 1u : 0u));
            BOOST_TEST(error.has_value() != expected);
            if (error) {
              BOOST_TEST(error->code == "EACCES");
              BOOST_TEST(!error->right.empty());
              BOOST_TEST(!maskOf(bits).has(*capabilities::rightFromName(error->right)));
            }
          }
          for (const Token token : tokens) table_.end(token);
          if (++checked % 20'000 == 0) BOOST_FAIL("more combinations than one table holds: split the test");
        }
      }
    }
  }
  BOOST_TEST(checked > 2000);
  for (const auto& [parameter, demand] : demands) BOOST_ERROR("rights.txt names what no schema has: " << parameter);
  BOOST_TEST(offences.empty());
  tests::report(row);
}

BOOST_AUTO_TEST_CASE(the_rights_of_well_known_calls_are_those_of_the_reference) {
  const std::map<std::string, std::vector<std::pair<RightSet, bool>>> cases = {
      {"readFile", {{{Right::kRead}, true}, {RightSet::all() - RightSet{Right::kRead}, false}}},
      {"readdir", {{{Right::kList}, true}, {{Right::kRead}, false}}},
      {"writeFile", {{{Right::kWrite}, true}, {{Right::kCreate}, false}, {{Right::kAppend, Right::kCreate}, false}}},
      {"appendFile", {{{Right::kAppend}, true}, {{Right::kWrite}, true}, {{Right::kCreate}, false}}},
      {"unlink", {{{Right::kDelete}, true}, {{Right::kWrite, Right::kCreate}, false}}},
      {"mkdir", {{{Right::kCreate}, true}, {{Right::kWrite}, false}}},
      {"openReadWrite", {{{Right::kRead, Right::kWrite}, true}, {{Right::kRead}, false}, {{Right::kWrite}, false}}},
  };
  const Registry::Entry* entry = registry->bySpecifier("node:fs");
  for (const auto& [name, masks] : cases) {
    const auto method = std::ranges::find(entry->methods, name, &MethodRules::name);
    BOOST_REQUIRE(method != entry->methods.end());
    for (const auto& [rights, allowed] : masks) {
      const auto error = call(*entry, static_cast<uint16_t>(method - entry->methods.begin()), {mintView(rights)});
      BOOST_TEST(error.has_value() != allowed, name);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_token_that_was_never_minted_is_an_offence) {
  const Registry::Entry* entry = registry->bySpecifier("fs");
  const auto error = call(*entry, 0, {Token{1, 2}});
  BOOST_TEST(error->code == "EBADF");
  BOOST_TEST(invoked.empty());
  BOOST_TEST(offences.size() == 1u);
}

BOOST_AUTO_TEST_CASE(every_handle_of_a_list_is_looked_at) {
  const Registry::Entry* entry = registry->bySpecifier("runtime:isolate");
  constexpr uint16_t kSend = 1;
  const Token peer = mintHandle({});
  const auto with = [&](size_t before, Token one, size_t after) {
    std::vector<Token> tokens{peer};
    for (size_t i = 0; i < before; ++i) tokens.push_back(mintView({}));
    tokens.push_back(one);
    for (size_t i = 0; i < after; ++i) tokens.push_back(mintView({}));
    return call(*entry, kSend, tokens);
  };
  BOOST_TEST(!with(63, mintView({}), 0));
  BOOST_TEST(with(63, mintView({}), 1)->code == "EMSGSIZE");
  BOOST_TEST(invoked.size() == 1u);
  const Token revoked = mintView({});
  table_.end(revoked);
  BOOST_TEST(with(5, revoked, 5)->code == "EBADF");
  BOOST_TEST(offences.empty());
  capabilities::Table siblings;
  const Token ofSibling = *siblings.mint(std::make_shared<LiveHandle>(RightSet::all()));
  BOOST_TEST(with(5, ofSibling, 5)->code == "EBADF");
  BOOST_TEST(offences.size() == 1u);
  BOOST_TEST(invoked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_ended_token_is_refused_and_no_offence) {
  const Registry::Entry* entry = registry->bySpecifier("fs");
  const Token token = mintView(RightSet::all());
  BOOST_TEST(!call(*entry, 0, {token}));
  table_.end(token);
  BOOST_TEST(call(*entry, 0, {token})->code == "EBADF");
  BOOST_TEST(invoked.size() == 1u);
  BOOST_TEST(offences.empty());
}

BOOST_AUTO_TEST_CASE(a_path_outside_every_entry_is_refused_with_the_right_it_would_need) {
  const Registry::Entry* entry = registry->bySpecifier("fs");
  for (const char* path : {"/", "/etc/passwd", "/dataset", "/..", "relative"}) {
    const auto error = call(*entry, 0, {mintView(RightSet::all())}, path);
    BOOST_REQUIRE(error.has_value());
    BOOST_TEST(error->code == "EACCES");
    BOOST_TEST(error->capability == "fs");
    BOOST_TEST(error->right == "read");
  }
  BOOST_TEST(invoked.empty());
  BOOST_TEST(usage_.deniedCalls == 5u);
}

BOOST_AUTO_TEST_CASE(a_handle_is_not_a_folder) {
  const Registry::Entry* entry = registry->bySpecifier("fs");
  BOOST_TEST(call(*entry, 0, {mintHandle(RightSet::all())})->code == "EBADF");
  BOOST_TEST(invoked.empty());
}

BOOST_AUTO_TEST_CASE(methods_that_do_not_exist_are_an_offence) {
  const Registry::Entry* entry = registry->bySpecifier("fs");
  const auto ask = [&](uint64_t interface, uint16_t method) {
    auto request = door.typelessRequest(interface, method, nullptr, {});
    request.initAs<ipc::Handle>();
    request.send().ignoreResult().then([] { BOOST_FAIL("performed"); }, [](kj::Exception&&) {}).wait(scope);
  };
  ask(entry->extension->schema().getProto().getId(), static_cast<uint16_t>(entry->methods.size()));
  ask(0x1234567812345678, 0);
  BOOST_TEST(offences.size() == 2u);
}

BOOST_AUTO_TEST_CASE(nothing_is_performed_once_the_job_is_over) {
  isClosed = true;
  const Registry::Entry* entry = registry->bySpecifier("fs");
  BOOST_TEST(call(*entry, 0, {mintView(RightSet::all())})->code == "ECANCELED");
  BOOST_TEST(invoked.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace runtime::supervisor
