// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/primitives/registry.h"

#include <gtest/gtest.h>
#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include "kernwise/primitives/libraries.h"

namespace kernwise {
namespace {

std::vector<std::string> ids_in_table_order() {
  std::vector<std::string> ids;
  for (const auto& primitive : all_primitives()) ids.push_back(primitive->info().id);
  return ids;
}

TEST(Registry, IdsAreUniqueLowerCaseWords) {
  const auto ids = ids_in_table_order();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  for (const std::string& id : ids)
    EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos)
        << id;
}

// Ids are keys of stored measurements and of plan files; the list says what may happen to one.
TEST(Registry, IdsAreThoseOfTheFrozenList) {
  std::ifstream file(std::string(KERNWISE_SOURCE_DIR) + "/tests/primitives/ids.txt");
  ASSERT_TRUE(file.is_open());
  const std::string retired_mark = "retired ";
  std::set<std::string> frozen, retired;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const bool is_retired = line.starts_with(retired_mark);
    const bool is_new = is_retired ? retired.insert(line.substr(retired_mark.size())).second
                                   : frozen.insert(line).second;
    EXPECT_TRUE(is_new) << line << " is listed twice";
  }
  const auto ids = ids_in_table_order();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()), frozen);
  for (const std::string& id : ids) EXPECT_FALSE(retired.contains(id)) << id << " was retired";
}

TEST(Registry, EveryPrimitiveIsFoundByItsId) {
  for (const auto& primitive : all_primitives())
    EXPECT_EQ(find_primitive(primitive->info().id), primitive.get());
  EXPECT_EQ(find_primitive("onednn"), nullptr);
  EXPECT_EQ(find_primitive(""), nullptr);
}

TEST(Registry, EveryPrimitiveSaysWhereItComesFrom) {
  for (const auto& primitive : all_primitives()) {
    EXPECT_FALSE(primitive->info().family.empty()) << primitive->info().id;
    EXPECT_GE(primitive->info().revision, 1);
    const std::string& source = primitive->info().source;
    const std::string& resource = primitive->info().resource;
    EXPECT_TRUE(resource == "cpu" || resource == "opencl" || resource == "cuda") << resource;
    for (const std::string kind : {"opencl", "cuda"})
      EXPECT_EQ(primitive->info().id.starts_with(kind + "-"), resource == kind);
    bool known = source == "kernwise" || source == "cublas";
    for (const std::string library : {"onednn", "xnnpack", "openblas", "eigen", "ublas", "fftw"}) {
      EXPECT_EQ(primitive->info().id.starts_with(library + "-"), source == library);
      known |= source == library;
    }
    EXPECT_TRUE(known) << source;
    EXPECT_TRUE(describes(primitive->info().work, primitive->info().kind)) << primitive->info().id;
  }
}

// A network in nchw alone can always be planned.
TEST(Registry, EveryKindOfProblemHasAPrimitiveThatReadsAndWritesNchw) {
  for (const char* text : {"conv:ic16ih14oc16kh3ph1+bias+sum+relu",
                           "conv:ic3ih30oc5kh7sh2ph3dh2+bias+clip0,6",
                           "conv:ic16ih14oc16kh3ph1g16+bias+relu",
                           "conv:ic12ih9oc8kh3ph1g4",
                           "fc:ic64ih3oc10+bias+relu",
                           "pool:max:c7ih9kh3sh2ph1",
                           "pool:avg:c8ih7kh7",
                           "eltwise:c5h7+relu",
                           "scale:c6h5+sum+relu",
                           "binary:add:c5h7+relu",
                           "binary:mul:c5h7",
                           "concat:h7c16c5c3",
                           "lrn:c32h7size5",
                           "lrn:c7h7size4alpha1beta0.6",
                           "softmax:c1000h1",
                           "reshape:c4h3-c36h1",
                           "transform:nchw-nchw:c3h4",
                           "deconv:ic8ih7oc4oh14kh4sh2ph1+bias+relu",
                           "broadcast:mul:c7h5-c7h1+swish",
                           "broadcast:const-div:c1-c7h5",
                           "binary:prelu:c5h7",
                           "strided:c4h3-c3h3w4-d9d4s1s9",
                           "slice:c7h5first3count2",
                           "shuffle:c6h5g3",
                           "pad:reflect:c3h8hb1wa2",
                           "resize:linear-half:c3ih4oh9yscale2.25xscale2.25",
                           "matmul:c2h3w4-c2h4w5",
                           "gemm:m3n4k5",
                           "gemv:m3n4",
                           "matconv:h9w7r3",
                           "eltwise:c5h7+hardsigmoid0.2,0.5"}) {
    const auto problem = parse_problem(text);
    ASSERT_TRUE(problem.ok()) << text << ": " << to_string(problem.error());
    bool found = false;
    for (const Candidate& candidate : candidates(*problem, {.threads = 1})) {
      const PrimitiveInfo& info = candidate.primitive->info();
      found |= std::holds_alternative<Admitted>(candidate.applicability) &&
               input_layout(info, *problem) == Layout::kNchw &&
               output_layout(info, *problem) == Layout::kNchw;
    }
    EXPECT_TRUE(found) << text;
  }
}

// Spatial softmax has no fast kernel in nchw; what matters is that some layout has one.
TEST(Registry, EveryKindOfProblemHasAPrimitiveInSomeLayout) {
  for (const char* text : {"softmax:n2c5h4", "conv:n2ic17ih7oc17kh3ph1g17+bias+sum+relu",
                           "pool:avgpad:c3ih7kh3", "binary:add:c17h3+clip0.5,1"}) {
    const auto problem = parse_problem(text);
    ASSERT_TRUE(problem.ok()) << text << ": " << to_string(problem.error());
    EXPECT_TRUE(std::ranges::any_of(candidates(*problem, {.threads = 1}), [](const auto& c) {
      return std::holds_alternative<Admitted>(c.applicability);
    })) << text;
  }
}

TEST(Registry, EveryPairOfLayoutsHasATransform) {
  for (const Layout from : kAllLayouts)
    for (const Layout to : kAllLayouts) {
      const Problem problem{TransformProblem{{1, 17, 5, 6}, from, to}, {}};
      EXPECT_TRUE(std::ranges::any_of(candidates(problem, {.threads = 1}), [](const auto& c) {
        return std::holds_alternative<Admitted>(c.applicability);
      })) << to_string(problem);
    }
}

TEST(Registry, CandidatesAreThoseOfTheKindInTableOrderWithTheirRefusals) {
  const Problem problem = *parse_problem("conv:ic16ih14oc16kh5ph2");
  std::vector<std::string> wanted, found;
  for (const auto& primitive : all_primitives())
    if (primitive->info().kind == ProblemKind::kConv &&
        primitive->info().precision == Precision::kFp32)
      wanted.push_back(primitive->info().id);
  for (const Candidate& candidate : candidates(problem, {.threads = 1})) {
    found.push_back(candidate.primitive->info().id);
    if (const auto* refused = std::get_if<Refused>(&candidate.applicability)) {
      EXPECT_FALSE(refused->reason.empty()) << found.back();
    }
  }
  EXPECT_EQ(found, wanted);
}

// No problem and no number of threads, however wrong, gets past the question.
TEST(Registry, WrongQuestionsAreRefusedByEveryCandidate) {
  const auto all_refuse = [](const Problem& problem, int threads) {
    const auto found = candidates(problem, {.threads = threads});
    return !found.empty() && std::ranges::all_of(found, [](const Candidate& candidate) {
      const auto* refused = std::get_if<Refused>(&candidate.applicability);
      return refused != nullptr && !refused->reason.empty();
    });
  };
  EXPECT_TRUE(all_refuse({ConvProblem{.ic = 4, .oc = 4, .g = 3}, {}}, 1));
  EXPECT_TRUE(all_refuse({ConvProblem{.ic = -4, .oc = 4}, {}}, 1));
  EXPECT_TRUE(all_refuse({ConcatProblem{}, {}}, 1));
  EXPECT_TRUE(all_refuse({ConvProblem{}, {}}, 0));
  EXPECT_TRUE(all_refuse({ConvProblem{}, {}}, -1));
}

TEST(Registry, LibraryVersionsNameEveryLibrary) {
  const std::string versions = library_versions();
  EXPECT_TRUE(versions.starts_with("onednn-")) << versions;
  EXPECT_NE(versions.find(" hwy-"), std::string::npos) << versions;
  EXPECT_EQ(versions.find(".."), std::string::npos) << versions;
}

TEST(ThreadScope, RestoresTheNumberOfThreads) {
  const ThreadScope outer(3);
  {
    const ThreadScope inner(1);
    const ThreadScope innermost(2);
  }
  int threads = 0;
#pragma omp parallel
#pragma omp single
  threads = omp_get_num_threads();
  EXPECT_EQ(threads, 3);
}

int threads_of_this_process() {
  int count = 0;
  for ([[maybe_unused]] const auto& task : std::filesystem::directory_iterator("/proc/self/task"))
    ++count;
  return count;
}

// A parked thread is gone, so it cannot spin; the next loop has its threads again.
TEST(ThreadPool, ParkedThreadsAreGoneAndATeamBringsThemBack) {
  BoundTeam(3);
  const int awake = threads_of_this_process();
  EXPECT_GE(awake, 3);
  park_threads();
  EXPECT_EQ(threads_of_this_process(), awake - 2);
  park_threads();  // nothing to park is fine
  BoundTeam(3);
  EXPECT_EQ(threads_of_this_process(), awake);
}

// Each on a processor of its own while the team lives; the caller gets its own back afterwards.
TEST(ThreadPool, ATeamIsBoundThreadByThread) {
  if (std::thread::hardware_concurrency() < 2) GTEST_SKIP() << "needs two processors";
  cpu_set_t before, during, after;
  sched_getaffinity(0, sizeof before, &before);
  {
    const BoundTeam team(2);
    sched_getaffinity(0, sizeof during, &during);
    std::set<int> processors;
    const ThreadScope threads(2);
#pragma omp parallel
    {
      const int processor = sched_getcpu();
#pragma omp critical
      processors.insert(processor);
    }
    EXPECT_EQ(processors.size(), 2U);
  }
  sched_getaffinity(0, sizeof after, &after);
  EXPECT_EQ(CPU_COUNT(&during), 1);
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
  park_threads();
}

TEST(Libraries, ChecksSayWhatTheyFound) {
  std::set<std::string> names;
  for (const DoctorCheck& check : check_libraries()) {
    names.insert(check.name);
    EXPECT_FALSE(check.finding.empty()) << check.name;
    EXPECT_EQ(check.advice.empty(), check.state == CheckState::kGood) << check.name;
    if (check.name == "oneDNN's names") {
      EXPECT_EQ(check.state, CheckState::kGood) << check.finding;
    }
  }
  EXPECT_EQ(names, (std::set<std::string>{"instruction sets", "oneDNN's names", "threads"}));
}

TEST(Libraries, TheEnvironmentHoldsAllOfThemOrNone) {
  const auto value_of = [](Isa isa, std::string_view name) -> std::string {
    for (const EnvironmentEntry& entry : library_environment(isa))
      if (entry.name == name) return entry.value;
    return "not mentioned";
  };
  for (const std::string_view name :
       {"ONEDNN_MAX_CPU_ISA", "OPENBLAS_CORETYPE", "LIBXSMM_TARGET"}) {
    EXPECT_EQ(value_of(machine_isa(), name), "") << name;
    for (const Isa isa : {Isa::kSse41, Isa::kAvx2}) {
      if (isa >= machine_isa()) continue;
      EXPECT_NE(value_of(isa, name), "") << name;
      EXPECT_NE(value_of(isa, name), "not mentioned") << name;
    }
  }
  EXPECT_EQ(value_of(Isa::kSse41, "DNNL_MAX_CPU_ISA"), "");
}

// Valid, but of sizes that nobody meant: an answer, and no workspace that has wrapped around.
TEST(Registry, SizesThatNobodyMeantAreAnswered) {
  for (const char* text :
       {"conv:ic1073741824ih1iw1oc1kh1kw1sh1073741824sw1", "conv:ic1ih8192oc1kh1000",
        "conv:ic1ih1iw1048576oc1kh1kw1sh1sw1048576", "conv:ic4096ih4096oc4096kh3ph1",
        "gemm:m1048576n1048576k1048576", "gemm:m1n1k1099511627776", "gemm:m1099511627776n1k1",
        "gemv:m1048576n1048576", "gemv:m1n1099511627776", "gemv:m1099511627776n1",
        "matconv:h1048576w1048576r3", "matconv:h1w1099511627776r1", "matconv:h46340r23170",
        "pool:max:c1ih1048576kh524288", "pool:max:c1ih1iw1099511627776kh1",
        "deconv:ic1ih65536oc1oh1kh32768", "deconv:ic1ih32768oc1oh1kh32768"}) {
    const auto problem = parse_problem(text);
    if (!problem.ok()) continue;  // refused before any primitive is asked
    for (const int threads : {1, 2, 64}) {
      for (const Candidate& candidate : candidates(*problem, {threads})) {
        const auto* admitted = std::get_if<Admitted>(&candidate.applicability);
        if (admitted == nullptr) continue;
        EXPECT_GE(admitted->workspace.value, 0) << candidate.primitive->info().id << " " << text;
      }
    }
  }
}

}  // namespace
}  // namespace kernwise
