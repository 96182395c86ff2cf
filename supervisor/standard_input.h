#pragma once
// A job's standard input: a callback of the embedding program that may block, called on a thread of its own, which is
// made at the first read. The thread is left behind if it still blocks when the job has ended: nothing can wake it.
#include <kj/async.h>
#include <kj/common.h>

#include <functional>
#include <memory>
#include <string>

namespace runtime::supervisor {

class StandardInput {
 public:
  using Read = std::function<size_t(char* buffer, size_t size)>;
  // An empty `read` is an empty standard input.
  explicit StandardInput(Read read) : read_(std::move(read)) {}
  ~StandardInput();

  // At most `max` bytes; none at the end. One at a time: while busy() it must not be called.
  kj::Promise<std::string> read(size_t max);
  bool busy() const { return busy_; }

 private:
  struct Shared;
  Read read_;
  bool busy_ = false;
  std::shared_ptr<Shared> shared_;
};

}  // namespace runtime::supervisor
