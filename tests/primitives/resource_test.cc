// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Resources as a user of the library meets them, on a machine with or without devices.
#include "kernwise/primitives/resource.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "kernwise/primitives/registry.h"

namespace kernwise {
namespace {

Problem problem_of(const char* text) {
  auto problem = parse_problem(text);
  EXPECT_TRUE(problem.ok()) << text;
  return std::move(problem).value();
}

TEST(Resources, TheProcessorComesFirstAndNamesAreUnique) {
  ASSERT_FALSE(all_resources().empty());
  EXPECT_EQ(all_resources().front()->name(), "cpu");
  EXPECT_EQ(all_resources().front()->refusal(), "");
  EXPECT_TRUE(all_resources().front()->shares_processors());
  std::set<std::string> names;
  for (const auto& resource : all_resources()) {
    EXPECT_TRUE(names.insert(resource->name()).second) << resource->name();
    EXPECT_FALSE(resource->description().empty()) << resource->name();
    const auto kind = resource_class(resource->name());
    EXPECT_TRUE(kind == "cpu" || kind == "opencl" || kind == "cuda") << resource->name();
  }
}

TEST(Resources, AreFoundByTheirNames) {
  ASSERT_NE(find_resource("cpu"), nullptr);
  EXPECT_EQ(find_resource("cpu")->name(), "cpu");
  for (const auto& resource : all_resources()) {
    if (resource->name() == "cpu") continue;
    EXPECT_EQ(find_resource(resource->name()), resource.get());
  }
  for (const char* name : {"", "cpu:0", "opencl", "opencl:999", "cuda:-1", "tpu:0"})
    EXPECT_EQ(find_resource(name), nullptr) << name;
}

// What goes in comes out, also from the middle of a block, on everything that can be used.
TEST(Resources, CopiesAreExact) {
  for (const auto& resource : all_resources()) {
    if (!resource->refusal().empty()) {
      EXPECT_FALSE(resource->allocate({64}).ok()) << resource->name();
      continue;
    }
    auto memory = resource->allocate({1000 * 4});
    ASSERT_TRUE(memory.ok()) << to_string(memory.error());
    EXPECT_EQ(memory->size().value, 4000);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory->data()) % 64, 0U);
    std::vector<float> values(1000), back(1000, -1);
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 3;
    ASSERT_TRUE(resource->copy_in(memory->data(), values.data(), 1000).ok());
    ASSERT_TRUE(resource->copy_out(back.data(), memory->data(), 1000).ok());
    EXPECT_EQ(back, values) << resource->name();
    ASSERT_TRUE(resource->copy_out(back.data(), memory->data() + 700, 300).ok());
    EXPECT_TRUE(std::equal(values.begin() + 700, values.end(), back.begin())) << resource->name();
    EXPECT_TRUE(resource->copy_in(memory->data(), values.data(), 0).ok());
    EXPECT_TRUE(resource->allocate({0}).ok());
    EXPECT_TRUE(resource->state().ok());
  }
}

TEST(Resources, MoreMemoryThanThereIsIsRefusedAndChangesNothing) {
  for (const auto& resource : all_resources()) {
    if (resource->name() == "cpu" || !resource->refusal().empty()) continue;
    const auto memory = resource->allocate({int64_t{1} << 50});
    ASSERT_FALSE(memory.ok());
    EXPECT_EQ(memory.error().code, ErrorCode::kUnsupported);
    EXPECT_TRUE(resource->state().ok()) << resource->name();
  }
}

TEST(Resources, CandidatesAreThoseOfTheClassThatWasAskedFor) {
  const Problem pool = problem_of("pool:max:c4ih16kh2sh2");
  for (const Candidate& candidate : candidates(pool, {.threads = 1}))
    EXPECT_EQ(candidate.primitive->info().resource, "cpu");
  for (const char* name : {"opencl:0", "cuda:0"}) {
    const auto found = candidates(pool, {.threads = 1, .resource = name});
    EXPECT_EQ(found.size(), 2U) << name;
    for (const Candidate& candidate : found)
      EXPECT_EQ(candidate.primitive->info().resource, resource_class(name));
  }
  EXPECT_TRUE(candidates(pool, {.threads = 1, .resource = "tpu:0"}).empty());
}

TEST(Resources, ADeviceThatIsNotThereIsRefusedWithAReason) {
  const Problem pool = problem_of("pool:max:c4ih16kh2sh2");
  for (const char* name : {"opencl:999", "cuda:999"}) {
    const Execution execution{.threads = 1, .resource = name};
    for (const Candidate& candidate : candidates(pool, execution)) {
      ASSERT_TRUE(std::holds_alternative<Refused>(candidate.applicability));
      EXPECT_FALSE(std::get<Refused>(candidate.applicability).reason.empty());
      const auto kernel = candidate.primitive->prepare(pool, {}, execution);
      ASSERT_FALSE(kernel.ok());
      EXPECT_EQ(kernel.error().code, ErrorCode::kUnsupported);
    }
  }
}

TEST(Resources, NoTwoShareTheKeyOfTheirMeasurements) {
  EXPECT_EQ(library_versions("cpu"), library_versions());
  std::set<std::string> keys;
  for (const auto& resource : all_resources()) {
    const std::string key = library_versions(resource->name());
    EXPECT_NE(key.find(resource->description()), std::string::npos) << key;
    EXPECT_TRUE(keys.insert(key).second) << key;
    EXPECT_EQ(std::ranges::count_if(key, [](char c) { return c == '\n' || c == '\t'; }), 0) << key;
  }
}

}  // namespace
}  // namespace kernwise
