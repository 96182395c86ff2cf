#pragma once
// The seven namespaces of a zygote, and which of them the kernel makes when.
//
// An ordinary user makes all seven with the process. Root makes only the PID namespace then: the executable and its
// libraries may stand in folders that only the host's root can enter, so it is executed and linked with the host's
// view, and enters the other six as its first act, before it has read anything.
#include <array>
#include <cstdint>
#include <expected>
#include <string_view>

#include "policies/sandbox/setup_error.h"

namespace runtime::sandbox {

struct Namespace {
  std::string_view name;  // as in /proc/<pid>/ns and in a result's "confinement"
  uint64_t flag;          // of clone(2)
};
extern const std::array<Namespace, 7> kNamespaces;

// The kernel's numbers for the namespaces of this process, in the order of kNamespaces: two processes share one where
// the numbers are the same. Needs /proc. The error is an errno.
using NamespaceIds = std::array<uint64_t, 7>;
std::expected<NamespaceIds, int> ownNamespaceIds();

// Whether /proc shows processes by the numbers that they have here. One of another PID namespace, as a container may be
// given, would name other processes by them.
bool procIsOwn();

// Who makes the namespaces other than the PID namespace.
enum class NamespacesMade : bool { kWithProcess, kAfterExec };

uint64_t cloneFlags(NamespacesMade made);

// In a zygote of kAfterExec, first: one thread, root of the host.
void enterRemainingNamespaces() noexcept;

}  // namespace runtime::sandbox
