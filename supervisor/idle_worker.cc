#include "supervisor/idle_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <string>

#include "policies/policy.h"

namespace runtime::supervisor {
namespace {

// What the kernel may keep for a worker beside its memory: page tables (limits.h), pipes, stacks.
constexpr uint64_t kKernelBytes = uint64_t{64} << 20;
constexpr int kPipeToWorkerBytes = 512 << 10;
// More than any policy can allow.
constexpr WorkerBounds kUnbounded{uint64_t{1} << 60, uint64_t{1} << 40};

struct PipeEnds {
  os::UniqueFd read, write;
};

std::optional<PipeEnds> makePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  return PipeEnds{os::UniqueFd(ends[0]), os::UniqueFd(ends[1])};
}

std::unexpected<std::optional<Fault>> fault(const std::string& what, int error) {
  return std::unexpected(std::optional(Fault{3, "confinement", what + ": " + strerror(error), ""}));
}

uint64_t groupBytes(const Zygote& zygote, uint64_t memoryBytes) {
  return memoryBytes + zygote.hello().dataBytes + kKernelBytes;
}

}  // namespace

kj::Promise<std::expected<IdleWorker, std::optional<Fault>>> startWorker(Zygote& zygote, WorkerGroups* groups,
                                                                         std::optional<WorkerBounds> wanted) {
  auto toWorker = makePipe();
  auto fromWorker = makePipe();
  if (!toWorker || !fromWorker) co_return fault("no pipe could be made for a worker", errno);
  const WorkerBounds bounds = wanted.value_or(kUnbounded);
  // Most jobs have what a policy gives that says nothing.
  const uint64_t most = groupBytes(zygote, wanted ? bounds.memoryBytes : policies::Limits{}.memoryBytes);
  auto forked = co_await zygote.fork(bounds.memoryBytes, bounds.cpuSeconds, std::move(toWorker->read),
                                     std::move(fromWorker->write), wanted ? Zygote::Need::kNow : Zygote::Need::kLater);
  if (!forked && forked.error() == ESRCH) co_return std::unexpected(std::nullopt);
  if (!forked) co_return fault("no worker could be made", forked.error());
  // A whole piece of a file fits, so the two sides change places less often. Where the user's share is used up, the
  // pipe stays as it is.
  fcntl(toWorker->write.get(), F_SETPIPE_SZ, kPipeToWorkerBytes);
  auto joining = groups == nullptr ? kj::Promise<std::optional<WorkerGroups::Membership>>(std::nullopt)
                                   : groups->admit(forked->pid(), most);
  co_return IdleWorker{std::move(*forked), std::move(fromWorker->read), std::move(toWorker->write), kj::mv(joining)};
}

std::expected<void, std::optional<Fault>> bound(IdleWorker& worker, const Zygote& zygote, WorkerGroups* groups,
                                                const WorkerBounds& bounds) {
  const pid_t pid = worker.process.pid();
  if (pid == 0 || worker.process.hasEnded()) return std::unexpected(std::nullopt);
  const auto limits = sandbox::limitsFor(worker.process.memoryAtFork(), bounds.memoryBytes, bounds.cpuSeconds);
  if (const auto lowered = sandbox::lowerLimits(pid, limits); !lowered) {
    if (worker.process.hasEnded()) return std::unexpected(std::nullopt);
    return fault("a worker's limits could not be set", lowered.error());
  }
  // Still there, so the number was its own.
  if (worker.process.hasEnded()) return std::unexpected(std::nullopt);
  if (groups == nullptr) return {};
  const uint64_t most = groupBytes(zygote, bounds.memoryBytes);
  worker.joining = worker.joining.then([groups, most](std::optional<WorkerGroups::Membership> membership)
                                           -> kj::Promise<std::optional<WorkerGroups::Membership>> {
    // Without one its resource limits hold it.
    if (!membership) return membership;
    return groups->bound(std::move(*membership), most).then([](auto bounded) {
      return std::optional(std::move(bounded));
    });
  });
  return {};
}

}  // namespace runtime::supervisor
