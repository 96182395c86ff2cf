#pragma once
// The files of one job on the disk while it runs: what came with it, and the folders of its own. Blocks on the file
// system; one thread at a time.
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "supervisor/serve/job_policy.h"
#include "supervisor/serve/storage_fault.h"

namespace runtime::serve {

class JobFolder {
 public:
  // In `jobs`, a canonical host path. Writes `files` (normal relative paths, no file a folder of another) and makes
  // `folders`.
  static std::expected<std::unique_ptr<JobFolder>, StorageFault> make(const std::string& jobs, const std::string& id,
                                                                      const std::map<std::string, std::string>& files,
                                                                      const std::vector<std::string>& folders);
  ~JobFolder();  // removes all of it
  JobFolder(const JobFolder&) = delete;
  JobFolder& operator=(const JobFolder&) = delete;

  const JobPlaces& places() const { return places_; }
  const std::vector<std::string>& folders() const { return folders_; }

 private:
  JobFolder(std::string path, JobPlaces places, std::vector<std::string> folders)
      : path_(std::move(path)), places_(std::move(places)), folders_(std::move(folders)) {}
  const std::string path_;
  const JobPlaces places_;
  const std::vector<std::string> folders_;
};

// errno as a fault. Full is ENOSPC, EDQUOT.
StorageFault storageFault(const std::string& what, int error);

}  // namespace runtime::serve
