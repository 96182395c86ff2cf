#pragma once
// What the processor may guess ahead in a zygote and its workers: prctl(2) PR_SET_SPECULATION_CTRL, and the kernel's
// admin-guide/hw-vuln/spectre.rst.
namespace runtime::sandbox {

// kDisabled: for good, here and in children. kNotControlled: this processor or kernel offers no such control, or needs
// none.
enum class Speculation : bool { kNotControlled, kDisabled };

struct SpeculationControls {
  Speculation storeBypass = Speculation::kNotControlled;     // Spectre v4
  Speculation indirectBranch = Speculation::kNotControlled;  // Spectre v2, between processes
};
SpeculationControls disableSpeculation() noexcept;

}  // namespace runtime::sandbox
