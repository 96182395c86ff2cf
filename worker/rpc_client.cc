#include "worker/rpc_client.h"

#include <unistd.h>

#include <utility>

#include "policies/sandbox/exit_status.h"

namespace runtime::worker {
namespace {

// Under the 256 open answers at which the supervisor ends a worker.
constexpr size_t kMaxOpenCalls = 200;
// A pipe holds 64 KiB, some of them Finish messages.
constexpr uint64_t kMaxUnansweredBytes = 48 << 10;
// One large answer has at most 256 KiB; with 1 MiB unsent the supervisor stops reading. Beyond so many in flight, only
// requests that fit into the pipe are sent: a write(2) that blocks could otherwise wait for a reader that waits for us.
constexpr size_t kMaxLargeAnswers = 3;
// Words of a request's first segment: a path and its frame fit; longer data makes a segment of its own.
constexpr uint64_t kRequestWords = 40;
constexpr size_t kMaxUnansweredOutputs = 32;
constexpr size_t kMaxOutputPiece = 64 << 10;

}  // namespace

RpcClient::RpcClient(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), door_(connection_->door()), session_(door_.castAs<ipc::Session>()) {}

void RpcClient::taskFailed(kj::Exception&& exception) { endIfLost(exception); }

void RpcClient::endIfLost(const kj::Exception& exception) {
  if (exception.getType() == kj::Exception::Type::DISCONNECTED) _exit(sandbox::kExitLostSupervisor);
}

Request RpcClient::newRequest(uint64_t interfaceId, uint16_t method) {
  return door_.typelessRequest(interfaceId, method, capnp::MessageSize{kRequestWords, 0}, {});
}

uint64_t RpcClient::sizeOf(Request& request) { return request.targetSize().wordCount * sizeof(capnp::word) + 128; }

bool RpcClient::mayStart(uint64_t bytes) const {
  return openLarge_ < kMaxLargeAnswers || unansweredBytes_ + bytes <= kMaxUnansweredBytes;
}

void RpcClient::began(AnswerSize size, uint64_t bytes) {
  open_++;
  openLarge_ += size == AnswerSize::kLarge;
  unansweredBytes_ += bytes;
}

void RpcClient::arrived(AnswerSize size, uint64_t bytes) {
  open_--;
  openLarge_ -= size == AnswerSize::kLarge;
  unansweredBytes_ -= bytes;
}

void RpcClient::wake() {
  KJ_IF_MAYBE (sleeper, sleeper_) (*sleeper)->fulfill();
  sleeper_ = nullptr;
}

void RpcClient::call(Request request, AnswerSize size, Deliver deliver) {
  const uint64_t bytes = sizeOf(request);
  Held call{kj::mv(request), size, bytes, kj::mv(deliver)};
  if (held_.empty() && open_ + answers_.size() < kMaxOpenCalls && mayStart(bytes)) {
    start(kj::mv(call));
  } else {
    held_.push_back(kj::mv(call));
  }
}

void RpcClient::start(Held call) {
  began(call.size, call.bytes);
  tasks_.add(
      call.request.send()
          .then([](Response&& response) { return Answer(kj::mv(response)); },
                [](kj::Exception&& exception) {
                  endIfLost(exception);
                  return Answer(kj::mv(exception));
                })
          .then([this, size = call.size, bytes = call.bytes, deliver = kj::mv(call.deliver)](Answer&& answer) mutable {
            arrived(size, bytes);
            answers_.push_back({kj::mv(deliver), kj::mv(answer)});
            wake();
          }));
}

void RpcClient::startHeld() {
  while (!held_.empty() && open_ + answers_.size() < kMaxOpenCalls && mayStart(held_.front().bytes)) {
    Held call = kj::mv(held_.front());
    held_.pop_front();
    start(kj::mv(call));
  }
}

Answer RpcClient::callSync(Request request, AnswerSize size) {
  const uint64_t bytes = sizeOf(request);
  while (!mayStart(bytes)) {
    auto pair = kj::newPromiseAndFulfiller<void>();
    sleeper_ = kj::mv(pair.fulfiller);
    wait(kj::mv(pair.promise));
  }
  began(size, bytes);
  KJ_DEFER(arrived(size, bytes));
  try {
    return Answer(request.send().wait(connection_->waitScope()));
  } catch (kj::Exception& exception) {
    endIfLost(exception);
    return Answer(kj::mv(exception));
  }
}

bool RpcClient::deliverOne() {
  if (answers_.empty()) return false;
  Arrived next = kj::mv(answers_.front());
  answers_.pop_front();
  startHeld();
  next.deliver(kj::mv(next.answer));
  return true;
}

void RpcClient::flush() { connection_->waitScope().poll(); }

void RpcClient::sleep() {
  startHeld();
  if (!answers_.empty()) return;
  auto pair = kj::newPromiseAndFulfiller<void>();
  sleeper_ = kj::mv(pair.fulfiller);
  wait(kj::mv(pair.promise));
}

void RpcClient::setAlarm(uint64_t nanoseconds) {
  auto request = session_.waitRequest();
  request.setNanoseconds(nanoseconds);
  alarmIsSet_ = true;
  // kj keeps a callable that is passed by name as a reference: each is written in its place.
  alarm_ = request.send()
               .ignoreResult()
               .then([this] { ring(); },
                     [this](kj::Exception&& exception) {
                       endIfLost(exception);
                       ring();
                     })
               .eagerlyEvaluate(nullptr);
}

void RpcClient::ring() {
  alarmIsSet_ = false;
  wake();
}

void RpcClient::probe() {
  auto request = session_.waitRequest();
  request.setNanoseconds(0);
  wait(request.send().ignoreResult());
}

void RpcClient::writeOutput(ipc::OutputStream stream, kj::ArrayPtr<const kj::byte> bytes) {
  while (bytes.size() > 0) {
    const auto piece = bytes.slice(0, kj::min(bytes.size(), kMaxOutputPiece));
    bytes = bytes.slice(piece.size(), bytes.size());
    if (outputs_.size() >= kMaxUnansweredOutputs) {
      wait(kj::mv(outputs_.front()));
      outputs_.pop_front();
    }
    auto request = session_.outputRequest();
    request.setStream(stream);
    request.setBytes(piece);
    outputs_.push_back(
        request.send().ignoreResult().eagerlyEvaluate([](kj::Exception&& exception) { endIfLost(exception); }));
  }
  flush();
}

}  // namespace runtime::worker
