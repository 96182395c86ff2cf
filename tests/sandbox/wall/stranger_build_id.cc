// The build id of an executable that is none of this build's.
#include "ipc/build_id.h"

namespace runtime::ipc {

std::string buildId() { return "stranger"; }

}  // namespace runtime::ipc
