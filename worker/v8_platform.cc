#include "worker/v8_platform.h"

#include <libplatform/libplatform.h>
#include <sys/random.h>
#include <v8.h>

#include <memory>
#include <utility>

// Of the absl inside libnode, which is built with the search for deadlocks on: each lock of V8's pays for it, and its
// tables take a MiB. One thread cannot deadlock. Weak: another libnode may have none.
namespace absl {
enum class OnDeadlockCycle { kIgnore, kReport, kAbort };
[[gnu::weak]] void SetMutexDeadlockDetectionMode(OnDeadlockCycle mode);
}  // namespace absl

namespace runtime::worker {
namespace {

class Platform final : public v8::Platform {
 public:
  Platform(std::unique_ptr<v8::Platform> inner, const Clock& clock) : inner_(std::move(inner)), clock_(clock) {}
  v8::Platform* inner() { return inner_.get(); }

  v8::PageAllocator* GetPageAllocator() override { return inner_->GetPageAllocator(); }
  v8::ThreadIsolatedAllocator* GetThreadIsolatedAllocator() override { return inner_->GetThreadIsolatedAllocator(); }
  void OnCriticalMemoryPressure() override { inner_->OnCriticalMemoryPressure(); }
  int NumberOfWorkerThreads() override { return inner_->NumberOfWorkerThreads(); }
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate* isolate, v8::TaskPriority priority) override {
    return inner_->GetForegroundTaskRunner(isolate, priority);
  }
  bool IdleTasksEnabled(v8::Isolate* isolate) override { return inner_->IdleTasksEnabled(isolate); }
  std::unique_ptr<v8::ScopedBlockingCall> CreateBlockingScope(v8::BlockingType type) override {
    return inner_->CreateBlockingScope(type);
  }
  double MonotonicallyIncreasingTime() override { return inner_->MonotonicallyIncreasingTime(); }
  double CurrentClockTimeMillis() override { return clock_.nowMs(); }
  v8::TracingController* GetTracingController() override { return inner_->GetTracingController(); }
  v8::HighAllocationThroughputObserver* GetHighAllocationThroughputObserver() override {
    return inner_->GetHighAllocationThroughputObserver();
  }

 protected:
  std::unique_ptr<v8::JobHandle> CreateJobImpl(v8::TaskPriority priority, std::unique_ptr<v8::JobTask> task,
                                               const v8::SourceLocation& location) override {
    return inner_->CreateJob(priority, std::move(task), location);
  }
  void PostTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<v8::Task> task,
                                  const v8::SourceLocation& location) override {
    inner_->PostTaskOnWorkerThread(priority, std::move(task), location);
  }
  void PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<v8::Task> task, double seconds,
                                         const v8::SourceLocation& location) override {
    inner_->PostDelayedTaskOnWorkerThread(priority, std::move(task), seconds, location);
  }

 private:
  std::unique_ptr<v8::Platform> inner_;
  const Clock& clock_;
};

// V8 keeps one platform a process; it must outlive every isolate, so it is never destroyed.
Platform*& platform() {
  static Platform* instance = nullptr;
  return instance;
}

}  // namespace

void startV8(const std::string& flags, const Clock& clock) {
  if (absl::SetMutexDeadlockDetectionMode != nullptr) {
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  }
  v8::V8::SetFlagsFromString(flags.data(), flags.size());
  v8::V8::SetEntropySource(
      [](unsigned char* bytes, size_t count) { return getrandom(bytes, count, 0) == static_cast<ssize_t>(count); });
  platform() = new Platform(v8::platform::NewSingleThreadedDefaultPlatform(), clock);
  v8::V8::InitializePlatform(platform());
  v8::V8::Initialize();
}

bool runV8Tasks(v8::Isolate* isolate) {
  bool ran = false;
  while (v8::platform::PumpMessageLoop(platform()->inner(), isolate)) ran = true;
  return ran;
}

}  // namespace runtime::worker
