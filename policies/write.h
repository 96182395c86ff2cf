#pragma once
// A policy as the text of a policy file: parse.h reads back the same policy. What is in it may come from a hostile
// program (names of files, of modules, of variables): every text is a quoted string in which nothing is hidden, so
// neither the file's meaning nor a terminal that shows it can be changed by a name. Pure; any thread.
#include <cstddef>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/policy.h"

namespace runtime::policies {

// Comments of the file; each is a line, or several, without `#`. Text in it is made harmless as all other is.
struct Remarks {
  std::vector<std::string> head;
  std::map<std::pair<size_t, size_t>, std::vector<std::string>> entries;  // before an fs entry, by grant and entry
  std::vector<std::string> tail;
};

// Host paths beneath `baseFolder` are written relative to it; none are where it is empty. Settings at their defaults
// are left out. The error is a sentence: a name that is not UTF-8, or too much for one file.
std::expected<std::string, std::string> write(const Policy& policy, const std::string& baseFolder,
                                              const Remarks& remarks);

// Whether both grant, deny, limit and load the same in the same words. Places, files and hashes are not looked at.
bool sayTheSame(const Policy& one, const Policy& other);

// A glob over module paths that matches this one path and nothing else.
std::string globOf(std::string_view modulePath);

// A string of TOML, quotes included. Control characters, marks that reorder a line and what a reader cannot see are
// escaped; a byte that is not UTF-8 is shown as U+FFFD.
std::string tomlString(std::string_view text);

}  // namespace runtime::policies
