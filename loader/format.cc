#include "loader/format.h"

#include "loader/utf8.h"

namespace runtime::loader {
namespace {

// As Node's path.extname(): a name that begins with its only dot has none.
std::string_view extensionOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  const std::string_view name = slash == path.npos ? path : path.substr(slash + 1);
  const size_t dot = name.rfind('.');
  if (dot == name.npos || dot == 0) return {};
  return name.substr(dot);
}

}  // namespace

std::expected<Format, ResolveError> formatOf(std::string_view modulePath, std::string_view type, ImportKind kind) {
  const std::string guest = "/" + std::string(modulePath);
  const auto fail = [&](std::string code, std::string message) {
    return std::unexpected(ResolveError{std::move(code), guest, std::move(message)});
  };
  const std::string_view extension = extensionOf(modulePath);
  Format format = Format::kJavaScript;
  if (extension == ".json") {
    format = Format::kJson;
  } else if (extension == ".wasm") {
    format = Format::kWasm;
  } else if (extension == ".cjs") {
    format = Format::kCommonJs;
  } else if (extension == ".js") {
    format = Format::kBySyntax;
  } else if (extension != ".mjs") {
    return fail("ERR_UNKNOWN_FILE_EXTENSION", "Unknown file extension \"" + std::string(clipped(extension, 200)) +
                                                  "\": only .mjs, .js, .cjs, .json and .wasm load");
  }
  if (kind == ImportKind::kRequire) {
    if (format != Format::kWasm) return format;
    return fail("ERR_UNKNOWN_FILE_EXTENSION", "require() loads no WebAssembly: import it");
  }
  if (!type.empty() && type != "json") {
    return fail("ERR_IMPORT_ATTRIBUTE_UNSUPPORTED",
                "Import attribute \"type\" with value \"" + std::string(clipped(type, 200)) + "\" is not supported");
  }
  if (format == Format::kJson && type.empty()) {
    return fail("ERR_IMPORT_ATTRIBUTE_MISSING", "A JSON module needs the import attribute \"type: json\"");
  }
  if (format != Format::kJson && type == "json") {
    return fail("ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE", "The module is not of type \"json\"");
  }
  return format;
}

}  // namespace runtime::loader
