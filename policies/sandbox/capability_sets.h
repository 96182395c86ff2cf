#pragma once
// The kernel's capabilities of a zygote: none, in every set, for good.
namespace runtime::sandbox {

// Ambient, bounding, inheritable, permitted and effective sets are empty afterwards, and the secure bits that would
// give any back to uid 0 are locked. Needs CAP_SETPCAP. One-way.
void dropAllCapabilities() noexcept;

// No program that this process or its children execute gains anything by it.
void forbidNewPrivileges() noexcept;

}  // namespace runtime::sandbox
