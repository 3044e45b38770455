// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "external_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <system_error>

#include "clean_name.h"

namespace kernwise::detail {
namespace {

namespace fs = std::filesystem;

struct Location {
  std::string file;
  int64_t offset = 0;
  std::optional<int64_t> length;
};

Result<int64_t> parse_count(const std::string& key, const std::string& text) {
  int64_t value = 0;
  const auto [rest, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc() && rest == text.data() + text.size() && value >= 0) return value;
  return invalid_input(fmt::format("its external data has no valid {}", key));
}

Result<Location> parse_location(const onnx::TensorProto& proto) {
  Location location;
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") location.file = entry.value();
    if (entry.key() == "offset") {
      KERNWISE_ASSIGN(location.offset, parse_count(entry.key(), entry.value()));
    }
    if (entry.key() == "length") {
      KERNWISE_ASSIGN(location.length, parse_count(entry.key(), entry.value()));
    }
  }
  if (location.file.empty() || !is_clean_name(location.file)) {
    return invalid_input("its external data has no valid location");
  }
  return location;
}

// The real path of `file`, provided that it lies in `folder`.
Result<fs::path> resolve(const fs::path& folder, const std::string& file) {
  if (folder.empty()) {
    return invalid_input(
        fmt::format("its bytes are in the file '{}', but there is no folder to "
                    "look in",
                    file));
  }
  std::error_code code;
  const fs::path root = fs::canonical(folder, code);
  if (code)
    return invalid_input(fmt::format("cannot look in '{}': {}", folder.string(), code.message()));
  const auto outside = [&] {
    return invalid_input(
        fmt::format("its bytes are in the file '{}', which lies outside the "
                    "model's folder",
                    file));
  };
  const fs::path relative(file);
  if (relative.is_absolute() ||
      std::find(relative.begin(), relative.end(), "..") != relative.end()) {
    return outside();
  }
  const fs::path path = fs::canonical(root / relative, code);
  if (code) {
    return invalid_input(fmt::format("its bytes are in the file '{}', which cannot be opened: {}",
                                     (folder / relative).string(), code.message()),
                         "external data must lie beside the model, under the name it had when the "
                         "model was saved");
  }
  const auto [end, unused] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  if (end != root.end()) return outside();
  if (!fs::is_regular_file(path, code)) {
    return invalid_input(fmt::format("its bytes are in '{}', which is not a regular file", file));
  }
  return path;
}

}  // namespace

Result<std::string> read_external_data(const onnx::TensorProto& proto, const fs::path& folder,
                                       Bytes size) {
  KERNWISE_ASSIGN(const Location location, parse_location(proto));
  KERNWISE_ASSIGN(const fs::path path, resolve(folder, location.file));
  if (location.length && *location.length != size.value) {
    return invalid_input(fmt::format("its shape needs {} bytes, but {} are kept in '{}'",
                                     size.value, *location.length, location.file));
  }
  std::error_code code;
  const auto available = static_cast<int64_t>(fs::file_size(path, code));
  if (code)
    return invalid_input(fmt::format("cannot read '{}': {}", location.file, code.message()));
  if (location.offset > available || size.value > available - location.offset) {
    return invalid_input(fmt::format("needs {} bytes at offset {} of '{}', which has {} in all",
                                     size.value, location.offset, location.file, available));
  }
  std::string bytes(static_cast<std::size_t>(size.value), '\0');
  std::ifstream file(path, std::ios::binary);
  file.seekg(location.offset);
  file.read(bytes.data(), size.value);
  if (!file) return invalid_input(fmt::format("cannot read '{}'", location.file));
  return bytes;
}

}  // namespace kernwise::detail
