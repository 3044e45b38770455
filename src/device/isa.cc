// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which instruction set a process is held to is kept by Highway: it must know anyhow, and so the
// fingerprint cannot say one thing while our kernels do another.
#include <hwy/highway.h>

#include <algorithm>
#include <array>

#include "describe.h"

namespace kernwise {
namespace {

constexpr std::array<Isa, 3> kNamed = {Isa::kSse41, Isa::kAvx2, Isa::kAvx512};

#if HWY_ARCH_X86
// In Highway's sets of targets a better one is a lower bit.
constexpr int64_t better_than(int64_t target) { return target - 1; }
#endif

}  // namespace

std::string_view to_string(Isa isa) {
  switch (isa) {
    case Isa::kSse41: return "sse4.1";
    case Isa::kAvx2: return "avx2";
    case Isa::kAvx512: return "avx512";
    case Isa::kOther: break;
  }
  return "other";
}

std::optional<Isa> parse_isa(std::string_view text) {
  const auto* found = std::ranges::find_if(kNamed, [&](Isa i) { return to_string(i) == text; });
  return found == kNamed.end() ? std::nullopt : std::optional(*found);
}

Isa machine_isa() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  // The sets that oneDNN calls AVX512_CORE and AVX2: what the primitives are compiled for.
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return Isa::kAvx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Isa::kAvx2;
  if (__builtin_cpu_supports("sse4.1")) return Isa::kSse41;
#endif
  return Isa::kOther;
}

Isa isa_in_use() {
  Isa allowed = machine_isa();
#if HWY_ARCH_X86
  // Highway 1.0.3 asks the processor anew whenever it is asked, which takes a microsecond under a
  // hypervisor; told the answer, it keeps it.
  static const bool kept = [] {
    hwy::SetSupportedTargetsForTest(hwy::SupportedTargets());
    return true;
  }();
  static_cast<void>(kept);
  const int64_t targets = hwy::SupportedTargets();
  if ((targets & better_than(HWY_AVX2)) == 0) allowed = std::min(allowed, Isa::kAvx2);
  if ((targets & better_than(HWY_SSE4)) == 0) allowed = std::min(allowed, Isa::kSse41);
#endif
  return allowed;
}

namespace detail {

Status check_isa(Isa wanted, Isa machine) {
  if (wanted <= machine) return Ok{};
  const std::string best =
      machine == Isa::kOther ? "none that kernwise knows by name" : std::string(to_string(machine));
  return unsupported(
      "this machine has no " + std::string(to_string(wanted)) + ", its best is " + best,
      "leave --isa out, or name one that the machine has");
}

}  // namespace detail

Status hold_to_isa(Isa isa) {
  KERNWISE_TRY(detail::check_isa(isa, machine_isa()));
#if HWY_ARCH_X86
  if (isa >= isa_in_use()) return Ok{};
  const int64_t above = better_than(isa == Isa::kAvx2 ? HWY_AVX2 : HWY_SSE4);
  // Not DisableTargets: in Highway 1.0.3 the next SupportedTargets(), by whomever, makes the
  // dispatch use all that the processor has again.
  hwy::SetSupportedTargetsForTest(hwy::SupportedTargets() & ~above);
#endif
  return Ok{};
}

}  // namespace kernwise
