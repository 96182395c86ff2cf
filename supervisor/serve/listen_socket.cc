#include "supervisor/serve/listen_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <format>

namespace runtime::serve {
namespace {

constexpr int kBacklog = 4096;

std::unexpected<std::string> because(const std::string& what, int error) {
  return std::unexpected(what + ": " + strerror(error));
}

os::UniqueFd makeSocket(int family) {
  return os::UniqueFd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

sockaddr_un unixAddress(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ::memcpy(address.sun_path, path.data(), path.size());  // its length was checked with the configuration
  return address;
}

// In a place where others may make files too, as /tmp, a folder of this name could be theirs.
std::expected<void, std::string> makeOurFolder(const std::string& path) {
  struct stat status;
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return because(path + " cannot be made", errno);
  if (::lstat(path.c_str(), &status) != 0) return because(path + " cannot be looked at", errno);
  if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 0077) != 0) {
    return std::unexpected(path + " is not a folder of this user alone (mode 0700): remove it, or give --config FILE");
  }
  return {};
}

std::expected<ListenSocket, std::string> listenOnPath(const std::string& path, Reach reach, bool isOurFolder) {
  if (isOurFolder) {
    if (auto made = makeOurFolder(std::filesystem::path(path).parent_path().string()); !made) {
      return std::unexpected(made.error());
    }
  }
  struct stat status;
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode)) return std::unexpected(path + " is there and is no socket: remove it");
    const sockaddr_un address = unixAddress(path);
    const os::UniqueFd probe = makeSocket(AF_UNIX);
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EAGAIN) {
      return std::unexpected("another service listens on " + path);
    }
    if (errno != ECONNREFUSED) return because(path + " is there and cannot be tried", errno);
  }
  // Made under a name of its own, so that it is never there with another mode, and takes the place of a dead one at
  // once.
  const std::string fresh = path.substr(0, path.rfind('/') + 1) + std::format(".{}", ::getpid());
  ::unlink(fresh.c_str());
  const sockaddr_un address = unixAddress(fresh);
  ListenSocket socket{makeSocket(AF_UNIX), "unix:" + path, true};
  if (!socket.fd) return because("no socket can be made", errno);
  if (::bind(socket.fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return because("no socket can be made beside " + path, errno);
  }
  const mode_t mode = reach == Reach::kOwner ? 0600 : 0666;
  if (::chmod(fresh.c_str(), mode) != 0 || ::listen(socket.fd.get(), kBacklog) != 0 ||
      ::rename(fresh.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(fresh.c_str());
    return because("cannot listen on " + path, error);
  }
  return socket;
}

std::expected<ListenSocket, std::string> listenOnPort(const TcpAddress& address) {
  const std::string host = address.host == "localhost" ? "127.0.0.1" : address.host;
  sockaddr_storage storage{};
  socklen_t size;
  auto* four = reinterpret_cast<sockaddr_in*>(&storage);
  auto* six = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET, host.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(address.port);
    size = sizeof *four;
  } else if (::inet_pton(AF_INET6, host.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(address.port);
    size = sizeof *six;
  } else {
    return std::unexpected(host + " is no IP address");
  }
  const bool isSix = storage.ss_family == AF_INET6;
  const std::string shown = isSix ? "[" + host + "]" : host;
  ListenSocket socket{makeSocket(storage.ss_family), "", false};
  const int on = 1;
  if (!socket.fd || ::setsockopt(socket.fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) {
    return because("no socket can be made", errno);
  }
  if (::bind(socket.fd.get(), reinterpret_cast<const sockaddr*>(&storage), size) != 0 ||
      ::listen(socket.fd.get(), kBacklog) != 0 ||
      ::getsockname(socket.fd.get(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    return because(std::format("cannot listen on {}:{}", shown, address.port), errno);
  }
  socket.name = std::format("{}:{}", shown, ntohs(isSix ? six->sin6_port : four->sin_port));
  return socket;
}

}  // namespace

std::expected<ListenSocket, std::string> openListenSocket(const ListenAddress& address, Reach reach, bool isOurFolder) {
  if (const auto* path = std::get_if<UnixAddress>(&address)) return listenOnPath(path->path, reach, isOurFolder);
  return listenOnPort(std::get<TcpAddress>(address));
}

}  // namespace runtime::serve
