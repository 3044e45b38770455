// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <filesystem>
#include <utility>

#include "kernwise/base/result.h"

namespace kernwise {

// A new, empty folder under TMPDIR (else /tmp) that goes away with the object, and all in it.
class TemporaryFolder {
 public:
  // kInvalidInput, saying that TMPDIR is to be set, where none can be made.
  static Result<TemporaryFolder> make();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace kernwise
