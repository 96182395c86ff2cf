#pragma once
// The kernel's keyrings: keyctl(2), keyrings(7). One that is inherited would be shared with whoever started the
// supervisor and between its workers.
namespace runtime::sandbox {

enum class SessionKeyring : bool { kInherited, kOwn };

// In a zygote, whose workers share it with nobody else. kInherited where the kernel has no keyrings at all.
SessionKeyring joinOwnKeyring() noexcept;

}  // namespace runtime::sandbox
