#pragma once
// What a bare name or a "#name" means: the packages in folders named node_modules, as Node 24 finds them for ES modules
// (PACKAGE_RESOLVE and what it uses) and for require(), with root in the place of "/" and the conditions `import` or
// `require`, and `default`; and what a path means that was required: a file, that and an ending, or a folder. Pure but
// for what it asks of PackageFiles; any thread.
#include <expected>
#include <string>

#include "loader/package_json.h"
#include "loader/resolve.h"

namespace runtime::loader {

// What is beneath root. Paths are normal, without leading slash; "" is root.
class PackageFiles {
 public:
  virtual ~PackageFiles() = default;
  virtual bool isFolder(const std::string& path) = 0;
  // A regular file. Asked only of names that load.
  virtual bool isFile(const std::string& path) = 0;
  // Of that folder; null where there is none. The error is told as it is.
  virtual std::expected<const PackageJson*, ResolveError> packageIn(const std::string& folder) = 0;
};

// `request.specifier` is bare, or a path that was required, in no import map and no extension. What is found may be an
// extension: `imports` of a package may name one. A path that is found need not exist, and its format is judged by its
// name as that of any other. Errors: ERR_MODULE_NOT_FOUND, ERR_PACKAGE_PATH_NOT_EXPORTED,
// ERR_PACKAGE_IMPORT_NOT_DEFINED, ERR_INVALID_PACKAGE_TARGET, ERR_INVALID_PACKAGE_CONFIG, ERR_INVALID_MODULE_SPECIFIER,
// those of formatOf() and of `files`.
std::expected<Resolved, ResolveError> resolvePackage(const Request& request, const ExtensionSpecifiers& extensions,
                                                     PackageFiles& files);

// The package.json that the module at `path` belongs to: of the nearest folder that has one, short of a node_modules.
// Null: none.
std::expected<const PackageJson*, ResolveError> scopeOf(const std::string& path, PackageFiles& files);

}  // namespace runtime::loader
