// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// NumPy's .npy format (numpy.lib.format, versions 1.0 to 3.0): "\x93NUMPY", two version bytes, a
// little-endian header length (2 bytes in version 1, 4 after), a Python dictionary literal, data.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cstring>
#include <optional>

#include "kernwise/runtime/input.h"

namespace kernwise {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

Error bad_npy(std::string why) {
  return invalid_input("not a usable .npy file: " + std::move(why),
                       "write it with numpy.save(f, x.astype('float32'))");
}

// The text that follows `'key':` in the header, leading blanks removed.
std::optional<std::string_view> entry(std::string_view header, std::string_view key) {
  const std::size_t at = header.find(fmt::format("'{}'", key));
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = header.substr(at + key.size() + 2);
  const std::size_t start = rest.find_first_not_of(": ");
  if (start == std::string_view::npos) return std::nullopt;
  return rest.substr(start);
}

Result<std::vector<int64_t>> parse_dims(std::string_view text) {
  if (!text.starts_with('(')) return bad_npy("no shape");
  std::vector<int64_t> dims;
  text.remove_prefix(1);
  while (!text.empty()) {
    if (text.front() == ')') return dims;
    if (text.front() == ',' || text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    int64_t dim = 0;
    const auto [rest, code] = std::from_chars(text.data(), text.data() + text.size(), dim);
    if (code != std::errc() || dim < 0) return bad_npy("unreadable shape");
    dims.push_back(dim);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  }
  return bad_npy("unreadable shape");
}

template <typename T>
std::vector<float> values_of(std::string_view data) {
  std::vector<float> values(data.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T value;
    std::memcpy(&value, data.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<float>(value);
  }
  return values;
}

}  // namespace

Result<NpyArray> parse_npy(std::string_view bytes) {
  if (!bytes.starts_with(kMagic) || bytes.size() < 10) return bad_npy("no NumPy header");
  const auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<uint8_t>(bytes[i]));
  };
  const std::size_t version = byte(6);
  if (version < 1 || version > 3) return bad_npy(fmt::format("format version {}", version));
  const std::size_t start = version == 1 ? 10 : 12;
  if (bytes.size() < start) return bad_npy("cut short");
  std::size_t length = byte(8) | byte(9) << 8;
  if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (length > bytes.size() - start) return bad_npy("cut short");
  const std::string_view header = bytes.substr(start, length);
  const std::string_view data = bytes.substr(start + length);

  const auto type = entry(header, "descr");
  const auto order = entry(header, "fortran_order");
  const auto shape = entry(header, "shape");
  if (!type || !order || !shape) return bad_npy("an incomplete header");
  if (!order->starts_with("False")) return bad_npy("Fortran order");
  std::size_t width = 0;
  if (type->starts_with("'<f4'")) width = 4;
  if (type->starts_with("'<f8'")) width = 8;
  if (width == 0) return bad_npy(fmt::format("element type {}", type->substr(0, type->find(','))));

  NpyArray array;
  KERNWISE_ASSIGN(array.dims, parse_dims(*shape));
  std::size_t elements = 1;
  for (const int64_t dim : array.dims) {
    if (__builtin_mul_overflow(elements, static_cast<std::size_t>(dim), &elements)) {
      return bad_npy("a shape beyond all memory");
    }
  }
  if (data.size() % width != 0 || data.size() / width != elements) {
    return bad_npy(
        fmt::format("{} bytes of data for shape ({})", data.size(), fmt::join(array.dims, ", ")));
  }
  array.values = width == 4 ? values_of<float>(data) : values_of<double>(data);
  return array;
}

std::string format_npy(const std::vector<int64_t>& dims, const std::vector<float>& values) {
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}{}), }}",
                                   fmt::join(dims, ", "), dims.size() == 1 ? "," : "");
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes(kMagic);
  bytes += {'\x01', '\x00', static_cast<char>(header.size() & 0xff),
            static_cast<char>(header.size() >> 8)};
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return bytes;
}

}  // namespace kernwise
