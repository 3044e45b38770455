// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The published layer tables: PLATFORM_primitives_ns.csv(.gz), PLATFORM_transforms_ns.csv(.gz) and
// primitive_formats.csv in one folder. Platforms, columns, sizes and row counts are whatever the
// files hold. An empty or zero cell was not measured.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/learn/samples.h"

namespace kernwise::mulder {

struct LayerKey {
  int64_t c = 0, k = 0, im = 0, f = 0, s = 0;
  friend auto operator<=>(const LayerKey&, const LayerKey&) = default;
};

struct Platform {
  std::string name;
  Samples layers;              // group = (c, k, im)
  std::vector<LayerKey> keys;  // per row
  std::map<LayerKey, int64_t> row_of;
  Samples transforms;  // outputs "hwc-to-chw", ...; group = row. May have no rows.
  std::map<std::pair<int64_t, int64_t>, int64_t> transform_row;  // (c, im)
};

struct Formats {
  std::map<std::string, std::string> family, in, out;  // by primitive
};

// Names of the platforms that lie in the folder, sorted.
Result<std::vector<std::string>> platforms_in(const std::filesystem::path& folder);
// The number of a group is that of its (c, k, im) in `groups`, which platforms share.
Result<Platform> read_platform(const std::filesystem::path& folder, const std::string& name,
                               std::map<std::vector<int64_t>, int>& groups);
Result<Formats> read_formats(const std::filesystem::path& folder);

}  // namespace kernwise::mulder
