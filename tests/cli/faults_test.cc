// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A disk that is full, folders that may not be written, files that ask for more memory than they
// may: an error that says what and where, exit code 2, and what was there before stays.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "cli/process.h"
#include "graph/small_network.h"
#include "kernwise/base/file.h"
#include "kernwise/graph/onnx.h"

namespace kernwise {
namespace {

using Words = std::vector<std::string>;

class Faults : public testing::Test {
 protected:
  void SetUp() override {
    test::SmallNetwork network;
    network.input("x", {1, 3, 12, 12}).conv("x", "a", 3, 64, 3).conv("a", "y", 64, 64, 3);
    network.output("y");
    ASSERT_TRUE(write_onnx(network.net, here_.file("net.onnx")).ok());
    const Finished planned = here_.run({"plan", "net.onnx", "--warm-weights", "--budget", "100ms",
                                        "--store", "s.db", "-o", "plan.json", "-q"});
    ASSERT_EQ(planned.code, 0) << planned.err;
  }

  // The program under a shell's `limits`, such as "ulimit -f 4;".
  Finished limited(const std::string& limits, const std::string& words) const {
    const std::string command = "cd " + here_.folder().string() + " && (" + limits + " exec " +
                                KERNWISE_PROGRAM + " " + words + ") >stdout 2>stderr";
    const int status = std::system(("bash -c '" + command + "'").c_str());
    Finished finished;
    finished.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    finished.out = content("stdout");
    finished.err = content("stderr");
    return finished;
  }
  std::string content(const std::string& name) const {
    auto text = read_file(here_.file(name), {int64_t{1} << 28});
    return text.ok() ? *text : "";
  }

  Playground here_;
};

// Files may grow to 40 KiB: enough for what SQLite keeps beside a store that it reads, and for
// nothing that these commands write.
TEST_F(Faults, OnAFullDiskTheOldFileStays) {
  for (const std::string words :
       {"pack plan.json -o old", "zoo squeezenet1_1 -o old", "db export --store s.db -o old"}) {
    here_.write("old", "what was there");
    const Finished finished = limited("ulimit -f 40;", words);
    EXPECT_EQ(finished.code, 2) << words << ": " << finished.err;
    EXPECT_NE(finished.err.find("old"), std::string::npos) << words << ": " << finished.err;
    EXPECT_EQ(content("old"), "what was there") << words;
  }
}

TEST_F(Faults, AMergeThatDoesNotFitLeavesTheTargetAsItWas) {
  ASSERT_EQ(here_.run({"profile", "gemm:m4n4k4", "--budget", "0", "--store", "t.db", "-q"}).code,
            0);
  const Finished before = here_.run({"db", "export", "--store", "t.db", "-o", "before.csv"});
  ASSERT_EQ(before.code, 0) << before.err;
  const Finished full = limited("ulimit -f 80;", "db merge s.db --store t.db -q");
  if (full.code == 0) GTEST_SKIP() << "the store of this machine is small enough";
  EXPECT_EQ(full.code, 2) << full.err;
  ASSERT_EQ(here_.run({"db", "export", "--store", "t.db", "-o", "after.csv"}).code, 0);
  EXPECT_EQ(content("after.csv"), content("before.csv"));
}

TEST_F(Faults, InAReadOnlyFolderEverythingSaysSo) {
  std::filesystem::create_directory(here_.file("closed"));
  std::filesystem::permissions(here_.file("closed"), std::filesystem::perms::owner_read |
                                                         std::filesystem::perms::owner_exec |
                                                         std::filesystem::perms::others_read |
                                                         std::filesystem::perms::others_exec);
  std::filesystem::permissions(here_.folder(), std::filesystem::perms::all);
  std::filesystem::permissions(here_.file("s.db"), std::filesystem::perms::all);
  // Root may write anywhere, so somebody else asks.
  const std::string nobody =
      ::geteuid() == 0 ? "exec setpriv --reuid=65534 --regid=65534 --clear-groups" : "";
  if (::geteuid() == 0 && std::system("setpriv --version >/dev/null 2>&1") != 0) GTEST_SKIP();
  for (const std::string words :
       {"pack plan.json -o closed/new", "zoo squeezenet1_1 -o closed/new",
        "plan net.onnx --store s.db --warm-weights --budget 0 -o closed/new",
        "profile gemm:m4n4k4 --store closed/new --budget 0"}) {
    here_.write("stdout", "");
    here_.write("stderr", "");
    for (const char* file : {"stdout", "stderr"}) {
      std::filesystem::permissions(here_.file(file), std::filesystem::perms::all);
    }
    const std::string command = "cd " + here_.folder().string() + " && (" + nobody + " " +
                                KERNWISE_PROGRAM + " " + words + ") >stdout 2>stderr";
    const int status = std::system(("bash -c '" + command + "'").c_str());
    EXPECT_EQ(WEXITSTATUS(status), 2) << words << ": " << content("stderr");
    EXPECT_NE(content("stderr").find("closed"), std::string::npos) << content("stderr");
    EXPECT_TRUE(std::filesystem::is_empty(here_.file("closed"))) << words;
  }
}

// 2 GB of address space: what a hostile file asks for must be refused, not tried.
TEST_F(Faults, HostileFilesAreRefusedBeforeTheyTakeMemory) {
  std::string wide(1 << 24, ',');
  here_.write("wide.csv", wide);
  const Finished csv = limited("ulimit -v 2000000;",
                               "fleet wide.csv --accuracy wide.csv --latency wide.csv "
                               "--constraint latency=1ms");
  EXPECT_EQ(csv.code, 2) << csv.err;
  EXPECT_NE(csv.err.find("cells in one record"), std::string::npos) << csv.err;

  test::SmallNetwork large;
  large.input("x", {1, 3, 30000, 30000}).conv("x", "y", 3, 64, 3).output("y");
  ASSERT_TRUE(write_onnx(large.net, here_.file("large.onnx")).ok());
  // Not footprint: it takes no memory for tensors, it says how much they would take.
  for (const std::string verb : {"inspect", "plan", "predict"}) {
    const Finished onnx =
        limited("ulimit -v 2000000;", verb + " large.onnx --max-model-memory 1GiB");
    EXPECT_EQ(onnx.code, 2) << verb << ": " << onnx.err;
    EXPECT_NE(onnx.err.find("--max-model-memory"), std::string::npos) << verb << ": " << onnx.err;
  }
}

}  // namespace
}  // namespace kernwise
