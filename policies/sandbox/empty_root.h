#pragma once
// The mount namespace of a zygote: one empty, read-only folder, and no way back to the host's files.
namespace runtime::sandbox {

// In a zygote that has all capabilities in its user and mount namespaces. Root and working directory are the empty
// folder afterwards, and no other mount exists. One-way.
void enterEmptyRoot() noexcept;

}  // namespace runtime::sandbox
