// What a module imports, with an import map: what is found is a path beneath root that loads, what is not is told with
// Node's code. Input: the import attribute, the referrer, entries of the map ("key target") up to an empty line, each a
// line; the rest is the specifier.
#include <algorithm>
#include <string>

#include "loader/location.h"
#include "loader/resolve.h"
#include "loader/utf8.h"
#include "tests/fuzz/fuzz.h"

namespace runtime::fuzz {
namespace {

using namespace loader;

const ExtensionSpecifiers kExtensions = {"runtime:fs",  "node:fs",          "fs",
                                         "fs/promises", "node:fs/promises", "runtime:job"};

bool isUtf8(std::string_view text) { return wellFormedPrefix(text) == text.size(); }

// What may be walked to beneath root.
bool isModulePath(std::string_view path) {
  if (path.empty() || path.contains('\0') || !isUtf8(path)) return false;
  while (true) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == path.npos) return true;
    path.remove_prefix(slash + 1);
  }
}

bool loads(std::string_view path) {
  return std::ranges::any_of(std::initializer_list<std::string_view>{".mjs", ".js", ".cjs", ".json", ".wasm"},
                             [&](std::string_view ending) { return path.ends_with(ending); });
}

void checkError(const ResolveError& error) {
  require(error.code.starts_with("ERR_"), "an error has a code of Node's", error.code);
  require(!error.message.empty() && isUtf8(error.message) && isUtf8(error.resource), "an error is text", error.message);
  require(error.resource.size() <= kMaxSpecifierBytes * 4 && error.message.size() <= kMaxSpecifierBytes * 4,
          "an error is bounded", error.message);
}

void checkResolved(const Resolved& resolved, const Request& request, const ImportMap& imports) {
  if (resolved.format == Format::kExtension) {
    require(kExtensions.contains(resolved.name) && resolved.name == request.specifier,
            "an extension is one that is there", resolved.name);
    return;
  }
  require(isModulePath(resolved.name), "a module is beneath root", resolved.name);
  require(loads(resolved.name), "only what loads is found", resolved.name);
  require(formatOf(resolved.name, request.type) == resolved.format, "the format is that of the path", resolved.name);

  // By its URL it is the same module, whoever names it, but for a name with a backslash, which no URL has.
  if (resolved.name.contains('\\')) return;
  const std::string url = urlOf(resolved.name);
  const auto again = resolve({"elsewhere/b.mjs", url, request.type}, {}, kExtensions);
  require(url.size() > kMaxSpecifierBytes || (again && again->name == resolved.name), "a URL names its module", url);

  if (kindOf(request.specifier) == ReferenceKind::kBare || kindOf(request.specifier) == ReferenceKind::kScheme) {
    const auto says = [&](const ImportMap& map) {
      return std::ranges::any_of(map.entries(), [&](const ImportMap::Entry& entry) {
        return entry.match.ends_with('/') ? resolved.name.starts_with(entry.path) : resolved.name == entry.path;
      });
    };
    require(says(imports) || std::ranges::any_of(imports.scopes(),
                                                 [&](const ImportMap::Scope& scope) {
                                                   return request.referrer.starts_with(scope.path) &&
                                                          says(scope.imports);
                                                 }),
            "a bare name leads where an entry of a scope around its module says", resolved.name);
  }
}

}  // namespace
}  // namespace runtime::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace runtime::fuzz;
  Input input(data, size);
  const std::string type(input.until('\n'));
  std::string referrer(input.until('\n'));
  // A referrer is a module that was loaded.
  if (!referrer.empty() && !isModulePath(referrer)) referrer = "lib/a.mjs";
  ImportMap imports;
  ImportMap* into = &imports;
  for (std::string_view line = input.until('\n'); !line.empty(); line = input.until('\n')) {
    if (line.starts_with('>')) {
      if (const auto scope = imports.addScope(line.substr(1))) into = *scope;
      continue;
    }
    const size_t space = std::min(line.find(' '), line.size());
    const size_t before = into->entries().size();
    const auto added =
        into->add(line.substr(0, space), space == line.size() ? std::string_view() : line.substr(space + 1));
    require(into->entries().size() == before + (added ? 1 : 0), "a fault leaves the map as it was");
    if (!added) continue;
    const std::string& path = into->entries().back().path;
    require(path.empty() || isModulePath(path.ends_with('/') ? path.substr(0, path.size() - 1) : path),
            "an entry leads beneath root", path);
  }
  const std::string specifier(input.rest());
  const Request request{referrer, specifier, type};
  const auto resolved = resolve(request, imports, kExtensions);
  if (!isUtf8(type)) return 0;  // it is quoted as it is
  if (resolved) {
    checkResolved(*resolved, request, imports);
  } else {
    checkError(resolved.error());
  }
  // Query and fragment do not make another module.
  const auto kind = kindOf(specifier);
  if (resolved && (kind == ReferenceKind::kPath || kind == ReferenceKind::kFile) && imports.entries().empty() &&
      specifier.find_first_of("?#") == specifier.npos && specifier.size() < kMaxSpecifierBytes - 8) {
    const std::string trimmed = specifier.substr(0, specifier.find_last_not_of("\t\n\r \f\v") + 1);
    const auto other = resolve({referrer, trimmed + "?a#b", type}, imports, kExtensions);
    if (trimmed.size() == specifier.size() && static_cast<unsigned char>(specifier.back()) > 0x20) {
      require(other && other->name == resolved->name, "a query does not make another module", specifier);
    }
  }
  return 0;
}
