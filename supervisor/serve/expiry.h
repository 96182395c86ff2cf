#pragma once
// Makes room: removes results and artifacts that are older than they are kept, and the oldest of the rest where more is
// stored than may be. The service's thread; the database and the disk have their own.
#include <kj/async.h>
#include <kj/timer.h>

#include <cstdint>

#include "capabilities/lane.h"
#include "supervisor/serve/artifact_files.h"
#include "supervisor/serve/configuration.h"
#include "supervisor/serve/store_thread.h"

namespace runtime::serve {

class Expiry {
 public:
  // Which outlive it.
  Expiry(StoreThread& store, ArtifactFiles& artifacts, const Configuration& configuration)
      : store_(store), artifacts_(artifacts), configuration_(configuration) {}

  // A bounded part of what is to be removed, so that there is room for `wantedBytes` of a request; true where there may
  // be more.
  kj::Promise<bool> expire(uint64_t wantedBytes);
  kj::Promise<void> forever(kj::Timer& timer);

 private:
  StoreThread& store_;
  ArtifactFiles& artifacts_;
  const Configuration& configuration_;
  capabilities::Lane lane_;
};

}  // namespace runtime::serve
