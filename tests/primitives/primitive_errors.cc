// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// primitive_errors PROBLEMS: the worst relative error of every family against float64 and its
// largest workspace, over the shape tables and so many random problems of each sort, on one and two
// threads, held to each instruction set that this machine has. Prints the table of
// docs/primitives.md.
// primitive_errors ISA PROBLEMS: one instruction set, as lines of numbers, and which primitive and
// problem gave them. Libraries look at the instruction set once, so each needs its own process.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "kernwise/primitives/libraries.h"
#include "kernwise/primitives/registry.h"
#include "primitives/check_primitive.h"
#include "primitives/sample_problems.h"

namespace kernwise::test {
namespace {

using Family = std::pair<std::string, std::string>;  // and source

struct Worst {
  double error = 0;
  int64_t checks = 0;
  int64_t workspace = 0;  // bytes
  std::string primitive, problem;
};
using Row = std::map<Isa, Worst>;

constexpr std::array kIsas = {Isa::kAvx512, Isa::kAvx2, Isa::kSse41};
constexpr std::array kIsaNames = {"AVX-512", "AVX2", "SSE4.1"};

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
  std::map<Family, Worst> worst;
  int faults = 0;
  for (const Problem& problem : all) {
    const Sample sample = make_sample(problem, rng);
    for (const auto& primitive : all_primitives()) {
      const PrimitiveInfo& info = primitive->info();
      if (info.kind != problem.kind() || info.precision != Precision::kFp32) continue;
      for (const int threads : {1, 2}) {
        const Check check = check_primitive(*primitive, sample, threads);
        if (!check.admitted) continue;
        Worst& w = worst[{info.family, info.source}];
        ++w.checks;
        w.workspace = std::max(w.workspace, check.workspace.value);
        faults += !check.fault.empty() || check.relative_error > tolerance(info);
        if (check.relative_error < w.error) continue;
        w.error = check.relative_error;
        w.primitive = info.id;
        w.problem = to_short_string(problem);
      }
    }
  }
  for (const auto& [family, w] : worst) {
    std::printf("%s\t%s\t%.17g\t%lld\t%lld\t%s\t%s\n", family.first.c_str(), family.second.c_str(),
                w.error, static_cast<long long>(w.checks), static_cast<long long>(w.workspace),
                w.primitive.c_str(), w.problem.c_str());
  }
  std::fprintf(stderr, "%s: %zu problems, %d faults\n", std::string(to_string(isa)).c_str(),
               all.size(), faults);
  return faults == 0 ? 0 : 1;
}

// The lines of a process of its own for this instruction set; false if it found faults or failed.
bool measure(const std::string& program, Isa isa, int problems, std::map<Family, Row>& rows) {
  const std::string command =
      "'" + program + "' " + std::string(to_string(isa)) + " " + std::to_string(problems);
  std::FILE* child = ::popen(command.c_str(), "r");
  if (child == nullptr) return false;
  std::string text;
  for (int c = std::fgetc(child); c != EOF; c = std::fgetc(child)) text += static_cast<char>(c);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    Family family;
    Worst w;
    std::getline(fields, family.first, '\t');
    std::getline(fields, family.second, '\t');
    fields >> w.error >> w.checks >> w.workspace >> w.primitive >> w.problem;
    rows[family][isa] = w;
  }
  return ::pclose(child) == 0;
}

int publish(const std::string& program, int problems) {
  std::map<Family, Row> rows;
  bool good = true;
  for (const Isa isa : kIsas) {
    if (isa <= machine_isa()) good &= measure(program, isa, problems, rows);
  }
  std::printf("| family | source |");
  for (const char* name : kIsaNames) std::printf(" %s |", name);
  std::printf(" workspace, KiB |\n|---|---|---|---|---|---|\n");
  for (const auto& [family, row] : rows) {
    int64_t workspace = 0;
    std::printf("| %s | %s |", family.first.c_str(), family.second.c_str());
    for (const Isa isa : kIsas) {
      const auto found = row.find(isa);
      if (found == row.end()) {
        std::printf(" – |");
        continue;
      }
      const Worst& w = found->second;
      workspace = std::max(workspace, w.workspace);
      std::printf(" %.1e (%lld) |", w.error, static_cast<long long>(w.checks));
    }
    std::printf(" %.1f |\n", static_cast<double>(workspace) / 1024);
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace kernwise::test

int main(int argc, char** argv) {
  using namespace kernwise;
  if (argc == 2) {
    return test::publish(std::filesystem::read_symlink("/proc/self/exe"), std::atoi(argv[1]));
  }
  const auto isa = argc > 1 ? parse_isa(argv[1]) : std::nullopt;
  if (!isa || argc != 3) return std::fputs("primitive_errors [ISA] PROBLEMS\n", stderr), 2;
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
