#pragma once
// What the workers of one job are to each other, and what this extension asks of the supervisor that runs them. Loop
// thread.
#include <kj/async.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capabilities/handover.h"
#include "capabilities/object.h"
#include "capabilities/table.h"
#include "extensions/isolate/queue.h"
#include "ipc/wire_error.h"

namespace runtime::extensions::isolate {

// How a child ended, as its parent is told.
struct ChildEnd {
  struct Exception {
    std::string name, message, stack;
  };
  std::string verdict;  // as in the result of a job
  uint8_t exitCode = 0;
  std::optional<Exception> exception;
  uint64_t wallNs = 0, cpuNs = 0, peakMemoryBytes = 0;
  uint64_t calls = 0, deniedCalls = 0, bytesRead = 0, bytesWritten = 0;
};

struct Grant {
  std::string name;
  capabilities::Token token;  // of the parent's table
};

// A child, as it is asked for.
struct Wanted {
  std::string module;  // that asks for it, a path under root
  std::string specifier;
  std::vector<Grant> grants;
  // 0: not said.
  uint64_t wallNs = 0, cpuNs = 0, memoryBytes = 0;
};

// Between a parent and its child.
struct Channel {
  Channel(std::shared_ptr<capabilities::Handover> over, std::weak_ptr<capabilities::Table> parentsTable,
          std::weak_ptr<capabilities::Table> childsTable)
      : handover(std::move(over)), parentTable(std::move(parentsTable)), childTable(std::move(childsTable)) {
    auto ends = kj::newPromiseAndFulfiller<std::shared_ptr<const ChildEnd>>();
    ended = ends.promise.fork();
    endedFulfiller = kj::mv(ends.fulfiller);
  }
  // The child is over: nobody hears what is said to it, and what it said may still be heard.
  void end(ChildEnd how) {
    toChild.close();
    toChild.clear();
    toParent.close();
    if (how.exception)
      endBytes_ = how.exception->name.size() + how.exception->message.size() + how.exception->stack.size();
    endedFulfiller->fulfill(std::make_shared<const ChildEnd>(std::move(how)));
  }

  // Of an ended child: what it said and nobody has heard, and how it ended.
  size_t heldBytes() const { return toParent.bytes() + endBytes_; }

  const std::shared_ptr<capabilities::Handover> handover;
  const std::weak_ptr<capabilities::Table> parentTable;
  const std::weak_ptr<capabilities::Table> childTable;
  Queue toChild, toParent;
  kj::ForkedPromise<std::shared_ptr<const ChildEnd>> ended = nullptr;
  kj::Own<kj::PromiseFulfiller<std::shared_ptr<const ChildEnd>>> endedFulfiller;

 private:
  size_t endBytes_ = 0;
};

// One side's end of a channel.
class Peer final : public capabilities::Object {
 public:
  enum class Side : uint8_t { kParent, kChild };
  // `module`: whose this end is. `childPath`: the guest path of the module that the child was started with.
  Peer(std::shared_ptr<Channel> channel, Side side, std::string module, std::string childPath)
      : channel_(std::move(channel)), side_(side), module_(std::move(module)), childPath_(std::move(childPath)) {}

  capabilities::RightSet rights() const override { return {}; }
  const std::string& resource() const override { return childPath_; }
  const std::string& module() const override { return module_; }
  const std::string& rule() const override { return rule_; }

  Side side() const { return side_; }
  const std::shared_ptr<Channel>& channel() const { return channel_; }
  Queue& outgoing() const { return side_ == Side::kParent ? channel_->toChild : channel_->toParent; }
  Queue& incoming() const { return side_ == Side::kParent ? channel_->toParent : channel_->toChild; }
  // Whose tokens an incoming message names.
  const std::weak_ptr<capabilities::Table>& sender() const {
    return side_ == Side::kParent ? channel_->childTable : channel_->parentTable;
  }

 private:
  const std::shared_ptr<Channel> channel_;
  const Side side_;
  const std::string module_, childPath_, rule_;
};

// What the parent gave a child, in the child's table.
struct Inheritance {
  capabilities::Token peer;
  std::vector<Grant> grants;
};

// The other workers, to one of them.
class Workers {
 public:
  virtual ~Workers() = default;
  // The error is for the worker that asked.
  virtual kj::Promise<std::expected<std::shared_ptr<Peer>, ipc::WireError>> spawn(Wanted wanted) = 0;
  // Ends a child of this worker. Without effect on one that has ended.
  virtual void terminate(const Peer& child) = 0;
  // Nothing: `module` is not what this worker was started with, or no worker started it.
  virtual std::expected<std::optional<Inheritance>, ipc::WireError> inheritanceOf(const std::string& module) = 0;
  // This worker's table, for what it receives.
  virtual std::shared_ptr<capabilities::Table> sharedTable() = 0;
};

}  // namespace runtime::extensions::isolate
