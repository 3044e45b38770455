// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The small text files by which Linux describes a machine, below a root that tests replace.
// A missing or unreadable one reads as empty: what cannot be known stays unknown.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace kernwise::detail {

class SystemFiles {
 public:
  explicit SystemFiles(std::filesystem::path root = "/") : root_(std::move(root)) {}

  // `path` without the leading slash: "proc/cpuinfo".
  std::string text(std::string_view path) const;
  // First line, without white space around it.
  std::string line(std::string_view path) const;

 private:
  std::filesystem::path root_;
};

std::string_view trim(std::string_view text);

}  // namespace kernwise::detail
