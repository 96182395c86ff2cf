#pragma once
// What a module is made of, by the name of its file and its import attribute. Pure; any thread.
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "loader/resolve_error.h"

namespace runtime::loader {

// The order of `ipc::Module::Format` in ipc/session.capnp. kBySyntax: a module of ECMAScript or of CommonJS, which only
// its syntax tells.
enum class Format : uint8_t { kJavaScript, kJson, kWasm, kCommonJs, kExtension, kBySyntax };

// Who asks. The order of `ipc::ImportKind` in ipc/session.capnp.
enum class ImportKind : uint8_t { kImport, kRequire };

// By the name alone: a .js is kBySyntax, which the nearest package.json may make more of. `modulePath` is a path under
// root; `type` is the import attribute of that name, or empty. Only .mjs, .js, .cjs, .json and .wasm load; require()
// takes JSON without an attribute, and no .wasm.
// Errors: ERR_UNKNOWN_FILE_EXTENSION, ERR_IMPORT_ATTRIBUTE_MISSING, ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE,
// ERR_IMPORT_ATTRIBUTE_UNSUPPORTED.
std::expected<Format, ResolveError> formatOf(std::string_view modulePath, std::string_view type,
                                             ImportKind kind = ImportKind::kImport);

}  // namespace runtime::loader
