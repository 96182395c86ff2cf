#include "loader/resolve.h"

#include <utility>

#include "loader/location.h"
#include "loader/utf8.h"

namespace runtime::loader {
namespace {

constexpr size_t kMaxQuotedBytes = 200;

std::unexpected<ResolveError> fail(std::string code, std::string_view resource, std::string message) {
  return std::unexpected(
      ResolveError{std::move(code), std::string(clipped(resource, kMaxQuotedBytes)), std::move(message)});
}

std::string describe(const Request& request) {
  std::string text = "'" + std::string(clipped(request.specifier, kMaxQuotedBytes)) + "'";
  if (!request.referrer.empty()) text += " imported from /" + std::string(request.referrer);
  return text;
}

std::unexpected<ResolveError> failLocating(LocationError error, const Request& request) {
  switch (error) {
    case LocationError::kClimbs:
      return fail("ERR_MODULE_OUTSIDE_ROOT", request.specifier,
                  "Modules load only from beneath modules.root: " + describe(request));
    case LocationError::kEncodedSeparator:
      return fail("ERR_INVALID_MODULE_SPECIFIER", request.specifier,
                  "A specifier must not hold an encoded \"/\" or \"\\\": " + describe(request));
    case LocationError::kHost:
      return fail("ERR_INVALID_FILE_URL_HOST", request.specifier,
                  "The host of a file: URL must be empty or localhost: " + describe(request));
    case LocationError::kMalformed:
      break;
  }
  return fail("ERR_INVALID_MODULE_SPECIFIER", request.specifier, "The specifier is malformed: " + describe(request));
}

std::expected<Resolved, ResolveError> resolveFile(std::string path, const Request& request) {
  if (path.empty() || path.ends_with('/')) {
    return fail("ERR_UNSUPPORTED_DIR_IMPORT", "/" + path, "A folder is not a module: " + describe(request));
  }
  const auto format = formatOf(path, request.type, request.kind);
  if (!format) return std::unexpected(format.error());
  return Resolved{*format, std::move(path)};
}

}  // namespace

std::expected<Resolved, ResolveError> resolve(const Request& request, const ImportMap& imports,
                                              const ExtensionSpecifiers& extensions) {
  const std::string_view specifier = request.specifier;
  if (specifier.size() > kMaxSpecifierBytes) {
    return fail("ERR_INVALID_MODULE_SPECIFIER", specifier, "The specifier is longer than 4096 bytes");
  }
  if (specifier.empty() || specifier.contains('\0') || wellFormedPrefix(specifier) != specifier.size()) {
    return fail("ERR_INVALID_MODULE_SPECIFIER", "", "The specifier is empty, or holds NUL or what is not UTF-8");
  }

  const ReferenceKind kind = kindOf(specifier);
  std::string own;  // the path that the specifier names by itself
  std::string normalized(specifier);
  if (kind == ReferenceKind::kPath || kind == ReferenceKind::kFile) {
    const auto location = locate(request.referrer, specifier);
    if (!location) return failLocating(location.error(), request);
    normalized = urlOf(*location);
    own = location->path;
    if (location->folder && !own.empty()) own += '/';
  }

  auto mapped = imports.find(request.referrer, normalized);
  if (!mapped) return std::unexpected(std::move(mapped.error()));
  if (*mapped) return resolveFile(**std::move(mapped), request);

  if (extensions.contains(specifier)) {
    if (!request.type.empty()) {
      return fail("ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE", specifier,
                  "A built-in module takes no import attribute: " + describe(request));
    }
    return Resolved{Format::kExtension, std::string(specifier)};
  }
  switch (kind) {
    case ReferenceKind::kPath:
    case ReferenceKind::kFile:
      if (request.kind == ImportKind::kRequire) break;
      return resolveFile(std::move(own), request);
    case ReferenceKind::kScheme:
      if (specifier.starts_with("node:") || specifier.starts_with("runtime:")) {
        return fail("ERR_UNKNOWN_BUILTIN_MODULE", specifier, "No such built-in module: " + describe(request));
      }
      // To require() it is a name like others.
      if (request.kind == ImportKind::kRequire) break;
      return fail("ERR_UNSUPPORTED_ESM_URL_SCHEME", specifier,
                  "Only file:, node: and runtime: URLs load: " + describe(request));
    case ReferenceKind::kBare:
      break;
  }
  return fail("ERR_MODULE_NOT_FOUND", specifier,
              "Cannot find package " + describe(request) + ": no entry of the policy's modules.imports names it");
}

}  // namespace runtime::loader
