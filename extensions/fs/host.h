#pragma once
// The host side of runtime:fs: files and folders beneath the entries of a grant. Loop thread of the supervisor.
#include <memory>

#include "extensions/extension.h"

namespace runtime::extensions::fs {

std::unique_ptr<Extension> makeExtension();

}  // namespace runtime::extensions::fs
