// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/primitives/libraries.h"

#include <omp.h>
#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <string_view>
#include <thread>

#include "kernwise/base/format.h"
#include "kernwise/primitives/registry.h"
#include "onednn/library.h"

namespace kernwise {
namespace {

// Each library's own words for an instruction set.
struct IsaWords {
  Isa isa;
  const char *onednn, *openblas, *libxsmm;
};
constexpr std::array<IsaWords, 3> kWords = {{
    {Isa::kSse41, "SSE41", "Nehalem", "wsm"},
    {Isa::kAvx2, "AVX2", "Haswell", "hsw"},
    {Isa::kAvx512, "AVX512_CORE", "SkylakeX", "skx"},
}};

Isa onednn_isa() {
  if (detail::dnn_has(dnnl_cpu_isa_avx512_core)) return Isa::kAvx512;
  if (detail::dnn_has(dnnl_cpu_isa_avx2)) return Isa::kAvx2;
  return detail::dnn_has(dnnl_cpu_isa_sse41) ? Isa::kSse41 : Isa::kOther;
}

DoctorCheck check_instruction_sets() {
  const Isa device = isa_in_use();
  DoctorCheck check{"instruction sets", CheckState::kGood, "", ""};
  check.finding = device < machine_isa() ? "held to " + std::string(to_string(device)) + " of " +
                                               std::string(to_string(machine_isa()))
                                         : "all of " + std::string(to_string(device));
  if (onednn_isa() != device) {
    check.state = CheckState::kBad;
    check.finding += ", but oneDNN uses " + std::string(to_string(onednn_isa()));
    check.advice = "leave ONEDNN_MAX_CPU_ISA alone; --isa holds every library";
  }
  return check;
}

// One of each kind of convolution: what a newer oneDNN offers for these, it offers for networks.
DoctorCheck check_onednn_names() {
  constexpr std::array<std::string_view, 6> kProblems = {
      "conv:ic64ih14oc64kh3ph1+bias+relu",   "conv:ic64ih14oc64kh1+bias+sum+relu",
      "conv:ic3ih30oc16kh7sh2ph3+bias+relu", "conv:ic64ih14oc64kh3ph1g64+bias+relu",
      "conv:ic64ih14oc64kh3ph1g4+bias+relu", "conv:ic16ih14oc16kh5ph4dh2+bias+relu"};
  std::set<std::string> unknown;
  for (const std::string_view text : kProblems) {
    const auto problem = parse_problem(text);
    if (!problem.ok()) continue;
    for (std::string& name : unknown_implementations(*problem, {.threads = 1}))
      unknown.insert(std::move(name));
  }
  DoctorCheck check{"oneDNN's names", CheckState::kGood, "", ""};
  check.finding = "every implementation that oneDNN " + detail::dnn_version() + " offers is known";
  if (unknown.empty()) return check;
  check.state = CheckState::kWarning;
  check.finding = "not used, because not known:";
  for (const std::string& name : unknown) check.finding += " " + name;
  check.advice = "report this oneDNN version; what is known is used as ever";
  return check;
}

double cpu_seconds(clockid_t clock) {
  timespec now{};
  return clock_gettime(clock, &now) == 0
             ? static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec)
             : 0;
}

// Processor time that the other threads of a team spend after its work, with nothing to do.
Seconds spinning_after_work(int threads) {
  std::vector<clockid_t> clocks(static_cast<std::size_t>(threads));
  std::vector<char> known(static_cast<std::size_t>(threads));
  const ThreadScope scope(threads);
#pragma omp parallel
  {
    const auto i = static_cast<std::size_t>(omp_get_thread_num());
    known[i] = pthread_getcpuclockid(pthread_self(), &clocks[i]) == 0;
  }
  std::vector<double> before;
  for (const clockid_t clock : clocks) before.push_back(cpu_seconds(clock));
  std::this_thread::sleep_for(std::chrono::milliseconds(40));
  double most = 0;
  for (std::size_t i = 1; i < clocks.size(); ++i)
    if (known[i]) most = std::max(most, cpu_seconds(clocks[i]) - before[i]);
  return {most};
}

DoctorCheck check_threads() {
  const int threads = std::max(1, omp_get_num_procs());
  DoctorCheck check{"threads", CheckState::kGood, "", ""};
  if (threads == 1) {
    check.finding = "one processor";
    return check;
  }
  const Seconds spinning = spinning_after_work(threads);
  park_threads();
  check.finding = "idle threads go on for " + format_seconds(spinning) + " before they sleep";
  if (spinning.value > 0.03) {
    check.state = CheckState::kWarning;
    check.advice = "waiting threads never sleep: leave OMP_WAIT_POLICY and GOMP_SPINCOUNT alone";
  }
  return check;
}

}  // namespace

std::vector<EnvironmentEntry> library_environment(Isa isa) {
  // Older names of the same variables would be heard too; hints and shorter floats make other
  // kernels or other numbers.
  std::vector<EnvironmentEntry> entries = {{"DNNL_MAX_CPU_ISA", ""},
                                           {"ONEDNN_CPU_ISA_HINTS", ""},
                                           {"DNNL_CPU_ISA_HINTS", ""},
                                           {"ONEDNN_DEFAULT_FPMATH_MODE", ""},
                                           {"DNNL_DEFAULT_FPMATH_MODE", ""}};
  IsaWords words{isa, "", "", ""};
  if (isa < machine_isa())
    for (const IsaWords& known : kWords)
      if (known.isa == isa) words = known;
  entries.push_back({"ONEDNN_MAX_CPU_ISA", words.onednn});
  entries.push_back({"OPENBLAS_CORETYPE", words.openblas});
  entries.push_back({"LIBXSMM_TARGET", words.libxsmm});
  return entries;
}

std::vector<DoctorCheck> check_libraries() {
  return {check_instruction_sets(), check_onednn_names(), check_threads()};
}

}  // namespace kernwise
