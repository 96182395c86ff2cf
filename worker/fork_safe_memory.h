#pragma once
// The V8 inside libnode marks its pages MADV_DONTFORK, so that the child of a fork() would lose its heap. libnode calls
// madvise() through its linkage table: ours, exported by the executable, comes first and leaves this one advice out.
// The zygote checks in /proc/self/smaps that it does.
#include <cstddef>

namespace runtime::worker {

// Does nothing; naming it links ours in.
void keepPagesAcrossFork();

// A page fault costs more than a page, so what a zygote is known to use up is populated at once: `mallocBytes` of
// malloc's memory now, and the pages of V8's heap as they are mapped, until stopPopulating(). In the zygote, before V8
// starts and with malloc told to keep freed memory.
void populateMemory(size_t mallocBytes);

// Before the first fork: what is free between pieces in use is taken and never given back, so that what a worker
// allocates lies side by side on few pages. Each of them costs it a copy, wherever in the heap it is.
void closeHeapGaps();

// Before the first fork: a worker pays for what it touches, and its filter has no such advice.
void stopPopulating();

}  // namespace runtime::worker
