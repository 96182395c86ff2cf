#pragma once
// What a job printed, between the thread of the Runtime, which must not block, and the command's own, which writes it.
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "supervisor/cli/terminal_text.h"
#include "supervisor/runtime.h"

namespace runtime::cli {

// Thread-safe. Its size is bounded by the job's limit `output`. Order is kept across both streams.
class OutputQueue {
 public:
  void push(OutputStream stream, std::string_view bytes);

  struct Piece {
    OutputStream stream = OutputStream::kStdout;
    std::string bytes;
  };
  std::optional<Piece> pop();

 private:
  std::mutex mutex_;
  std::deque<Piece> pieces_;
};

// Writes the queue to standard output and error, never more at once than a pipe that polls writable takes without
// blocking. Main thread.
class OutputWriter {
 public:
  explicit OutputWriter(OutputQueue& queue);

  // The descriptor to wait for before writeSome(); -1 where all is written.
  int waitingFor();
  void writeSome();
  // At the end of the job, when all is written: whether there is more to write, of a character that was cut off.
  bool finishText();

  // errno of the first failed write to standard output; nothing more is written to it then.
  std::optional<int> failure() const { return failure_; }

 private:
  struct Stream {
    int descriptor = -1;
    bool open = true;
    bool terminal = false;
    TerminalText text;
  };
  Stream& streamOf(OutputStream which) { return which == OutputStream::kStdout ? out_ : err_; }

  OutputQueue& queue_;
  Stream out_, err_;
  OutputStream current_ = OutputStream::kStdout;
  std::string pending_;  // of `current_`, as it is to be written
  size_t written_ = 0;   // of `pending_`
  std::optional<int> failure_;
};

}  // namespace runtime::cli
