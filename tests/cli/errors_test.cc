// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Wrong usage and bad input: the right exit code, and a message that says what, where, what next.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cli/process.h"
#include "kernwise/graph/network.h"
#include "kernwise/graph/onnx.h"

namespace kernwise {
namespace {

using Words = std::vector<std::string>;

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void expect_error(const Finished& run, int code, const Words& parts) {
  EXPECT_EQ(run.code, code) << run.err;
  EXPECT_EQ(run.err.rfind("error: ", 0), 0U) << run.err;
  for (const std::string& part : parts) {
    EXPECT_NE(run.err.find(part), std::string::npos) << "'" << part << "' is not in: " << run.err;
  }
}

class CommandLine : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_ = new Playground;
    const Finished zoo = shared_->run({"zoo", "squeezenet1_1", "-o", "model.onnx"});
    ASSERT_EQ(zoo.code, 0) << zoo.err;
  }
  static void TearDownTestSuite() {
    delete shared_;
    shared_ = nullptr;
  }
  const Playground& here() const { return *shared_; }
  Finished run(const Words& words) const { return shared_->run(words); }

 private:
  static Playground* shared_;
};
Playground* CommandLine::shared_ = nullptr;

TEST_F(CommandLine, UnknownWordsGetASuggestion) {
  expect_error(run({"plna", "model.onnx"}), 2,
               {"no command 'plna'", "did you mean 'kernwise plan'?"});
  expect_error(run({"plan", "model.onnx", "--bugdet", "1s"}), 2,
               {"unknown flag '--bugdet' for 'plan'", "did you mean '--budget'?"});
  expect_error(run({"list", "primitivs"}), 2, {"did you mean 'primitives'?"});
  expect_error(run({"help", "plna"}), 2, {"did you mean 'kernwise plan'?"});
  expect_error(run({"--json"}), 2, {"a command is missing"});
}

TEST_F(CommandLine, AnErrorIsTwoLinesNotTheManual) {
  const Finished finished = run({"plan", "--bugdet", "1s"});
  EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 2);
  EXPECT_EQ(finished.out, "");
}

TEST_F(CommandLine, MissingArgumentsAreNamed) {
  for (const std::string verb : {"zoo", "list", "inspect", "plan", "run", "explain", "bench"}) {
    expect_error(run({verb}), 2, {"'" + verb + "' needs", "hint: "});
  }
  expect_error(run({"profile"}), 2, {"nothing to profile", "--network"});
}

TEST_F(CommandLine, BadValuesOfFlagsAreExplained) {
  expect_error(run({"plan", "model.onnx", "--threads", "0"}), 2, {"--threads", "'0'"});
  expect_error(run({"plan", "model.onnx", "--threads", "9999"}), 2, {"--threads", "give 1 to"});
  expect_error(run({"plan", "model.onnx", "--budget", "tomorrow"}), 2,
               {"--budget", "tomorrow", "90s"});
  expect_error(run({"plan", "model.onnx", "--max-model-memory", "lots"}), 2,
               {"--max-model-memory"});
  expect_error(run({"plan", "model.onnx", "--policy", "best"}), 2, {"--policy", "onednn-auto"});
  expect_error(run({"plan", "model.onnx", "--budget", "0", "--primitives", "no-such-id"}), 2,
               {"'no-such-id'", "kernwise list primitives"});
  expect_error(run({"profile", "--problem", "conv:ic0"}), 2, {"--problem", "conv:ic0"});
  expect_error(run({"run", "plan.json", "--threads", "1"}), 2, {"threads from the plan"});
  expect_error(run({"zoo", "resnet5000"}), 2, {"resnet5000", "resnet50"});
}

TEST_F(CommandLine, AMissingFileIsNamed) {
  for (const std::string verb : {"inspect", "plan", "run", "explain", "bench"}) {
    expect_error(run({verb, "nowhere.file"}), 2, {"nowhere.file", "No such file"});
  }
  expect_error(run({"profile", "--network", "nowhere.file"}), 2, {"nowhere.file"});
  expect_error(run({"plan", "."}), 2, {"folder"});
}

TEST_F(CommandLine, ATextFileIsNoModelAndNoPlan) {
  here().write("notes.txt", "Dear diary, today I tried to plan a network.\n");
  for (const std::string verb : {"inspect", "plan", "explain", "bench", "run"}) {
    expect_error(run({verb, "notes.txt"}), 2, {"notes.txt"});
  }
  here().write("odd.json", "{\"schema\": \"something.else/1\"}");
  expect_error(run({"run", "odd.json"}), 2, {"odd.json", "something.else/1"});
  expect_error(run({"inspect", "odd.json"}), 2, {"odd.json"});
  here().write("empty", "");
  expect_error(run({"plan", "empty"}), 2, {"empty"});
}

// Cut anywhere, a model must be refused or read; it must never crash the program.
TEST_F(CommandLine, AFileThatIsNoModelOfADeviceIsRefused) {
  here().write("text.kwm", "no model at all");
  expect_error(run({"predict", "model.onnx", "--model", "text.kwm"}), 2,
               {"text.kwm", "no model of a device"});
  expect_error(run({"transfer", "text.kwm", "--samples", "1"}), 2, {"no model of a device"});
  here().write("cut.kwm", "KERNWISE-DEVICE\n\x01");
  expect_error(run({"inspect", "cut.kwm"}), 2, {"cut.kwm", "is cut off"});
  expect_error(run({"fit", "--store", "empty.db"}), 2, {"empty.db"});
}

TEST_F(CommandLine, ATruncatedModelIsRefused) {
  const std::string whole = content(here().file("model.onnx"));
  ASSERT_GT(whole.size(), 1'000'000U);
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{100}, whole.size() / 3, whole.size() / 2, whole.size() - 1}) {
    here().write("cut.onnx", whole.substr(0, size));
    expect_error(run({"plan", "cut.onnx", "--budget", "0"}), 2, {"cut.onnx"});
  }
}

TEST_F(CommandLine, AWrongShapeIsRefused) {
  const auto inspect = [&](const std::string& shape) {
    return run({"inspect", "model.onnx", "--shape", shape});
  };
  expect_error(inspect("nobody:1,3,224,224"), 2, {"nobody"});
  expect_error(inspect("input:1,4,224,224"), 2, {"model.onnx"});  // weights want 3 channels
  expect_error(inspect("input:1,3,2,2"), 2, {"model.onnx"});      // kernels do not fit
  expect_error(inspect("input:3,224,224"), 2, {"model.onnx"});    // a dimension is missing
  expect_error(inspect("1,3,224,224"), 2, {"--shape data:1,3,224,224"});
  const Finished good = inspect("input:2,3,128,128");
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_NE(good.out.find("2x3x128x128"), std::string::npos) << good.out;
}

TEST_F(CommandLine, TerabytesInASmallFileAreRefusedBeforeTheyAreAllocated) {
  Network network;
  network.name = "huge";
  network.constants["dims"] = ConstantTensor::ints({4}, {1024, 1024, 1024, 1024});
  network.nodes.push_back({"ConstantOfShape", "fill", {"dims"}, {"big"}, {}});
  network.nodes.push_back({"Relu", "relu", {"big"}, {"out"}, {}});
  network.outputs = {"out"};
  ASSERT_TRUE(write_onnx(network, here().file("huge.onnx")).ok());
  EXPECT_LT(std::filesystem::file_size(here().file("huge.onnx")), 1024U);
  expect_error(run({"plan", "huge.onnx", "--budget", "0"}), 2, {"huge.onnx", "--max-model-memory"});
  expect_error(run({"inspect", "huge.onnx"}), 2, {"huge.onnx", "--max-model-memory"});
  // And an honest model under a mean limit.
  expect_error(run({"inspect", "model.onnx", "--max-model-memory", "1MiB"}), 2,
               {"model.onnx", "--max-model-memory"});
}

TEST_F(CommandLine, EveryUnsupportedNodeIsListedAtOnce) {
  Network network;
  network.inputs = {{"x", {1, 3, 8, 8}}};
  network.nodes.push_back({"Relu", "fine", {"x"}, {"a"}, {}});
  network.nodes.push_back({"Einsum", "first_odd_one", {"a"}, {"b"}, {}});
  network.nodes.push_back({"NonZero", "second_odd_one", {"b"}, {"y"}, {}});
  network.outputs = {"y"};
  ASSERT_TRUE(write_onnx(network, here().file("odd.onnx")).ok());
  expect_error(run({"plan", "odd.onnx", "--budget", "0"}), 3,
               {"odd.onnx", "first_odd_one", "Einsum", "second_odd_one", "NonZero"});
  // Inspecting shows what there is all the same.
  const Finished inspect = run({"inspect", "odd.onnx", "--json"});
  EXPECT_EQ(inspect.code, 0);
  const auto document = nlohmann::json::parse(inspect.out);
  EXPECT_EQ(document["result"]["lowered"], false);
  EXPECT_EQ(document["result"]["operators"]["Einsum"], 1);
  EXPECT_EQ(document["warnings"][0]["code"], "unsupported");
}

TEST_F(CommandLine, AStoreThatCannotBeWrittenIsNamed) {
  here().write("regular", "not a folder");
  const std::string store = here().file("regular/measurements.db").string();
  expect_error(run({"profile", "--problem", "conv:ic1ih4oc1kh1", "--store", store}), 2,
               {store, "--store"});
  here().write("text.db", std::string(10'000, 'x'));
  expect_error(run({"profile", "--problem", "conv:ic1ih4oc1kh1", "--store", "text.db"}), 2,
               {"text.db"});
  expect_error(run({"plan", "model.onnx", "--budget", "0", "--store", "absent.db"}), 2,
               {"absent.db"});
}

TEST_F(CommandLine, AFullDiskIsAnErrorWhereverTheResultGoes) {
  expect_error(run({"zoo", "squeezenet1_1", "-o", "/dev/full"}), 2, {"/dev/full", "No space left"});
  expect_error(run({"list", "primitives", "-o", "/dev/full"}), 2, {"/dev/full", "No space left"});
  expect_error(here().run({"list", "primitives"}, "/dev/full"), 2, {"stdout", "No space left"});
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST_F(CommandLine, AFileThatMayNotGrowFurtherIsAnErrorToo) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{1 << 20, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);  // the program inherits it
  const Finished finished = run({"zoo", "squeezenet1_1", "-o", "large.onnx"});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  expect_error(finished, 2, {"large.onnx", "File too large"});
  EXPECT_FALSE(std::filesystem::exists(here().file("large.onnx")));
}

// Not a defect (4): the job is larger than the machine.
TEST_F(CommandLine, TooLittleMemoryIsSaidWithAHint) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer itself needs more address space than the limit";
#endif
  here().write("large.onnx", "");
  std::filesystem::resize_file(here().file("large.onnx"), 1900U << 20);  // holes: no disk is used
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  const rlimit small{rlim_t{1} << 30, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &small), 0);  // the program inherits it
  const Finished finished = run({"inspect", "large.onnx", "--json"});
  ASSERT_EQ(setrlimit(RLIMIT_AS, &before), 0);
  std::filesystem::remove(here().file("large.onnx"));
  expect_error(finished, 3, {"not enough memory", "hint: "});
  EXPECT_EQ(nlohmann::json::parse(finished.out)["error"]["code"], "unsupported");
}

TEST_F(CommandLine, WhereAResultCannotGoIsSaidBeforeTheWork) {
  expect_error(run({"plan", "model.onnx", "-o", "no/such/folder/plan.json"}), 2,
               {"no/such/folder/plan.json", "-o"});
  expect_error(run({"plan", "model.onnx", "-o", "."}), 2, {"folder"});
}

TEST_F(CommandLine, WithJsonAnErrorIsAnObjectOnStdoutToo) {
  for (const Words& words : {Words{"plan", "nowhere.onnx", "--json"}, Words{"--json", "plna"},
                             Words{"plan", "--bugdet", "--json"}}) {
    const Finished finished = run(words);
    EXPECT_EQ(finished.code, 2);
    const auto document = nlohmann::json::parse(finished.out);
    EXPECT_EQ(document["schema"], "kernwise.error/1");
    EXPECT_EQ(document["error"]["code"], "invalid-input");
    EXPECT_EQ(document["error"]["exit_code"], 2);
    EXPECT_FALSE(document["error"]["message"].get<std::string>().empty());
  }
}

TEST_F(CommandLine, NamesFromAFileCannotDriveTheTerminal) {
  const Finished finished = run({"inspect", "a\x1b[2Jb\rc"});
  EXPECT_EQ(finished.code, 2);
  EXPECT_EQ(finished.err.find('\x1b'), std::string::npos);
  EXPECT_EQ(finished.err.find('\r'), std::string::npos);
}

TEST_F(CommandLine, HelpIsGivenForEverything) {
  const Finished overview = run({});
  EXPECT_EQ(overview.code, 0);
  EXPECT_NE(overview.out.find("usage: kernwise"), std::string::npos);
  const Finished codes = run({"help", "exit-codes"});
  for (const char* code : {"\n  0 ", "\n  1 ", "\n  2 ", "\n  3 ", "\n  4 ", "\n  130 "}) {
    EXPECT_NE(codes.out.find(code), std::string::npos) << code;
  }
  for (const std::string verb : {"doctor", "zoo", "list", "inspect", "profile", "plan", "run",
                                 "explain", "bench", "version"}) {
    EXPECT_NE(overview.out.find("\n  " + verb), std::string::npos) << verb;
    const Finished full = run({"help", verb});
    EXPECT_EQ(full.code, 0);
    EXPECT_EQ(full.out.rfind("example\n  kernwise " + verb, 0), 0U) << full.out;
    const Finished brief = run({verb, "-h"});
    EXPECT_EQ(brief.code, 0);
    EXPECT_LT(brief.out.size(), full.out.size());
    EXPECT_EQ(run({verb, "--help"}).out, full.out);
  }
}

}  // namespace
}  // namespace kernwise
