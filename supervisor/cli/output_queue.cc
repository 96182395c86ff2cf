#include "supervisor/cli/output_queue.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace runtime::cli {
namespace {

// Pieces that came in a row for one stream are joined up to this size.
constexpr size_t kJoinBytes = 64 << 10;

}  // namespace

void OutputQueue::push(OutputStream stream, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (!pieces_.empty() && pieces_.back().stream == stream && pieces_.back().bytes.size() < kJoinBytes) {
    pieces_.back().bytes += bytes;
  } else if (!bytes.empty()) {
    pieces_.push_back({stream, std::string(bytes)});
  }
}

std::optional<OutputQueue::Piece> OutputQueue::pop() {
  const std::lock_guard lock(mutex_);
  if (pieces_.empty()) return std::nullopt;
  Piece piece = std::move(pieces_.front());
  pieces_.pop_front();
  return piece;
}

OutputWriter::OutputWriter(OutputQueue& queue) : queue_(queue) {
  out_.descriptor = STDOUT_FILENO;
  err_.descriptor = STDERR_FILENO;
  for (Stream* stream : {&out_, &err_}) stream->terminal = ::isatty(stream->descriptor) == 1;
}

int OutputWriter::waitingFor() {
  while (written_ == pending_.size()) {
    std::optional<OutputQueue::Piece> piece = queue_.pop();
    if (!piece) return -1;
    current_ = piece->stream;
    written_ = 0;
    Stream& stream = streamOf(current_);
    pending_ = !stream.open      ? std::string()
               : stream.terminal ? stream.text.show(piece->bytes)
                                 : std::move(piece->bytes);
  }
  return streamOf(current_).descriptor;
}

bool OutputWriter::finishText() {
  for (const OutputStream which : {OutputStream::kStdout, OutputStream::kStderr}) {
    Stream& stream = streamOf(which);
    std::string rest = stream.text.finish();
    if (rest.empty() || !stream.open) continue;
    current_ = which;
    pending_ = std::move(rest);
    written_ = 0;
    return true;
  }
  return false;
}

void OutputWriter::writeSome() {
  Stream& stream = streamOf(current_);
  const size_t size = std::min<size_t>(pending_.size() - written_, PIPE_BUF);
  const ssize_t written = ::write(stream.descriptor, pending_.data() + written_, size);
  if (written >= 0) {
    written_ += static_cast<size_t>(written);
  } else if (errno != EINTR && errno != EAGAIN) {
    if (current_ == OutputStream::kStdout && !failure_) failure_ = errno;
    stream.open = false;
    pending_.clear();
    written_ = 0;
  }
}

}  // namespace runtime::cli
