// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The bytes of a model file, read once and never copied: the weights of a network are views into
// them. They are read, not mapped: a mapped file that somebody overwrites during a long run would
// end the process.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"

namespace kernwise::detail {

struct ModelBytes {
  std::string_view view;
  std::shared_ptr<const void> owner;  // keeps the view alive
};

Result<ModelBytes> read_model_bytes(const std::filesystem::path& path, Bytes limit);
// Mapped all the same, for who drops them at once and looks at few of them. What cannot be mapped
// is read.
Result<ModelBytes> map_model_bytes(const std::filesystem::path& path, Bytes limit);

}  // namespace kernwise::detail
