#pragma once
// The host side of runtime:job: what a job was started with. Loop thread of the supervisor.
#include <memory>

#include "extensions/extension.h"

namespace runtime::extensions::job {

std::unique_ptr<Extension> makeExtension();

}  // namespace runtime::extensions::job
