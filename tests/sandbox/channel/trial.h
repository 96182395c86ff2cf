#pragma once
// What the tests of attack_channel have in common: the scene, and rows of attacks with the ends they must have.
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/channel/scene.h"

namespace runtime::tests {

Scene& scene();

// How an attacker ends.
struct End {
  std::string_view verdict;
  std::string_view reason = "";  // the whole sentence; empty: not looked at
  int exitCode = -1;             // of verdict "exit"; -1: not looked at
};
// It did nothing that is forbidden, and found what it expected.
inline constexpr End kUnharmed{"exit", "", 0};
constexpr End violation(std::string_view reason) { return {"violation", reason}; }

// One row of the attack suite's table; reported when it goes out of scope.
class Row {
 public:
  explicit Row(std::string attack);
  ~Row();
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  // Runs an attack: it must end like this, nobody else may, and the neighbour must get right answers afterwards.
  void expect(Arguments attack, End end, std::chrono::milliseconds wall = std::chrono::seconds(60));
  void expectEarly(const std::string& attack, End end);
  void judge(const std::string& name, const Ran& ran, End end);

 private:
  std::string attack_, detail_;
  uint64_t tried_ = 0, refused_ = 0;
};

}  // namespace runtime::tests
