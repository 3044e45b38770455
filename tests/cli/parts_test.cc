// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <regex>
#include <string>
#include <thread>

#include "cli/arguments.h"
#include "cli/suggest.h"
#include "cli/terminal_progress.h"

namespace kernwise::cli {
namespace {

TEST(Suggest, CountsSlipsOfTheFinger) {
  EXPECT_EQ(edit_distance("plan", "plan"), 0);
  EXPECT_EQ(edit_distance("plan", "plna"), 1);  // neighbours swapped
  EXPECT_EQ(edit_distance("plan", "pan"), 1);
  EXPECT_EQ(edit_distance("", "plan"), 4);
  EXPECT_EQ(edit_distance("budget", "bugdet"), 1);
  EXPECT_EQ(edit_distance("ca", "abc"), 3);  // optimal string alignment, not Damerau's 2
}

TEST(Suggest, FindsTheNearestWordOrNone) {
  const std::vector<std::string> words = {"plan", "profile", "run", "zoo"};
  EXPECT_EQ(nearest("prolife", words), "profile");
  EXPECT_EQ(nearest("rum", words), "run");
  EXPECT_EQ(nearest("benchmark", words), "");
  EXPECT_EQ(nearest("x", words), "");
  EXPECT_EQ(nearest(std::string(100'000, 'p'), words), "");
}

struct Sample {
  bool json = false, calibrate = true;
  int64_t rounds = 30;
  double tolerance = 1e-4;
  Seconds budget{120};
  Bytes memory{1};
  std::string model, policy = "fastest";
  std::vector<std::string> primitives, layers, networks;
  std::map<std::string, std::vector<int64_t>> shapes;

  Status parse(const std::vector<std::string>& words) {
    Arguments a;
    a.positional("MODEL", model, "");
    a.flag("--json", json, "");
    a.flag("--calibrate", calibrate, "");
    a.integer("--rounds", rounds, 1, 100, "");
    a.number("--tolerance", tolerance, 0, 1, "");
    a.duration("-b,--budget", budget, "");
    a.bytes("--memory", memory, "");
    a.choice("--policy", policy, {"fastest", "other"}, "");
    a.texts("--primitives", primitives, "ID", Repeat::kCommaOrTwice, "");
    a.texts("--layer", layers, "NAME", Repeat::kOnce, "");
    a.texts("--network", networks, "FILE", Repeat::kList, "");
    a.shapes("--shape", shapes, "");
    return a.parse("sample", words);
  }
};

using Words = std::vector<std::string>;

TEST(Arguments, OrderNeverMatters) {
  Sample s;
  ASSERT_TRUE(s.parse({"--layer", "a", "m.onnx", "--json", "--budget", "5s", "--layer", "b"}).ok());
  EXPECT_EQ(s.model, "m.onnx");
  EXPECT_EQ(s.layers, (Words{"a", "b"}));
  EXPECT_TRUE(s.json);
  EXPECT_EQ(s.budget.value, 5);
}

TEST(Arguments, ListsAreWrittenInTheThreeWays) {
  Sample s;
  ASSERT_TRUE(
      s.parse({"--primitives", "a,b", "--primitives=c", "--network", "x", "y", "--network", "z"})
          .ok());
  EXPECT_EQ(s.primitives, (Words{"a", "b", "c"}));
  EXPECT_EQ(s.networks, (Words{"x", "y", "z"}));
}

TEST(Arguments, FlagsHaveTheirNegationAndTheLastOneCounts) {
  Sample s;
  ASSERT_TRUE(
      s.parse({"--no-calibrate", "--json", "--no-json", "--budget", "1s", "-b", "2s"}).ok());
  EXPECT_FALSE(s.calibrate);
  EXPECT_FALSE(s.json);
  EXPECT_EQ(s.budget.value, 2);
}

TEST(Arguments, ShapesNameTheirInput) {
  Sample s;
  ASSERT_TRUE(s.parse({"--shape", "data:0:1,3,224,224", "--shape=x:7"}).ok());
  EXPECT_EQ(s.shapes.at("data:0"), (std::vector<int64_t>{1, 3, 224, 224}));
  EXPECT_EQ(s.shapes.at("x"), (std::vector<int64_t>{7}));
}

TEST(Arguments, WhatIsWrongIsNamedWithItsFlag) {
  const std::vector<std::pair<Words, std::string>> cases = {
      {{"--rounds", "0"}, "'0' is no whole number from 1 to 100"},
      {{"--rounds", "3x"}, "'3x' is no whole number"},
      {{"--rounds", "99999999999999999999"}, "is no whole number"},
      {{"--rounds", ""}, "'' is no whole number"},
      {{"--tolerance", "nan"}, "'nan' is no number from 0 to 1"},
      {{"--budget", "soon"}, "'soon' is no duration"},
      {{"--budget", "-1s"}, "--budget"},
      {{"--memory", "8 elephants"}, "'8 elephants' is no size"},
      {{"--policy", "best"}, "there is no 'best'"},
      {{"--shape", "1,3,224,224"}, "it has no input name"},
      {{"--shape", "x:1,0"}, "'0' is no size"},
      {{"--shape", "x:"}, "'' is no size"},
      {{"--rounds"}, "--rounds"},
      {{"a", "b"}, "'b' is one argument too many"},
      {{"--bugdet", "1s"}, "unknown flag '--bugdet'"},
      {{"-z"}, "unknown flag '-z'"},
      {{"--json=maybe"}, "--json"},
  };
  for (const auto& [words, expected] : cases) {
    Sample s;
    const Status status = s.parse(words);
    ASSERT_FALSE(status.ok()) << words.front();
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(to_string(status.error()).find(expected), std::string::npos)
        << to_string(status.error());
  }
  Sample s;
  EXPECT_EQ(s.parse({"--bugdet"}).error().hint, "did you mean '--budget'?");
}

// The progress of `work`, drawn into a file.
template <typename Work>
std::string drawn(bool terminal, When when, bool quiet, Work work) {
  std::FILE* file = std::tmpfile();
  {
    TerminalProgress progress(file, terminal, when, quiet, {});
    work(progress);
  }
  std::rewind(file);
  std::string text(4096, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

TEST(Progress, ShortWorkSaysNothing) {
  const auto work = [](TerminalProgress& p) {
    for (int i = 0; i <= 100; ++i) p.update("Working", 0.01 * i, "on it");
    p.finish("Working", "done");
  };
  EXPECT_EQ(drawn(true, When::kAuto, false, work), "");
  EXPECT_EQ(drawn(false, When::kAuto, false, work), "");
}

// Long enough to be worth a word: in a pipe one line a second at most, on a terminal a line that is
// gone in the end.
TEST(Progress, LongWorkIsShownAndErased) {
  const auto work = [](TerminalProgress& p) {
    p.update("Working", 0, "start");
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    for (int i = 0; i <= 100; ++i) p.update("Working", 0.01 * i, "on it");
    p.finish("Working", "all done");
  };
  const std::string plain = drawn(false, When::kAuto, false, work);
  EXPECT_TRUE(
      std::regex_match(plain, std::regex("Working: 10 %, [0-9]+ s left\n     Working all done\n")))
      << plain;
  const std::string line = drawn(true, When::kAuto, false, work);
  EXPECT_NE(line.find("\r"), std::string::npos);
  EXPECT_NE(line.find("Working [....................]   0 %"), std::string::npos) << line;
  EXPECT_NE(line.find(" \r     Working all done\n"), std::string::npos) << line;
  EXPECT_EQ(drawn(true, When::kNever, false, work), "");
  EXPECT_EQ(drawn(true, When::kAuto, true, work), "");
}

TEST(Progress, WarningsAreOneLineAndSilentWhenQuiet) {
  const auto work = [](TerminalProgress& p) { p.warn("odd\nthings\x1b[2J"); };
  EXPECT_EQ(drawn(false, When::kAuto, false, work), "warning: odd?things?[2J\n");
  EXPECT_EQ(drawn(false, When::kNever, false, work), "warning: odd?things?[2J\n");
  EXPECT_EQ(drawn(false, When::kAuto, true, work), "");
}

}  // namespace
}  // namespace kernwise::cli
