#pragma once
// The V8 inside libnode marks its pages MADV_DONTFORK, so that the child of a fork() would lose its heap. libnode calls
// madvise() through its linkage table: ours, exported by the executable, comes first and leaves this one advice out.
// The zygote checks in /proc/self/smaps that it does.
namespace runtime::worker {

// Does nothing; naming it links ours in.
void keepPagesAcrossFork();

}  // namespace runtime::worker
