// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <cstdlib>

#include "device/describe.h"
#include "device/loops.h"
#include "kernwise/device/device.h"

namespace kernwise {
namespace {

TEST(IsaTest, NamesReadBack) {
  for (const Isa isa : {Isa::kSse41, Isa::kAvx2, Isa::kAvx512})
    EXPECT_EQ(parse_isa(to_string(isa)), isa);
  EXPECT_EQ(parse_isa("other"), std::nullopt);
  EXPECT_EQ(parse_isa("AVX2"), std::nullopt);
  EXPECT_EQ(parse_isa(""), std::nullopt);
}

TEST(IsaTest, WhatTheMachineLacksIsRefusedByName) {
  EXPECT_TRUE(detail::check_isa(Isa::kSse41, Isa::kAvx2).ok());
  EXPECT_TRUE(detail::check_isa(Isa::kAvx2, Isa::kAvx2).ok());
  const Status lacking = detail::check_isa(Isa::kAvx512, Isa::kAvx2);
  ASSERT_FALSE(lacking.ok());
  EXPECT_EQ(lacking.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(lacking.error().message, "this machine has no avx512, its best is avx2");
  EXPECT_FALSE(detail::check_isa(Isa::kSse41, Isa::kOther).ok());
}

TEST(IsaTest, AFreeProcessUsesAllOfTheMachine) {
  EXPECT_EQ(isa_in_use(), machine_isa());
  EXPECT_FALSE(describe_this_device().is_virtual);
  EXPECT_EQ(describe_this_device_held_to(machine_isa()).fingerprint,
            describe_this_device().fingerprint);
}

TEST(IsaTest, AHeldDeviceIsVirtualAndAnotherOne) {
  const Device real = describe_this_device();
  for (const Isa isa : {Isa::kSse41, Isa::kAvx2}) {
    if (isa >= machine_isa()) continue;
    const Device held = describe_this_device_held_to(isa);
    EXPECT_TRUE(held.is_virtual);
    EXPECT_EQ(held.isa, isa);
    EXPECT_NE(held.fingerprint, real.fingerprint);
    // Nor is it the machine that really has no more than this.
    Device lesser = real;
    lesser.isa = isa;
    EXPECT_NE(held.fingerprint, detail::fingerprint(lesser, real.cores));
  }
}

// One round of the loop is twelve vectors of multiply-adds, whatever their length.
int64_t floats_in_a_vector() {
  float sink = 0;
  return detail::multiply_add_loop(1, &sink) / 12;
}

// Holding lasts as long as the process, so each happens in a child. What counts is not what is said
// but what a kernel then uses, whoever has asked about instruction sets in between.
bool holds(Isa isa) {
  if (!hold_to_isa(isa).ok() || isa_in_use() != isa) return false;
  if (describe_this_device().fingerprint != describe_this_device_held_to(isa).fingerprint)
    return false;
  if (describe_this_device().is_virtual != (isa < machine_isa())) return false;
  if (floats_in_a_vector() > (isa == Isa::kSse41 ? 4 : isa == Isa::kAvx2 ? 8 : 16)) return false;
  return hold_to_isa(machine_isa()).ok() && isa_in_use() == isa;  // and nothing lifts it
}

TEST(IsaDeathTest, HoldingStaysForTheProcess) {
  for (const Isa isa : {Isa::kSse41, Isa::kAvx2, Isa::kAvx512}) {
    if (isa > machine_isa()) continue;
    EXPECT_EXIT(std::exit(holds(isa) ? 0 : 1), testing::ExitedWithCode(0), "") << to_string(isa);
  }
}

}  // namespace
}  // namespace kernwise
