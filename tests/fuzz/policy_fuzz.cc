// The text of a policy file: what parses keeps every promise of policy.h, and what does not has a fault with its place.
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "capabilities/guest_path.h"
#include "loader/utf8.h"
#include "policies/decide.h"
#include "policies/notation.h"
#include "policies/parse.h"
#include "tests/fuzz/fuzz.h"

namespace runtime::fuzz {
namespace {

using namespace policies;

const std::string kFileName = "hostile.policy.toml";

// A folder with what the seeds name.
const std::string& baseFolder() {
  static const Scratch scratch;
  static const std::string folder = [] {
    scratch.file("docs/a.md", "a");
    scratch.file("docs/sub/b.md", "b");
    scratch.file("docs/a.mjs", "1");
    scratch.file("docs/c.mjs", "1");
    scratch.folder("out");
    scratch.link("link", "docs");
    return scratch.host();
  }();
  return folder;
}

bool isNormal(std::string_view path) {
  if (path == "/") return true;
  if (!path.starts_with('/') || path.ends_with('/') || path.contains("//")) return false;
  const auto parts = capabilities::components(path);
  return !std::ranges::contains(parts, "..") && !(std::string(path) + "/").contains("/./");
}

// A terminal that is shown the text is told nothing but lines.
void checkShown(const std::string& text) {
  for (std::string_view rest = text; !rest.empty();) {
    const auto character = loader::firstCharacter(rest);
    require(character.valid, "what is shown is UTF-8", text);
    require(character.value >= 0x20 || character.value == '\n' || character.value == '\t', "no control character",
            text);
    require(character.value < 0x7f || character.value > 0x9f, "no control character of 8 bits", text);
    require(character.value < 0x202a || character.value > 0x202e, "nothing that reorders text", text);
    rest.remove_prefix(character.size);
  }
}

void checkDiagnostics(const std::vector<Diagnostic>& diagnostics, std::string_view text) {
  const auto lines = static_cast<size_t>(std::ranges::count(text, '\n')) + 1;
  for (const Diagnostic& diagnostic : diagnostics) {
    require(diagnostic.place.file == kFileName, "a place names the file");
    require(diagnostic.place.line <= lines, "a place is within the file", diagnostic.message);
    require(!diagnostic.message.empty() && !diagnostic.message.contains('\n'),
            "a message is one line:", diagnostic.message);
    require(text.contains(diagnostic.sourceLine), "the line shown is of the file");
    require(diagnostic.place.column <= diagnostic.sourceLine.size() + 1, "a column is within its line",
            diagnostic.message);
    checkShown(render(diagnostic));
  }
  require(std::ranges::is_sorted(diagnostics, {},
                                 [](const Diagnostic& one) { return std::pair(one.place.line, one.place.column); }),
          "the order is that of the file");
}

void checkAmounts(const Limits& limits, const Engine& engine) {
  constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
  for (const uint64_t ns : {limits.wallNs, limits.cpuNs}) {
    require(ns >= 1 && ns <= kMost && parseDuration(formatDuration(ns)) == ns, "a duration reads as it is shown");
  }
  for (const uint64_t bytes : {limits.memoryBytes, limits.outputBytes, limits.storageBytes, limits.auditBytes}) {
    require(bytes >= 1 && bytes <= kMost && parseSize(formatSize(bytes)) == bytes, "a size reads as it is shown");
  }
  require(limits.memoryBytes >= kLeastMemoryBytes, "the least memory holds");
  require(limits.handles >= 1 && limits.handles <= kMostHandles, "the most handles hold");
  require(limits.entries >= 1, "a limit of entries is positive");
  require(engine.jit || !engine.wasm, "no WebAssembly without the JIT");
}

void checkModule(const Policy& policy, const std::string& module) {
  const auto matches = [&](const std::vector<Glob>& globs) {
    return std::ranges::any_of(globs, [&](const Glob& glob) { return glob.matches(module); });
  };
  const auto grants = grantsOf(policy, module);
  if (!grants) {
    require(grants.error().place.line > 0, "a conflict has its place");
    return;
  }
  for (const FsGrant& entry : grants->fs) {
    require(std::ranges::count(grants->fs, entry.at, &FsGrant::at) == 1, "one entry for each `at`");
    // Every right comes from a grant that names the module.
    capabilities::RightSet given;
    for (const Grant& grant : policy.grants) {
      if (!matches(grant.to)) continue;
      for (const FsGrant& one : grant.fs) {
        if (one.at == entry.at && one.path == entry.path) given = given | one.rights;
      }
    }
    require(given == entry.rights, "the rights are the union of what was granted", entry.at);
  }
  for (const Deny& deny : policy.denies) {
    if (!matches(deny.to)) continue;
    for (const std::string& name : deny.env) {
      require(!std::ranges::contains(grants->env, name), "a denied variable is not given", name);
    }
  }
  size_t denies = 0;
  for (const Deny& deny : policy.denies) denies += matches(deny.to) ? deny.fs.size() : 0;
  require(denies == grants->denies.size(), "every deny that names the module binds it");
}

void checkPolicy(const Policy& policy) {
  checkAmounts(policy.limits, policy.engine);
  require(isNormal(policy.modules.root), "the root is absolute and normal", policy.modules.root);
  for (const auto& entry : policy.modules.imports.entries()) {
    require(!entry.path.starts_with('/') && isNormal("/" + entry.path.substr(0, entry.path.find_last_not_of('/') + 1)),
            "an import leads beneath root", entry.path);
  }
  for (const Grant& grant : policy.grants) {
    require(!grant.to.empty() && grant.place.line > 0, "a grant names modules");
    for (const FsGrant& entry : grant.fs) {
      require(isNormal(entry.path) && isNormal(entry.at), "paths are absolute and normal", entry.at);
      require(!entry.rights.empty(), "an entry gives a right", entry.at);
      require(!entry.storageBytes || *entry.storageBytes > 0, "a budget is positive", entry.at);
      require(entry.place.line > 0, "an entry has its place");
    }
  }
  for (const Deny& deny : policy.denies) {
    require(!deny.to.empty(), "a deny names modules");
    for (const FsDeny& entry : deny.fs) {
      require(!entry.rights.empty(), "a deny takes a right");
      require(entry.at.pattern().starts_with('/') || entry.at.pattern().starts_with('{'), "a deny is of guest paths");
    }
  }
  for (const char* module : {"main.mjs", "lib/a.mjs", "node_modules/marked/lib/marked.esm.js"}) {
    checkModule(policy, module);
  }
  require(std::ranges::is_permutation(writablePaths(policy), writablePaths(policy)), "a decision is the same twice");
  limitsInForce(policy.limits);
  engineInForce(policy.engine);
}

}  // namespace
}  // namespace runtime::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace runtime::fuzz;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto policy = runtime::policies::parseText(text, kFileName, baseFolder());
  if (policy) {
    checkPolicy(*policy);
    checkDiagnostics(policy->warnings, text);
    for (const auto& one : policy->warnings) {
      require(one.severity == runtime::policies::Severity::kWarning, "a policy that holds has no fault");
    }
  } else {
    require(std::ranges::contains(policy.error(), runtime::policies::Severity::kFault,
                                  &runtime::policies::Diagnostic::severity),
            "what does not hold has a fault");
    require(policy.error().size() <= runtime::policies::kMaxFaults * 4, "faults are bounded");
    checkDiagnostics(policy.error(), text);
  }
  return 0;
}
