#include <algorithm>
#include <map>
#include <utility>

#include "policies/host_path.h"
#include "policies/job_mount.h"
#include "policies/notation.h"
#include "policies/parse.h"
#include "policies/sections.h"

namespace runtime::policies {
namespace {

using capabilities::Right;
using capabilities::RightSet;

// Characters of all globs of one policy, braces expanded.
constexpr size_t kMaxGlobCost = 256 * 1024;
constexpr RightSet kWriting = {Right::kWrite, Right::kAppend, Right::kCreate};

class Rules {
 public:
  explicit Rules(Policy& policy) : policy_(policy) {}

  void read(const std::vector<RulesOfFile>& files) {
    for (const RulesOfFile& one : files) {
      file_ = &one;
      eachTable(one.file, "grant", [&](const toml::table& table) { readGrant(table); });
      eachTable(one.file, "deny", [&](const toml::table& table) { readDeny(table); });
    }
    checkPaths();
    checkOverlaps();
  }

 private:
  // An entry of a grant with the TOML it came from.
  struct Written {
    size_t grant;
    size_t entry;
    const toml::table* table;
    const RulesOfFile* file;
  };
  Reader& reader() const { return file_->reader; }
  const FsGrant& entryOf(const Written& written) const { return policy_.grants[written.grant].fs[written.entry]; }

  template <typename Visit>
  void eachTable(const toml::table& file, std::string_view name, const Visit& visit) {
    const toml::node* node = file.get(name);
    if (node == nullptr) return;
    const std::string heading = "[[" + std::string(name) + "]]";
    if (node->is_table()) {
      reader().fault(*node, "write " + heading + " with two brackets: there may be several");
      return;
    }
    const toml::array* list = reader().array(*node, name);
    if (list == nullptr) return;
    for (const toml::node& element : *list) {
      if (reader().full()) return;
      if (const toml::table* table = reader().table(element, name)) visit(*table);
    }
  }

  std::optional<Glob> readGlob(const std::string& pattern, const toml::node& node, Glob::Over over) {
    auto glob = Glob::parse(pattern, over);
    if (!glob) {
      reader().fault(node, std::move(glob.error()));
      return std::nullopt;
    }
    globCost_ += glob->cost();
    if (globCost_ > kMaxGlobCost) {
      if (!std::exchange(globsAreTooMany_, true)) reader().fault(node, "the globs of this policy are too long in all");
      return std::nullopt;
    }
    return *std::move(glob);
  }

  std::vector<Glob> readTo(const toml::table& table, std::string_view heading) {
    std::vector<Glob> globs;
    const toml::node* node = table.get("to");
    if (node == nullptr) {
      reader().fault(table, std::string(heading) + " has no `to`: name the modules it is for, or \"**\" for all");
      return globs;
    }
    if (node->is_array() && node->as_array()->empty()) {
      reader().fault(*node, "`to` names no module: write a glob, or remove the rule");
      return globs;
    }
    reader().eachText(*node, "to", Reader::Alone::kAllowed, [&](const std::string& pattern, const toml::node& element) {
      std::string_view bare = pattern;
      if (bare.starts_with("./")) {
        reader().fault(element.source(), "a module path is written without `./` at its start", bare.substr(2));
        return;
      }
      if (auto glob = readGlob(pattern, element, Glob::Over::kModules)) globs.push_back(*std::move(glob));
    });
    return globs;
  }

  std::vector<std::string> readEnvironment(const toml::table& table) {
    std::vector<std::string> names;
    const toml::node* node = table.get("env");
    if (node == nullptr) return names;
    reader().eachText(*node, "env", Reader::Alone::kRefused, [&](const std::string& name, const toml::node& element) {
      const bool plain = std::ranges::all_of(
          name, [](char c) { return c > 0x20 && c < 0x7f && !std::string_view("=*?[]{}").contains(c); });
      if (plain) {
        names.push_back(name);
      } else {
        reader().fault(element, quoted(name) + " is no name of an environment variable; globs do not work here");
      }
    });
    return names;
  }

  RightSet readRights(const toml::node& node) {
    RightSet rights;
    if (node.is_array() && node.as_array()->empty()) {
      reader().fault(node, "`rights` names none: write at least one, or remove the entry");
    }
    reader().eachText(node, "rights", Reader::Alone::kRefused, [&](const std::string& word, const toml::node& element) {
      if (const auto right = capabilities::rightFromName(word)) {
        rights = rights | RightSet{*right};
        return;
      }
      std::vector<std::string_view> known;
      for (int i = 0; i < capabilities::kRightCount; ++i) known.push_back(capabilities::name(static_cast<Right>(i)));
      const std::string_view nearest = nearestWord(word, known);
      reader().fault(element.source(),
                     "unknown right " + quoted(word) +
                         (nearest.empty() ? "; rights are read, list, write, append, create and delete" : ""),
                     nearest);
    });
    return rights;
  }

  void readGrant(const toml::table& table) {
    reader().checkKeys(table, "[[grant]]", {"to", "fs", "env", "isolate"});
    Grant& grant = policy_.grants.emplace_back();
    grant.place = reader().placeOf(table);
    grant.to = readTo(table, "[[grant]]");
    grant.env = readEnvironment(table);
    if (const toml::node* isolate = table.get("isolate")) {
      grant.isolate = reader().boolean(*isolate, "isolate").value_or(false);
    }
    const toml::node* node = table.get("fs");
    const toml::array* list = node != nullptr ? reader().array(*node, "fs") : nullptr;
    if (node == nullptr && !table.contains("env") && !grant.isolate) reader().warn(table, "this rule grants nothing");
    if (list == nullptr) return;
    for (const toml::node& element : *list) {
      if (reader().full()) return;
      if (const toml::table* entry = reader().table(element, "fs")) readFsGrant(*entry, grant);
    }
  }

  void readFsGrant(const toml::table& table, Grant& grant) {
    reader().checkKeys(table, "an fs entry of [[grant]]", {"path", "at", "rights", "storage"});
    for (const std::string_view name : {"path", "at", "rights"}) {
      if (!table.contains(name)) reader().fault(table, "this entry has no " + quoted(name));
    }
    const size_t faultsBefore = reader().faults();
    FsGrant entry;
    entry.place = reader().placeOf(table);
    if (const toml::node* node = table.get("path")) entry.path = readPath(*node);
    if (const toml::node* node = table.get("at")) entry.at = readAt(*node);
    if (const toml::node* node = table.get("rights")) entry.rights = readRights(*node);
    if (const toml::node* node = table.get("storage")) {
      entry.storageBytes = reader().amount(*node, "storage", parseSize);
      if (!entry.rights.empty() && !entry.rights.hasAny(kWriting)) {
        reader().fault(*node, "`storage` bounds what is written, and this entry has none of write, append and create");
      }
    }
    if (reader().faults() != faultsBefore || entry.path.empty() || entry.at.empty() || entry.rights.empty()) return;
    grant.fs.push_back(std::move(entry));
    written_.push_back({policy_.grants.size() - 1, grant.fs.size() - 1, &table, file_});
  }

  std::string readPath(const toml::node& node) {
    const auto text = reader().text(node, "path");
    if (!text) return {};
    const PathNotation notation = file_->surroundings.paths;
    if (notation == PathNotation::kJob || (notation == PathNotation::kHostOrJob && isMount(*text))) {
      if (const auto fault = mountFault(*text)) {
        reader().fault(node, *fault);
        return {};
      }
      return *text;
    }
    auto path = absoluteHostPath(file_->surroundings.baseFolder, *text);
    if (path) return *std::move(path);
    reader().fault(node, "`path` does not exist: " + path.error());
    return {};
  }

  std::string readAt(const toml::node& node) {
    const auto text = reader().text(node, "at");
    if (!text) return {};
    const auto fail = [&](std::string message) {
      reader().fault(node, std::move(message));
      return std::string();
    };
    if (const auto fault = guestPathFault(*text)) return fail("`at` " + *fault);
    if (text->find_first_of("*?[]{}") != text->npos) reader().warn(node, "`at` of a grant is literal, not a glob");
    return *text;
  }

  void readDeny(const toml::table& table) {
    reader().checkKeys(table, "[[deny]]", {"to", "fs", "env"});
    Deny deny;
    deny.place = reader().placeOf(table);
    deny.to = readTo(table, "[[deny]]");
    deny.env = readEnvironment(table);
    const toml::node* node = table.get("fs");
    const toml::array* list = node != nullptr ? reader().array(*node, "fs") : nullptr;
    if (list != nullptr) {
      for (const toml::node& element : *list) {
        if (reader().full()) return;
        if (const toml::table* entry = reader().table(element, "fs")) readFsDeny(*entry, deny);
      }
    }
    const bool namesNothing = [&] {
      const toml::node* env = table.get("env");
      return (list == nullptr || list->empty()) && (env == nullptr || (env->is_array() && env->as_array()->empty()));
    }();
    if (namesNothing) reader().fault(table, "this rule denies nothing: name what in `fs` or `env`, or remove it");
    if (!deny.to.empty() && std::ranges::none_of(deny.to, &Glob::matchesEverything)) {
      reader().warn(*table.get("to"),
                    "this deny limits only what these modules get themselves: what another module passes on to them is "
                    "not bound by it; write `to = \"**\"` to bind every holder");
    }
    policy_.denies.push_back(std::move(deny));
  }

  void readFsDeny(const toml::table& table, Deny& deny) {
    reader().checkKeys(table, "an fs entry of [[deny]]", {"at", "rights"});
    FsDeny entry;
    entry.place = reader().placeOf(table);
    if (const toml::node* node = table.get("rights")) entry.rights = readRights(*node);
    const toml::node* node = table.get("at");
    if (node == nullptr) {
      reader().fault(table, "this entry has no `at`");
      return;
    }
    const auto text = reader().text(*node, "at");
    if (!text) return;
    auto glob = readGlob(*text, *node, Glob::Over::kGuestPaths);
    if (!glob) return;
    entry.at = *std::move(glob);
    deny.fs.push_back(std::move(entry));
  }

  // What every entry's path is on the host. A missing one is fine where some entry may make it.
  void checkPaths() {
    std::map<std::string, HostLook> looks;
    std::map<std::string, RightSet> rights;
    for (const Written& written : written_) {
      const FsGrant& entry = entryOf(written);
      rights[entry.path] = rights[entry.path] | entry.rights;
    }
    for (const Written& written : written_) {
      file_ = written.file;
      if (reader().full()) return;
      const FsGrant& entry = entryOf(written);
      if (isMount(entry.path)) continue;
      const auto [known, isNew] = looks.try_emplace(entry.path);
      if (isNew) known->second = lookAt(entry.path);
      checkPath(*written.table->get("path"), entry, known->second, rights[entry.path]);
    }
  }

  void checkPath(const toml::node& node, const FsGrant& entry, const HostLook& look, RightSet rights) {
    switch (look.kind) {
      case HostKind::kUnreachable:
        return reader().fault(node,
                              "`path` does not exist, and neither does the folder it would be in: " + look.reason);
      case HostKind::kOther:
        return reader().fault(node, "`path` cannot be granted: " + look.reason);
      case HostKind::kMissing:
        if (rights.has(Right::kCreate)) return;
        return reader().fault(node, "`path` does not exist; make it, or grant `create` to have `run` make the folder");
      case HostKind::kFile:
        if (node.as_string()->get().ends_with('/')) return reader().fault(node, "`path` is a file, not a folder");
        if (entry.at == "/") return reader().fault(node, "`path` is a file, and only a folder can stand at \"/\"");
        break;
      case HostKind::kFolder:
        break;
    }
    if (isForbiddenFileSystem(look.fileSystem)) {
      reader().fault(node, "`path` stands on a file system of the kernel's own, which cannot be granted");
    }
    if (std::ranges::contains(file_->surroundings.policyFiles, FileIdentity{look.device, look.inode})) {
      reader().fault(node, "`path` is this policy file or one of those it includes, which cannot be granted");
    }
  }

  // Grants that surely meet in one module: they share a pattern, one of them is for all, or one names a module that a
  // glob of the other matches. Other overlaps show when a module is given its view.
  bool meet(const Grant& a, const Grant& b) {
    for (const Glob& one : a.to) {
      for (const Glob& other : b.to) {
        if (one.pattern() == other.pattern() || one.matchesEverything() || other.matchesEverything()) return true;
        if (globMatches_ >= kMaxGlobMatches) continue;
        ++globMatches_;
        if (!one.literal().empty() && other.matches(one.literal())) return true;
        if (!other.literal().empty() && one.matches(other.literal())) return true;
      }
    }
    return false;
  }

  void checkOverlaps() {
    std::map<std::string_view, std::vector<Written>> byAt;
    for (const Written& written : written_) byAt[entryOf(written).at].push_back(written);
    size_t pairs = 0;
    for (const auto& [at, entries] : byAt) {
      for (size_t later = 1; later < entries.size(); ++later) {
        for (size_t earlier = 0; earlier < later; ++earlier) {
          const FsGrant& one = entryOf(entries[earlier]);
          const FsGrant& other = entryOf(entries[later]);
          if (one.path == other.path) continue;
          file_ = entries[later].file;
          if (reader().full() || ++pairs > kMaxPairs) return;
          const bool sameGrant = entries[earlier].grant == entries[later].grant;
          if (!sameGrant && !meet(policy_.grants[entries[earlier].grant], policy_.grants[entries[later].grant]))
            continue;
          reader().fault(*entries[later].table->get("at"), "the entry at " + one.place.rule() +
                                                               " shows another path at " + quoted(at) +
                                                               " to the same module: give one of them another `at`");
          break;
        }
      }
    }
  }

  static constexpr size_t kMaxGlobMatches = 10'000;
  static constexpr size_t kMaxPairs = 1'000'000;

  Policy& policy_;
  const RulesOfFile* file_ = nullptr;  // whose rules are being read or judged
  std::vector<Written> written_;
  size_t globCost_ = 0;
  bool globsAreTooMany_ = false;
  size_t globMatches_ = 0;
};

}  // namespace

void readRules(const std::vector<RulesOfFile>& files, Policy& policy) { Rules(policy).read(files); }

}  // namespace runtime::policies
