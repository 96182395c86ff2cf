#include "supervisor/serve/output_log.h"

#include <utility>

#include "loader/utf8.h"

namespace runtime::serve {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

size_t indexOf(OutputStream stream) { return stream == OutputStream::kStderr ? 1 : 0; }

// Whether a character may begin with these bytes, of which more are needed.
bool mayBegin(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  const size_t wanted = lead >= 0xC2 && lead <= 0xDF   ? 2
                        : lead >= 0xE0 && lead <= 0xEF ? 3
                        : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                       : 0;
  if (bytes.size() >= wanted) return false;
  for (const char c : bytes.substr(1)) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) return false;
  }
  return true;
}

}  // namespace

void Utf8Repair::add(std::string_view bytes, std::string& text) {
  std::string joined;
  if (!pending_.empty()) {
    joined = std::exchange(pending_, {});
    joined += bytes;
    bytes = joined;
  }
  while (!bytes.empty()) {
    const size_t good = loader::wellFormedPrefix(bytes);
    text += bytes.substr(0, good);
    bytes.remove_prefix(good);
    if (bytes.empty()) return;
    if (bytes.size() < 4 && mayBegin(bytes)) {
      pending_ = bytes;
      return;
    }
    text += kReplacement;
    bytes.remove_prefix(1);
  }
}

void Utf8Repair::end(std::string& text) {
  for (size_t i = 0; i < pending_.size(); ++i) text += kReplacement;
  pending_.clear();
}

void OutputLog::append(OutputStream stream, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  Stream& into = streams_.at(indexOf(stream));
  into.repair.add(bytes, into.text);
  wake();
}

void OutputLog::end() {
  const std::lock_guard lock(mutex_);
  for (Stream& stream : streams_) stream.repair.end(stream.text);
  ended_ = true;
  wake();
}

void OutputLog::wake() {
  for (auto& waiting : waiting_) waiting->fulfill();
  waiting_.clear();
}

std::string OutputLog::read(OutputStream stream, size_t offset, size_t most) const {
  const std::lock_guard lock(mutex_);
  const std::string& text = streams_.at(indexOf(stream)).text;
  if (offset >= text.size()) return {};
  return std::string(loader::clipped(std::string_view(text).substr(offset), most));
}

OutputLog::Position OutputLog::position() const {
  const std::lock_guard lock(mutex_);
  return {streams_[0].text.size(), streams_[1].text.size()};
}

bool OutputLog::hasEnded() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

std::string OutputLog::text(OutputStream stream) const {
  const std::lock_guard lock(mutex_);
  return streams_.at(indexOf(stream)).text;
}

kj::Promise<void> OutputLog::moreThan(Position seen) {
  const std::lock_guard lock(mutex_);
  if (ended_ || streams_[0].text.size() > seen.standardOutput || streams_[1].text.size() > seen.standardError) {
    return kj::READY_NOW;
  }
  std::erase_if(waiting_, [](auto& each) { return !each->isWaiting(); });  // of readers that have left
  auto more = kj::newPromiseAndCrossThreadFulfiller<void>();
  waiting_.push_back(kj::mv(more.fulfiller));
  return kj::mv(more.promise);
}

}  // namespace runtime::serve
