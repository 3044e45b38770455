// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Our convolutions against oneDNN's, problem by problem, on one instruction set:
//
//   winograd_bench --isa avx512 --theirs onednn-winograd
//   winograd_bench --isa avx2
//   winograd_bench --ours fft --problem conv:ic64ih56oc64kh7ph3
//
// For each problem the fastest of ours (ids that begin with --ours and end with --layout) against
// the fastest of theirs. Without --problem: the dense 3x3 stride-1 layers of VGG-19 and ResNet-50.
// Candidates run by turns, each run with cold weights and warm input (profile/protocol.h says why);
// after two rounds those far behind are dropped. Ratios are of medians, theirs over ours.
#include <fmt/format.h>
#include <hwy/highway.h>
#include <oneapi/dnnl/dnnl.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/base/rng.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/profile/protocol.h"

namespace kernwise {
namespace {

struct Layer {
  std::string problem;
  int times;  // in the two networks together
};
const std::vector<Layer> kLayers = {
    {"conv:ic3ih224oc64kh3ph1+bias+relu", 1},   {"conv:ic64ih224oc64kh3ph1+bias+relu", 1},
    {"conv:ic64ih112oc128kh3ph1+bias+relu", 1}, {"conv:ic128ih112oc128kh3ph1+bias+relu", 1},
    {"conv:ic128ih56oc256kh3ph1+bias+relu", 1}, {"conv:ic256ih56oc256kh3ph1+bias+relu", 3},
    {"conv:ic256ih28oc512kh3ph1+bias+relu", 1}, {"conv:ic512ih28oc512kh3ph1+bias+relu", 3},
    {"conv:ic512ih14oc512kh3ph1+bias+relu", 4}, {"conv:ic64ih56oc64kh3ph1+bias+relu", 3},
    {"conv:ic128ih28oc128kh3ph1+bias+relu", 3}, {"conv:ic256ih14oc256kh3ph1+bias+relu", 5},
    {"conv:ic512ih7oc512kh3ph1+bias+relu", 2},
};

struct Isa {
  dnnl_cpu_isa_t onednn;
  int64_t highway;
};
const std::map<std::string, Isa> kIsas = {
    {"sse4.1", {dnnl_cpu_isa_sse41, HWY_SSE4}},
    {"avx2", {dnnl_cpu_isa_avx2, HWY_AVX2}},
    {"avx512", {dnnl_cpu_isa_avx512_core, HWY_AVX3}},
};

struct Options {
  std::string isa = "avx512", ours = "winograd", theirs = "onednn", layout = "nhwc";
  std::vector<std::string> problems;
  int rounds = 11, threads = 1;
  bool all = false;
};

struct Contestant {
  const Primitive* primitive;
  bool ours;
  std::unique_ptr<Kernel> kernel;
  AlignedBuffer scratch;
  std::vector<double> seconds = {};
  bool dropped = false;

  double median() const {
    if (dropped) return INFINITY;
    std::vector<double> sorted = seconds;
    std::ranges::nth_element(sorted, sorted.begin() + static_cast<int64_t>(sorted.size() / 2));
    return sorted[sorted.size() / 2];
  }
};

void fill(AlignedBuffer& buffer, Rng& rng) {
  for (int64_t i = 0; i < buffer.size().value / 4; ++i)
    buffer.floats()[i] = static_cast<float>(rng.uniform(-1, 1));
}

std::vector<Contestant> prepare(const Problem& problem, const Options& options) {
  Rng rng(1);
  std::vector<float> weights(weight_elements(problem)), bias(bias_elements(problem));
  for (float& w : weights) w = static_cast<float>(rng.uniform(-1, 1));
  std::vector<Contestant> contestants;
  for (const Candidate& candidate : candidates(problem, {.threads = options.threads})) {
    const auto* admitted = std::get_if<Admitted>(&candidate.applicability);
    const std::string& id = candidate.primitive->info().id;
    const bool ours = id.starts_with(options.ours) && id.ends_with("-" + options.layout);
    if (admitted == nullptr || !(ours || id.starts_with(options.theirs))) continue;
    auto kernel = candidate.primitive->prepare(problem, {weights, bias}, {options.threads});
    if (!kernel.ok()) continue;
    contestants.push_back(
        {candidate.primitive, ours, *std::move(kernel), AlignedBuffer(admitted->workspace)});
  }
  return contestants;
}

// Reads one float of each line, so that everything else leaves the caches.
float sweep(const AlignedBuffer& buffer) {
  float sum = 0;
  for (int64_t i = 0; i < buffer.size().value / 4; i += 16) sum += buffer.floats()[i];
  return sum;
}

void run_rounds(const Problem& problem, const Options& options, std::vector<Contestant>& all) {
  constexpr double kFarBehind = 1.5;
  const ThreadScope scope(options.threads);
  Rng rng(2);
  const Layout padded = Layout::kNchw16c;
  AlignedBuffer original(physical_bytes(input_shape(problem, 0), padded)), input(original.size());
  AlignedBuffer output(physical_bytes(output_shape(problem), padded)), spare(kColdTraffic);
  fill(original, rng);
  std::memset(spare.data(), 1, spare.size().value);
  std::memset(output.data(), 0, output.size().value);
  volatile float sink = 0;
  for (int round = 0; round < options.rounds + 2; ++round) {
    double best_of[2] = {INFINITY, INFINITY};
    for (Contestant& c : all) {
      if (c.dropped) continue;
      sink = sink + sweep(spare);
      std::memcpy(input.data(), original.data(), input.size().value);
      const float* in = input.floats();
      const auto begin = std::chrono::steady_clock::now();
      c.kernel->run({{&in, 1}, output.floats(), c.scratch.data()});
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
      c.seconds.push_back(spent.count());
      best_of[c.ours] = std::min(best_of[c.ours], spent.count());
    }
    if (round != 1) continue;  // the first round also loads code and pages
    for (Contestant& c : all) {
      c.dropped = !options.all && c.seconds.back() > kFarBehind * best_of[c.ours];
      c.seconds.clear();
    }
  }
}

}  // namespace

int winograd_bench(const Options& options) {
  std::vector<Layer> layers = kLayers;
  if (!options.problems.empty()) layers.clear();
  for (const std::string& problem : options.problems) layers.push_back({problem, 1});
  double sum = 0, weighted = 0;
  int count = 0, times = 0;
  for (const Layer& layer : layers) {
    auto problem = parse_problem(layer.problem);
    if (!problem.ok()) return std::fputs(problem.error().message.c_str(), stderr), 2;
    std::vector<Contestant> all = prepare(*problem, options);
    run_rounds(*problem, options, all);
    const Contestant* best[2] = {};
    for (const Contestant& c : all) {
      if (options.all)
        fmt::print("    {:10.0f} us  {}\n", c.median() * 1e6, c.primitive->info().id);
      if (best[c.ours] == nullptr || c.median() < best[c.ours]->median()) best[c.ours] = &c;
    }
    if (best[0] == nullptr || best[1] == nullptr) {
      fmt::print("{:44} nothing to compare\n", layer.problem);
      continue;
    }
    const double ratio = best[0]->median() / best[1]->median();
    fmt::print("{:44} {:8.0f} us {:26} {:8.0f} us {:36} {:5.2f}\n", layer.problem,
               best[1]->median() * 1e6, best[1]->primitive->info().id, best[0]->median() * 1e6,
               best[0]->primitive->info().id, ratio);
    std::fflush(stdout);
    sum += std::log(ratio);
    weighted += layer.times * std::log(ratio);
    ++count;
    times += layer.times;
  }
  if (count > 0)
    fmt::print("geometric mean of theirs over ours: {:.3f} over shapes, {:.3f} over layers\n",
               std::exp(sum / count), std::exp(weighted / times));
  return 0;
}

}  // namespace kernwise

int main(int argc, char** argv) {
  kernwise::Options options;
  CLI::App app("Our convolutions against oneDNN's");
  app.add_option("--isa", options.isa, "sse4.1, avx2 or avx512 (the default)");
  app.add_option("--ours", options.ours, "what our ids begin with (winograd)");
  app.add_option("--theirs", options.theirs, "what their ids begin with (onednn)");
  app.add_option("--layout", options.layout, "what our ids end with (nhwc)");
  app.add_option("--problem", options.problems, "these instead of VGG-19's and ResNet-50's");
  app.add_option("--rounds", options.rounds, "timed runs of each, and two more (11)");
  app.add_option("--threads", options.threads, "(1)");
  app.add_flag("--all", options.all, "drop nothing, print everything");
  CLI11_PARSE(app, argc, argv);
  const auto isa = kernwise::kIsas.find(options.isa);
  if (isa == kernwise::kIsas.end()) return std::fputs("--isa: unknown\n", stderr), 2;
  dnnl_set_max_cpu_isa(isa->second.onednn);
  hwy::SetSupportedTargetsForTest(isa->second.highway | HWY_STATIC_TARGET);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  return kernwise::winograd_bench(options);
}
