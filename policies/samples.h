#pragma once
// Module paths and host paths that stand for all others: what some policies tell apart is told apart by the samples,
// so that what holds for the samples holds for every path. Pure; any thread.
#include <optional>
#include <string>
#include <vector>

#include "policies/policy.h"
#include "policies/segment_samples.h"

namespace runtime::policies {

// A glob that is asked about `prefix` and a path: "" or a folder and a slash.
struct PrefixedGlob {
  const Glob* glob;
  std::string prefix;
};

// Of modules that can be loaded, by their names. For every path there is a sample that the same globs match. Nothing
// where the work does not suffice.
std::optional<std::vector<std::string>> moduleSamples(const std::vector<PrefixedGlob>& globs, Work& work);

// The entries and the denies of one policy for one module: a deny binds what an entry shows, under its name.
struct Showing {
  const std::vector<FsGrant>* entries;
  const std::vector<FsDeny>* denies;
};

// For every absolute host path there is a sample that is beneath, at or above the same entries, hidden by the same
// inner ones, beneath, at or above the same of `others`, and whose names the same denies match, or could match
// beneath. Nothing where the work does not suffice.
std::optional<std::vector<std::string>> hostSamples(const std::vector<Showing>& showings,
                                                    const std::vector<std::string>& others, Work& work);

// The same for guest paths and the globs of denies alone.
std::optional<std::vector<std::string>> guestSamples(const std::vector<const Glob*>& globs, Work& work);

}  // namespace runtime::policies
