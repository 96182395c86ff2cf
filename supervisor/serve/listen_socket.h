#pragma once
// The socket that clients connect to. Blocks on the file system; any thread.
#include <expected>
#include <string>

#include "ipc/os/unique_fd.h"
#include "supervisor/serve/configuration.h"

namespace runtime::serve {

struct ListenSocket {
  os::UniqueFd fd;
  std::string name;  // as `listening on` says it: "unix:/run/x.sock", "127.0.0.1:8780"
  bool isUnix = false;
};

// Who may connect to a Unix socket: its mode. Who they are is asked of the kernel at each connection.
enum class Reach : uint8_t { kOwner, kEveryone };

// A socket file that nobody listens on any more is replaced. `isOurFolder`: the folder of the file is one that only
// this user may have, and is made where it is missing. The error is for the operator.
std::expected<ListenSocket, std::string> openListenSocket(const ListenAddress& address, Reach reach, bool isOurFolder);

}  // namespace runtime::serve
