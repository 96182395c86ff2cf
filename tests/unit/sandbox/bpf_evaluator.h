#pragma once
// Runs a seccomp program in user space over a made-up system call, as the kernel's interpreter does.
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>

namespace runtime::tests {

// What the program returns: SECCOMP_RET_... with its data. Throws for what no valid seccomp program contains.
inline uint32_t evaluate(std::span<const sock_filter> program, const seccomp_data& data) {
  uint32_t accumulator = 0, index = 0;
  uint32_t memory[BPF_MEMWORDS] = {};
  for (size_t at = 0; at < program.size(); ++at) {
    const sock_filter& step = program[at];
    switch (BPF_CLASS(step.code)) {
      case BPF_LD:
        if (BPF_MODE(step.code) == BPF_ABS) {
          if (step.k % 4 != 0 || step.k + 4 > sizeof data) throw std::out_of_range("load");
          std::memcpy(&accumulator, reinterpret_cast<const char*>(&data) + step.k, 4);
        } else if (BPF_MODE(step.code) == BPF_IMM) {
          accumulator = step.k;
        } else if (BPF_MODE(step.code) == BPF_MEM && step.k < BPF_MEMWORDS) {
          accumulator = memory[step.k];
        } else {
          throw std::invalid_argument("load");
        }
        break;
      case BPF_ST:
        if (step.k >= BPF_MEMWORDS) throw std::out_of_range("store");
        memory[step.k] = accumulator;
        break;
      case BPF_ALU: {
        const uint32_t operand = BPF_SRC(step.code) == BPF_X ? index : step.k;
        if (BPF_OP(step.code) == BPF_AND) {
          accumulator &= operand;
        } else if (BPF_OP(step.code) == BPF_OR) {
          accumulator |= operand;
        } else {
          throw std::invalid_argument("arithmetic");
        }
        break;
      }
      case BPF_JMP: {
        const uint32_t operand = BPF_SRC(step.code) == BPF_X ? index : step.k;
        bool holds = false;
        switch (BPF_OP(step.code)) {
          case BPF_JA:
            at += step.k;
            continue;
          case BPF_JEQ:
            holds = accumulator == operand;
            break;
          case BPF_JGT:
            holds = accumulator > operand;
            break;
          case BPF_JGE:
            holds = accumulator >= operand;
            break;
          case BPF_JSET:
            holds = (accumulator & operand) != 0;
            break;
          default:
            throw std::invalid_argument("jump");
        }
        at += holds ? step.jt : step.jf;
        break;
      }
      case BPF_MISC:
        if (BPF_MISCOP(step.code) == BPF_TAX) {
          index = accumulator;
        } else {
          accumulator = index;
        }
        break;
      case BPF_RET:
        return BPF_RVAL(step.code) == BPF_A ? accumulator : step.k;
      default:
        throw std::invalid_argument("instruction");
    }
  }
  throw std::out_of_range("no return");
}

}  // namespace runtime::tests
