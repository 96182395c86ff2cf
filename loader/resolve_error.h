#pragma once
#include <string>

namespace runtime::loader {

// Why a specifier names nothing that may be loaded. It may cross to a worker as it is: it holds what the worker said
// and guest paths, nothing else.
struct ResolveError {
  std::string code;      // Node's: "ERR_MODULE_NOT_FOUND", ...
  std::string resource;  // the guest path ("/lib/a.mjs"), or the specifier where there is none
  std::string message;   // a sentence for a person
};

}  // namespace runtime::loader
