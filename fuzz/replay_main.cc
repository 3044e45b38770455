// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Runs a fuzz target over stored inputs without libFuzzer, so that every compiler and every test
// run replays the corpus:  fuzz_replay_problem FILE_OR_FOLDER...
// Ends with 0 when all inputs went through, 2 when there is nothing to replay; a defect aborts.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "kernwise/base/file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

constexpr kernwise::Bytes kLargestInput{int64_t{64} << 20};

// Regular files, in an order that does not depend on the file system.
std::vector<fs::path> inputs_below(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool replay(const fs::path& file) {
  const auto content = kernwise::read_file(file, kLargestInput);
  if (!content.ok()) {
    std::fprintf(stderr, "%s\n", to_string(content.error()).c_str());
    return false;
  }
  std::fprintf(stderr, "%s\n", file.c_str());  // before the run: a crash then names its input
  // A copy of exactly this size: a sanitizer sees the first byte read beyond it.
  const std::vector<uint8_t> bytes(content->begin(), content->end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  int replayed = 0;
  for (int i = 1; i < argc; ++i) {
    for (const fs::path& file : inputs_below(argv[i])) {
      if (!replay(file)) return 2;
      ++replayed;
    }
  }
  std::printf("%d inputs replayed\n", replayed);
  return replayed > 0 ? 0 : 2;
}
