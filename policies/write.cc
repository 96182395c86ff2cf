#include "policies/write.h"

#include <algorithm>
#include <format>
#include <map>
#include <ranges>

#include "loader/utf8.h"
#include "policies/notation.h"
#include "policies/parse.h"

namespace runtime::policies {
namespace {

using capabilities::Right;

// Controls, and what moves, reorders or hides text: bidirectional marks, zero-width and line separators, tags.
bool isHidden(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || c == 0x180e ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
         (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

bool isUtf8(std::string_view text) { return loader::wellFormedPrefix(text) == text.size(); }

std::string escaped(std::string_view text, std::string_view withBackslash) {
  std::string out;
  while (!text.empty()) {
    const loader::Character character = loader::firstCharacter(text);
    const std::string_view bytes = text.substr(0, character.size);
    text.remove_prefix(character.size);
    if (!character.valid) {
      out += "\xEF\xBF\xBD";
    } else if (isHidden(character.value)) {
      out += character.value <= 0xffff ? std::format("\\u{:04X}", static_cast<uint32_t>(character.value))
                                       : std::format("\\U{:08X}", static_cast<uint32_t>(character.value));
    } else {
      if (withBackslash.contains(bytes)) out += '\\';
      out += bytes;
    }
  }
  return out;
}

// A comment's text may hold line ends of ours; anything else that is hidden was part of a name.
void comment(std::string& out, std::string_view text, std::string_view indent) {
  for (const auto line : std::views::split(text, '\n')) {
    const std::string shown = escaped(std::string_view(line), "");
    out += std::format("{}#{}{}\n", indent, shown.empty() ? "" : " ", shown);
  }
}

std::string list(const std::vector<std::string>& strings) {
  std::string out = "[";
  for (const std::string& string : strings) {
    if (out.size() > 1) out += ", ";
    out += tomlString(string);
  }
  return out + "]";
}

std::string rightsList(capabilities::RightSet rights) {
  std::vector<std::string> names;
  for (int i = 0; i < capabilities::kRightCount; ++i) {
    if (rights.has(static_cast<Right>(i))) names.emplace_back(capabilities::name(static_cast<Right>(i)));
  }
  return list(names);
}

class Writer {
 public:
  Writer(const Policy& policy, const std::string& base, const Remarks& remarks)
      : policy_(policy), base_(base), remarks_(remarks) {}

  std::expected<std::string, std::string> write() {
    for (const std::string& remark : remarks_.head) comment(out_, remark, "");
    out_ += "version = 1\n";
    settings("limits", limitsInForce(policy_.limits), limitsInForce(Limits()));
    engine();
    modules();
    for (size_t i = 0; i < policy_.grants.size(); ++i) grant(i);
    for (const Deny& deny : policy_.denies) this->deny(deny);
    if (!remarks_.tail.empty()) out_ += '\n';
    for (const std::string& remark : remarks_.tail) comment(out_, remark, "");
    if (!notUtf8_.empty()) {
      return std::unexpected("a policy is UTF-8, and this name is not: " + tomlString(notUtf8_));
    }
    if (out_.size() > kMaxPolicyBytes) return std::unexpected("it is more than a policy file can hold");
    return std::move(out_);
  }

 private:
  std::string text(std::string_view value) {
    if (notUtf8_.empty() && !isUtf8(value)) notUtf8_ = value;
    return tomlString(value);
  }

  std::string texts(const std::vector<std::string>& values) {
    for (const std::string& value : values) text(value);
    return list(values);
  }

  std::string path(const std::string& host) {
    if (base_.empty()) return text(host);
    if (host == base_) return text(".");
    const std::string prefix = base_ == "/" ? base_ : base_ + "/";
    return text(host.starts_with(prefix) ? std::string_view(host).substr(prefix.size()) : std::string_view(host));
  }

  void settings(std::string_view name, const Settings& inForce, const Settings& defaults) {
    std::string body;
    for (const auto& [key, value] : inForce) {
      if (std::ranges::contains(defaults, std::pair(key, value))) continue;
      const bool bare = value == "true" || value == "false" || value.find_first_not_of("0123456789") == value.npos;
      body += std::format("{} = {}\n", key, bare ? value : tomlString(value));
    }
    if (!body.empty()) out_ += std::format("\n[{}]\n{}", name, body);
  }

  // `wasm` follows from `jit = false`.
  void engine() {
    Settings inForce = engineInForce(policy_.engine);
    if (!policy_.engine.jit) std::erase_if(inForce, [](const auto& setting) { return setting.first == "wasm"; });
    settings("engine", inForce, engineInForce(Engine()));
  }

  void modules() {
    const auto& imports = policy_.modules.imports.entries();
    const bool rootIsBase = policy_.modules.root == base_;
    if (!rootIsBase) out_ += "\n[modules]\nroot = " + path(policy_.modules.root) + "\n";
    if (!imports.empty()) out_ += "\n[modules.imports]\n";
    for (const auto& entry : imports) out_ += text(entry.key) + " = " + text(entry.target) + "\n";
    for (const auto& scope : policy_.modules.imports.scopes()) {
      out_ += "\n[modules.scopes." + text(scope.key) + "]\n";
      for (const auto& entry : scope.imports.entries()) out_ += text(entry.key) + " = " + text(entry.target) + "\n";
    }
    const auto& integrity = policy_.modules.integrity.entries();
    if (!integrity.empty()) out_ += "\n[modules.integrity]\n";
    for (const auto& entry : integrity) out_ += text(entry.key) + " = " + text(entry.digest) + "\n";
  }

  std::string globs(const std::vector<Glob>& globs) {
    std::vector<std::string> patterns;
    for (const Glob& glob : globs) patterns.push_back(glob.pattern());
    return patterns.size() == 1 ? text(patterns[0]) : texts(patterns);
  }

  void grant(size_t index) {
    const Grant& grant = policy_.grants[index];
    out_ += "\n[[grant]]\nto = " + globs(grant.to) + "\n";
    if (!grant.fs.empty()) out_ += "fs = [\n";
    for (size_t i = 0; i < grant.fs.size(); ++i) {
      const FsGrant& entry = grant.fs[i];
      if (const auto remarks = remarks_.entries.find({index, i}); remarks != remarks_.entries.end()) {
        for (const std::string& remark : remarks->second) comment(out_, remark, "  ");
      }
      out_ += std::format("  {{ path = {}, at = {}, rights = {}", path(entry.path), text(entry.at),
                          rightsList(entry.rights));
      if (entry.storageBytes) out_ += std::format(", storage = {}", tomlString(formatSize(*entry.storageBytes)));
      out_ += " },\n";
    }
    if (!grant.fs.empty()) out_ += "]\n";
    if (!grant.env.empty()) out_ += "env = " + texts(grant.env) + "\n";
    if (grant.isolate) out_ += "isolate = true\n";
  }

  void deny(const Deny& deny) {
    out_ += "\n[[deny]]\nto = " + globs(deny.to) + "\n";
    if (!deny.fs.empty()) out_ += "fs = [\n";
    for (const FsDeny& entry : deny.fs) {
      out_ += "  { at = " + text(entry.at.pattern());
      if (entry.rights != capabilities::RightSet::all()) out_ += ", rights = " + rightsList(entry.rights);
      out_ += " },\n";
    }
    if (!deny.fs.empty()) out_ += "]\n";
    if (!deny.env.empty()) out_ += "env = " + texts(deny.env) + "\n";
  }

  const Policy& policy_;
  const std::string& base_;
  const Remarks& remarks_;
  std::string out_;
  std::string notUtf8_;
};

bool sameGlobs(const std::vector<Glob>& one, const std::vector<Glob>& other) {
  return std::ranges::equal(one, other, {}, &Glob::pattern, &Glob::pattern);
}

bool sameGrant(const Grant& one, const Grant& other) {
  return sameGlobs(one.to, other.to) && one.env == other.env && one.isolate == other.isolate &&
         std::ranges::equal(one.fs, other.fs, [](const FsGrant& a, const FsGrant& b) {
           return a.path == b.path && a.at == b.at && a.rights == b.rights && a.storageBytes == b.storageBytes;
         });
}

bool sameDeny(const Deny& one, const Deny& other) {
  return sameGlobs(one.to, other.to) && one.env == other.env &&
         std::ranges::equal(one.fs, other.fs, [](const FsDeny& a, const FsDeny& b) {
           return a.at.pattern() == b.at.pattern() && a.rights == b.rights;
         });
}

// An import map finds the longest name: its order means nothing.
std::vector<std::pair<std::string, std::string>> importsOf(const loader::ImportMap& imports) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& entry : imports.entries()) pairs.emplace_back(entry.key, entry.target);
  std::ranges::sort(pairs);
  return pairs;
}

std::map<std::string, std::vector<std::pair<std::string, std::string>>> scopesOf(const loader::ImportMap& imports) {
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> scopes;
  for (const auto& scope : imports.scopes()) scopes.emplace(scope.key, importsOf(scope.imports));
  return scopes;
}

bool sameModules(const Modules& one, const Modules& other) {
  const auto digests = [](const Modules& modules) {
    std::map<std::string, std::string> digests;
    for (const auto& entry : modules.integrity.entries()) digests.emplace(entry.key, entry.digest);
    return digests;
  };
  return one.root == other.root && importsOf(one.imports) == importsOf(other.imports) &&
         scopesOf(one.imports) == scopesOf(other.imports) && digests(one) == digests(other);
}

}  // namespace

std::expected<std::string, std::string> write(const Policy& policy, const std::string& baseFolder,
                                              const Remarks& remarks) {
  return Writer(policy, baseFolder, remarks).write();
}

bool sayTheSame(const Policy& one, const Policy& other) {
  return limitsInForce(one.limits) == limitsInForce(other.limits) &&
         engineInForce(one.engine) == engineInForce(other.engine) && sameModules(one.modules, other.modules) &&
         std::ranges::equal(one.grants, other.grants, sameGrant) &&
         std::ranges::equal(one.denies, other.denies, sameDeny);
}

std::string globOf(std::string_view modulePath) {
  std::string pattern;
  for (const char c : modulePath) {
    if (std::string_view("*?[]{}\\").contains(c)) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

std::string tomlString(std::string_view text) { return '"' + escaped(text, "\"\\") + '"'; }

}  // namespace runtime::policies
