#pragma once
// The extensions of a Runtime, and what the door and the zygotes need to know of each. Immutable once made, but for its
// counts.
#include <capnp/message.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "extensions/extension.h"
#include "ipc/control.capnp.h"
#include "loader/resolve.h"
#include "supervisor/method_rules.h"

namespace runtime::supervisor {

class Registry {
 public:
  // Of all workers since the start, by what was decided. Any thread.
  struct CallCounts {
    std::atomic<uint64_t> allowed = 0, denied = 0;
  };
  struct Entry {
    std::unique_ptr<extensions::Extension> extension;
    std::vector<MethodRules> methods;
    std::unique_ptr<CallCounts> calls = std::make_unique<CallCounts>();
  };

  // Throws where a schema has a Path or a Handle without its rights: a bug of the extension.
  explicit Registry(std::vector<std::unique_ptr<extensions::Extension>> extensions);

  const Entry* byInterface(uint64_t interfaceId) const;
  const Entry* bySpecifier(std::string_view specifier) const;
  const loader::ExtensionSpecifiers& specifiers() const { return specifiers_; }
  const std::vector<Entry>& entries() const { return entries_; }
  // What a zygote is started with.
  void fill(ipc::Boot::Builder boot) const;

 private:
  std::vector<Entry> entries_;
  std::unordered_map<uint64_t, size_t> byInterface_;
  std::unordered_map<std::string, size_t> bySpecifier_;
  loader::ExtensionSpecifiers specifiers_;
};

}  // namespace runtime::supervisor
