#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace runtime::supervisor {

// Lower-case hex of the SHA-256 of `bytes`. Any thread.
std::string sha256Hex(std::string_view bytes);

// The same of what comes in pieces. One thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  // Once, last.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runtime::supervisor
