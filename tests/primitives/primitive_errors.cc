// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// primitive_errors ISA PROBLEMS: the worst relative error of every family against float64, held to
// an instruction set, over the shape tables and so many random problems of each sort, on one and
// two threads. Prints rows for docs/primitives.md.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "kernwise/primitives/libraries.h"
#include "kernwise/primitives/registry.h"
#include "primitives/check_primitive.h"
#include "primitives/sample_problems.h"

namespace kernwise::test {
namespace {

struct Worst {
  double error = 0;
  std::string primitive, problem;
  int64_t checks = 0;
};

int report(Isa isa, int problems) {
  Rng rng(1);
  std::vector<Problem> all = convolution_table();
  for (const Problem& problem : operator_table()) all.push_back(problem);
  for (const Problem& problem : matrix_kernel_table()) all.push_back(problem);
  for (int i = 0; i < problems; ++i) {
    all.push_back(random_matrix_kernel(rng, 2'000'000));
    all.push_back(random_convolution(rng, 2'000'000));
    all.push_back(random_operator(rng, 20'000));
  }
  std::map<std::pair<std::string, std::string>, Worst> worst;  // by family and source
  int faults = 0;
  for (const Problem& problem : all) {
    const Sample sample = make_sample(problem, rng);
    for (const auto& primitive : all_primitives()) {
      const PrimitiveInfo& info = primitive->info();
      if (info.kind != problem.kind()) continue;
      for (const int threads : {1, 2}) {
        const Check check = check_primitive(*primitive, sample, threads);
        if (!check.admitted) continue;
        Worst& w = worst[{info.family, info.source}];
        ++w.checks;
        faults += !check.fault.empty() || check.relative_error > tolerance(info);
        if (check.relative_error < w.error) continue;
        w.error = check.relative_error;
        w.primitive = info.id;
        w.problem = to_short_string(problem);
      }
    }
  }
  std::printf("| family (source) | checks, %s | worst error | of | on |\n|---|---|---|---|---|\n",
              std::string(to_string(isa)).c_str());
  for (const auto& [family, w] : worst) {
    std::printf("| `%s` (%s) | %lld | %.1e | `%s` | `%s` |\n", family.first.c_str(),
                family.second.c_str(), static_cast<long long>(w.checks), w.error,
                w.primitive.c_str(), w.problem.c_str());
  }
  std::fprintf(stderr, "%zu problems, %d faults\n", all.size(), faults);
  return faults == 0 ? 0 : 1;
}

}  // namespace
}  // namespace kernwise::test

int main(int argc, char** argv) {
  using namespace kernwise;
  const auto isa = argc > 1 ? parse_isa(argv[1]) : std::nullopt;
  if (!isa || argc < 3) return std::fputs("primitive_errors ISA PROBLEMS\n", stderr), 2;
  if (!hold_to_isa(*isa).ok()) return std::fputs("this machine lacks it\n", stderr), 3;
  // Libraries look at the environment while they start.
  if (std::getenv("KERNWISE_STARTED_AGAIN") == nullptr) {
    for (const EnvironmentEntry& entry : library_environment(*isa)) {
      if (entry.value.empty()) {
        unsetenv(entry.name.c_str());
      } else {
        setenv(entry.name.c_str(), entry.value.c_str(), 1);
      }
    }
    setenv("KERNWISE_STARTED_AGAIN", "1", 1);
    execv("/proc/self/exe", argv);
    return std::fputs("cannot start again\n", stderr), 4;
  }
  return test::report(*isa, std::atoi(argv[2]));
}
