#pragma once
// What a token names. Objects belong to the supervisor's loop thread; lanes get descriptors and values out of them.
#include <memory>
#include <string>

#include "capabilities/rights.h"

namespace runtime::capabilities {

class Object {
 public:
  virtual ~Object() = default;
  // What this token may be used for. Handles carry what they were opened with; views carry their mask.
  virtual RightSet rights() const = 0;
  // The guest path it stands for, or what an audit record should call it.
  virtual const std::string& resource() const = 0;
  // The module whose authority this is, as a path under root; derived objects keep their origin's.
  virtual const std::string& module() const = 0;
  // The rule that granted it, "file:line", or empty.
  virtual const std::string& rule() const = 0;
  // Whether its next use is still part of the call that made it (a long file or listing comes in pieces): budgets are
  // charged one call for all of them.
  virtual bool continues() const { return false; }
};

}  // namespace runtime::capabilities
