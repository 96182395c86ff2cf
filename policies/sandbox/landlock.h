#pragma once
// Landlock, where the kernel has it: even a worker that found a way to a file or a port may not use it. Behind the
// empty root and the filter there is none to find; this is another lock on the same door. landlock(7).
namespace runtime::sandbox {

// Every kind of access to files, of TCP ports and, from ABI 6 on, of abstract sockets and signals beyond this process
// and its children is forbidden, for good. Needs no_new_privs. The ABI in force; 0 where the kernel has none.
int forbidByLandlock() noexcept;

}  // namespace runtime::sandbox
