#pragma once
// From what a module wrote after `import` to what it names. Nothing here touches a file: whoever opens the path does so
// beneath the held root and applies what only the file system can tell (missing, a folder, a symlink that leads out).
// Pure; any thread.
#include <cstdint>
#include <expected>
#include <set>
#include <string>
#include <string_view>

#include "loader/format.h"
#include "loader/import_map.h"
#include "loader/resolve_error.h"

namespace runtime::loader {

inline constexpr size_t kMaxSpecifierBytes = 4096;

// "runtime:fs", "node:fs", "fs", ...
using ExtensionSpecifiers = std::set<std::string, std::less<>>;

struct Request {
  std::string_view referrer;   // path under root of the importing module, "lib/a.mjs"; empty for the entry
  std::string_view specifier;  // hostile
  std::string_view type;       // the import attribute `type`, or empty; hostile
  ImportKind kind = ImportKind::kImport;
};

struct Resolved {
  Format format = Format::kJavaScript;
  // A path under root, "lib/b.mjs": normal, UTF-8, without NUL, never empty. For Format::kExtension the specifier.
  std::string name;
};

// As Node resolves ES modules, with root in the place of "/": the import map first, then extensions, then paths
// ("./", "../", "/", "file:///"). Query and fragment are dropped: a file is one module, however it was named.
// What require() names is in the import map or an extension here, and looked for otherwise.
// Errors, decided without knowing whether the file exists: ERR_MODULE_NOT_FOUND (a bare name in no map, or whatever
// else was required: packages.h looks further, no other is not found),
// ERR_UNKNOWN_BUILTIN_MODULE ("node:", "runtime:"), ERR_UNSUPPORTED_ESM_URL_SCHEME, ERR_INVALID_MODULE_SPECIFIER,
// ERR_INVALID_FILE_URL_HOST, ERR_UNSUPPORTED_DIR_IMPORT, ERR_MODULE_OUTSIDE_ROOT, and those of formatOf().
std::expected<Resolved, ResolveError> resolve(const Request& request, const ImportMap& imports,
                                              const ExtensionSpecifiers& extensions);

// "file:///lib/a%20b.mjs" for "lib/a b.mjs", escaped as Node's pathToFileURL() does.
std::string urlOf(std::string_view modulePath);

}  // namespace runtime::loader
