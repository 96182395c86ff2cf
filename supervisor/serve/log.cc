#include "supervisor/serve/log.h"

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <format>
#include <mutex>

#include "supervisor/serve/strict_json.h"

namespace runtime::serve {
namespace {

bool hasRoom(int descriptor) {
  pollfd each{descriptor, POLLOUT, 0};
  return ::poll(&each, 1, 0) == 1 && (each.revents & POLLOUT) != 0;
}

}  // namespace

void log(Level level, std::string_view event, std::initializer_list<std::pair<std::string_view, std::string>> fields) {
  static std::mutex mutex;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  nlohmann::ordered_json line{
      {"time", std::format("{:%FT%TZ}", now)}, {"level", level == Level::kError ? "error" : "info"}, {"event", event}};
  for (const auto& [name, value] : fields) line[std::string(name)] = value;
  const std::string text = dumped(line) + "\n";
  const std::lock_guard lock(mutex);
  if (hasRoom(STDERR_FILENO)) static_cast<void>(::write(STDERR_FILENO, text.data(), text.size()));
}

}  // namespace runtime::serve
