// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// --isa: the program under every instruction set that this machine has.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/process.h"
#include "kernwise/device/device.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

Json parse(const Finished& finished) {
  EXPECT_EQ(finished.code, 0) << finished.err;
  Json document = Json::parse(finished.out, nullptr, /*allow_exceptions=*/false);
  EXPECT_FALSE(document.is_discarded()) << finished.out;
  return document;
}

Json check_named(const std::string& name, const Json& document) {
  for (const Json& check : document["result"]["checks"]) {
    if (check["name"] == name) return check;
  }
  ADD_FAILURE() << "doctor has no check '" << name << "'";
  return Json{{"state", "missing"}};
}

std::vector<std::string> sets_of_this_machine() {
  std::vector<std::string> names;
  for (const Isa isa : {Isa::kSse41, Isa::kAvx2, Isa::kAvx512})
    if (isa <= machine_isa()) names.emplace_back(to_string(isa));
  return names;
}

TEST(IsaFlag, DoctorNamesTheSetAndWhetherTheDeviceIsVirtual) {
  const Playground here;
  std::set<std::string> fingerprints;
  for (const std::string& isa : sets_of_this_machine()) {
    const Json document = parse(here.run({"doctor", "--json", "--isa", isa}));
    const Json& device = document["context"]["device"];
    EXPECT_EQ(device["isa"], isa);
    EXPECT_EQ(device["virtual"], isa != to_string(machine_isa()));
    EXPECT_EQ(document["options"]["isa"], isa);
    fingerprints.insert(device["fingerprint"].get<std::string>());
    EXPECT_EQ(check_named("instruction sets", document)["state"], "good") << document;
  }
  EXPECT_EQ(fingerprints.size(), sets_of_this_machine().size());
  EXPECT_TRUE(fingerprints.contains(describe_this_device().fingerprint));
}

// A library held down from outside would be measured under the name of the whole machine.
TEST(IsaFlag, TheEnvironmentHasNoSay) {
  const Playground here;
  setenv("ONEDNN_MAX_CPU_ISA", "SSE41", 1);
  const Json document = parse(here.run({"doctor", "--json"}));
  unsetenv("ONEDNN_MAX_CPU_ISA");
  EXPECT_EQ(check_named("instruction sets", document)["state"], "good") << document;
  EXPECT_FALSE(document["context"]["device"]["virtual"].get<bool>());
}

TEST(IsaFlag, OnlyKnownNamesAreTaken) {
  const Playground here;
  EXPECT_EQ(here.run({"doctor", "--isa", "avx3"}).code, 2);
  for (const Isa isa : {Isa::kAvx2, Isa::kAvx512}) {
    if (isa <= machine_isa()) continue;
    const Finished finished = here.run({"version", "--isa", std::string(to_string(isa))});
    EXPECT_EQ(finished.code, 3);
    EXPECT_NE(finished.err.find("this machine has no"), std::string::npos) << finished.err;
  }
}

// Implementations carry their instruction set in their ids.
bool above(const std::string& id, Isa isa) {
  const bool avx512 = id.find("avx512") != std::string::npos;
  const bool avx = id.find("avx") != std::string::npos;
  return (avx512 && isa < Isa::kAvx512) || (avx && isa < Isa::kAvx2);
}

TEST(IsaFlag, APlanUsesNothingAboveItsSetAndRunsUnderItOnly) {
  for (const std::string& name : sets_of_this_machine()) {
    const Isa isa = *parse_isa(name);
    if (isa == machine_isa()) continue;
    const Playground here;
    ASSERT_EQ(here.run({"zoo", "squeezenet1_1", "-o", "model.onnx"}).code, 0);
    const Json plan =
        parse(here.run({"plan", "model.onnx", "--shape", "input:1,3,64,64", "-o", "plan.json",
                        "--budget", "20s", "--warm-weights", "--json", "--isa", name}));
    ASSERT_FALSE(plan["result"]["layers"].empty());
    for (const Json& layer : plan["result"]["layers"]) {
      const std::string id = layer["primitive"];
      EXPECT_FALSE(above(id, isa)) << id;
    }
    const std::vector<std::string> run = {"run",      "plan.json", "--shape", "input:1,3,64,64",
                                          "--repeat", "1"};
    std::vector<std::string> held = run;
    held.insert(held.end(), {"--isa", name, "--verify"});
    EXPECT_EQ(here.run(held).code, 0);
    const Finished free = here.run(run);
    EXPECT_EQ(free.code, 3);
    EXPECT_NE(free.err.find("virtual"), std::string::npos) << free.err;
    EXPECT_NE(free.err.find("--isa " + name), std::string::npos) << free.err;
  }
}

TEST(Threads, ANetworkIsPlannedAndRunOnTwo) {
  if (describe_this_device().cores < 2) GTEST_SKIP() << "one processor";
  const Playground here;
  ASSERT_EQ(here.run({"zoo", "squeezenet1_1", "-o", "model.onnx"}).code, 0);
  const Json plan =
      parse(here.run({"plan", "model.onnx", "--shape", "input:1,3,64,64", "-o", "plan.json",
                      "--budget", "20s", "--warm-weights", "--json", "--threads", "2"}));
  EXPECT_EQ(plan["result"]["threads"], 2);
  const Json run = parse(here.run(
      {"run", "plan.json", "--shape", "input:1,3,64,64", "--repeat", "5", "--verify", "--json"}));
  EXPECT_EQ(run["options"]["threads"], 2);
}

}  // namespace
}  // namespace kernwise
