// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What people read, compared with golden/*.txt. A difference is written beside the build as
// NAME.received.txt; if it is what was meant, 'tools/approve BUILD_FOLDER' makes it golden.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace kernwise {

inline void expect_golden(const std::string& name, const std::string& text) {
  const auto content = [](const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::filesystem::path received =
      std::filesystem::path(KERNWISE_RECEIVED) / (name + ".received.txt");
  const std::string golden = content(std::filesystem::path(KERNWISE_GOLDEN) / (name + ".txt"));
  if (text == golden) {
    std::filesystem::remove(received);
    return;
  }
  std::ofstream(received, std::ios::binary) << text;
  EXPECT_EQ(text, golden) << "written to " << received;
}

}  // namespace kernwise
