#pragma once
// Code that workers inherit, for a zygote that makes many. A process is not born with the pages of files: it finds each
// piece of code by a fault when it first runs it, and on a virtual machine each page of 4 KiB by one of the
// hypervisor's as well: a job of one line takes hundreds. Anonymous memory it is born with, and of what is on huge
// pages it runs on a dozen. The copy is made once: about 56 MiB for a zygote and its workers together, and tens of
// milliseconds.
#include <cstddef>

namespace runtime::worker {

// In the zygote, before it is confined, while it has one thread. Moves the code of libnode and of this executable to
// huge pages, and that of the C and C++ libraries to small ones: anonymous memory at the same addresses, executable and
// not writable. Returns its size in bytes, by which the resident memory of every worker is larger; 0 where the kernel
// has no huge pages (transparent_hugepage/enabled) or no memory for it.
size_t makeCodeInherited();

}  // namespace runtime::worker
