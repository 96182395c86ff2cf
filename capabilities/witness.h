#pragma once
// Who is told of every path that a walk found allowed: nobody, unless a job is recorded. Any thread.
#include <cstdint>
#include <string>

#include "capabilities/rights.h"

namespace runtime::capabilities {

struct Sight {
  enum class Kind : uint8_t {
    kFile,    // `host` is what was reached, and exists
    kFolder,  // the same
    kName,    // `host` is a name in a folder: made, removed, moved, or a link that is itself what was meant
    kAbsent,  // nothing was there; `host` is the deepest part of the path that exists
  };
  enum class Extent : uint8_t { kItself, kAllBeneath };

  std::string module;     // path under root
  std::string mountAt;    // guest and host path of the entry, or of the folder of the directory capability
  std::string mountHost;  // canonical
  std::string named;      // guest path as the job named it, up to the first ".."
  std::string host;       // canonical
  Kind kind = Kind::kFile;
  Extent extent = Extent::kItself;
  bool climbs = false;     // there was a ".."
  bool viaFolder = false;  // through a directory capability
  bool changed = false;    // the name came or went by it
  RightSet all;            // needed
  RightSet any;            // held of those of which one was needed
};

class Witness {
 public:
  virtual ~Witness() = default;
  virtual void saw(Sight sight) = 0;
  // Two names of one module, as the job named them, were met by one call that needs them in one entry.
  virtual void sawTogether(const std::string& module, const std::string& one, const std::string& other) = 0;
};

}  // namespace runtime::capabilities
