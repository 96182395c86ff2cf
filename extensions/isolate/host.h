#pragma once
// The extension "isolate": workers that a module starts, and messages between them.
#include <memory>

#include "extensions/extension.h"

namespace runtime::extensions::isolate {

std::unique_ptr<Extension> makeExtension();

}  // namespace runtime::extensions::isolate
