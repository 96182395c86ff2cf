#include "tests/sandbox/report/attack_report.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "ipc/os/unique_fd.h"

namespace runtime::tests {
namespace {

// Whole lines in one write: programs that run at once do not mix theirs.
void append(const nlohmann::json& line) {
  const char* path = std::getenv("ATTACK_REPORT");
  if (path == nullptr) return;
  const os::UniqueFd file(::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  const std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) std::abort();
}

}  // namespace

void report(const AttackRow& row) {
  append({{"area", row.area},
          {"attack", row.attack},
          {"tried", row.tried},
          {"refused", row.refused},
          {"detail", row.detail}});
}

void report(const AttackFigure& figure) {
  append({{"figure", figure.name}, {"value", figure.value}, {"atMost", figure.atMost}, {"unit", figure.unit}});
}

bool longForm() {
  const char* asked = std::getenv("ATTACK_LONG");
  return asked != nullptr && std::string_view(asked) == "1";
}

}  // namespace runtime::tests
