#include "worker/inherited_code.h"

#include <link.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <v8.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <new>
#include <string>
#include <utility>

#include "policies/sandbox/setup_error.h"

namespace runtime::worker {
namespace {

constexpr uintptr_t kPage = 4096;
constexpr uintptr_t kHugePage = uintptr_t{2} << 20;

struct Range {
  uintptr_t begin = 0, end = 0;
  size_t size() const { return end - begin; }
};

uintptr_t down(uintptr_t address, uintptr_t to) { return address & ~(to - 1); }
uintptr_t up(uintptr_t address, uintptr_t to) { return down(address + to - 1, to); }
void* at(uintptr_t address) { return reinterpret_cast<void*>(address); }

bool kernelHasHugePages() {
  std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string line;
  return std::getline(file, line) && !line.contains("[never]");
}

// A segment of code: what is mapped of it, and what is moved. That is more where it was linked to have huge pages of
// its own, and less where it shares the first and last with others.
struct Code {
  Range mapped, moved;
};

Code codeAround(uintptr_t function) {
  std::pair<uintptr_t, Code> search{function, {}};
  dl_iterate_phdr(
      [](dl_phdr_info* object, size_t, void* data) {
        auto& [wanted, found] = *static_cast<std::pair<uintptr_t, Code>*>(data);
        for (int i = 0; i < object->dlpi_phnum; i++) {
          const ElfW(Phdr)& segment = object->dlpi_phdr[i];
          const uintptr_t begin = object->dlpi_addr + segment.p_vaddr;
          const uintptr_t end = begin + segment.p_memsz;
          // Only what is code and nothing else.
          if (segment.p_type != PT_LOAD || segment.p_flags != (PF_R | PF_X) || wanted < begin || wanted >= end)
            continue;
          found.mapped = found.moved = {down(begin, kPage), up(end, kPage)};
          const Range within{up(begin, kHugePage), down(end, kHugePage)};
          if (segment.p_align >= kHugePage && down(object->dlpi_addr, kHugePage) == object->dlpi_addr) {
            found.moved = {down(begin, kHugePage), up(end, kHugePage)};
          } else if (within.begin < within.end) {
            found.moved = within;
          }
          return 1;
        }
        return 0;
      },
      &search);
  return search.second;
}

// Whether there is nothing, which is then taken.
bool takeHole(uintptr_t begin, uintptr_t end) {
  if (begin >= end) return true;
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
  return mmap(at(begin), end - begin, PROT_NONE, kFlags, -1, 0) == at(begin);
}

size_t move(const Code& code) {
  const auto [begin, end] = code.moved;
  if (begin == end || !takeHole(begin, code.mapped.begin) || !takeHole(code.mapped.end, end)) return 0;
  const size_t size = code.moved.size();
  void* const space = mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (space == MAP_FAILED) return 0;
  const auto first = reinterpret_cast<uintptr_t>(space);
  const uintptr_t copy = up(first, kHugePage);
  const Range filled{std::max(begin, code.mapped.begin), std::min(end, code.mapped.end)};
  (void)madvise(at(copy), size, MADV_HUGEPAGE);
  memcpy(at(copy + filled.begin - begin), at(filled.begin), filled.size());
  if (mprotect(at(copy), size, PROT_READ | PROT_EXEC) != 0) {
    munmap(space, size + kHugePage);
    return 0;
  }
  // Should it fail, the code may be gone already.
  if (mremap(at(copy), size, size, MREMAP_MAYMOVE | MREMAP_FIXED, at(begin)) == MAP_FAILED) {
    sandbox::dieAt(sandbox::Step::kEngine);
  }
  munmap(space, copy - first);
  munmap(at(copy + size), first + kHugePage - copy);
  return size;
}

template <typename Function>
size_t moveCodeOf(Function* function) {
  return move(codeAround(reinterpret_cast<uintptr_t>(function)));
}

}  // namespace

size_t makeCodeInherited() {
  if (!kernelHasHugePages()) return 0;
  return moveCodeOf(&v8::V8::GetVersion) + moveCodeOf(&makeCodeInherited) + moveCodeOf(&abort) +
         moveCodeOf(&std::get_new_handler);
}

}  // namespace runtime::worker
