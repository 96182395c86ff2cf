#pragma once
// What a module is made of, by the name of its file and its import attribute. Pure; any thread.
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "loader/resolve_error.h"

namespace runtime::loader {

// The order of `ipc::Module::Format` in ipc/session.capnp.
enum class Format : uint8_t { kJavaScript, kJson, kWasm, kCommonJs, kExtension };

// `modulePath` is a path under root; `type` is the import attribute of that name, or empty. Only .mjs, .js, .cjs, .json
// and .wasm load.
// Errors: ERR_UNKNOWN_FILE_EXTENSION, ERR_IMPORT_ATTRIBUTE_MISSING, ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE,
// ERR_IMPORT_ATTRIBUTE_UNSUPPORTED.
std::expected<Format, ResolveError> formatOf(std::string_view modulePath, std::string_view type);

}  // namespace runtime::loader
