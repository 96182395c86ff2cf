#pragma once
// What a running job has printed, as text, for whoever reads along: written on the thread of the Runtime, read on that
// of the service. Text that is not UTF-8 is replaced as it comes; a character in two parts waits for its rest.
#include <kj/async.h>

#include <array>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "supervisor/runtime.h"

namespace runtime::serve {

// Any thread, one at a time.
class Utf8Repair {
 public:
  // Appends to `text` what can be told of `bytes`.
  void add(std::string_view bytes, std::string& text);
  // Nothing comes any more.
  void end(std::string& text);

 private:
  std::string pending_;  // begins a character
};

class OutputLog {
 public:
  struct Position {
    size_t standardOutput = 0, standardError = 0;  // bytes of text
    bool operator==(const Position&) const = default;
  };

  // Any thread. The caller bounds how much.
  void append(OutputStream stream, std::string_view bytes);
  void end();

  // At most `most` bytes of text from `offset` on, cut between characters.
  std::string read(OutputStream stream, size_t offset, size_t most) const;
  Position position() const;
  bool hasEnded() const;
  std::string text(OutputStream stream) const;
  // A thread with a loop. Answers once there is more than at `seen`, or the log has ended.
  kj::Promise<void> moreThan(Position seen);

 private:
  struct Stream {
    std::string text;
    Utf8Repair repair;
  };
  void wake();  // with the mutex held

  mutable std::mutex mutex_;
  std::array<Stream, 2> streams_;
  bool ended_ = false;
  std::vector<kj::Own<kj::CrossThreadPromiseFulfiller<void>>> waiting_;
};

}  // namespace runtime::serve
