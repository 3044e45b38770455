// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/design.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kernwise {
namespace {

constexpr int64_t kMost = int64_t{1} << 40;

// The product, or kMost + 1 if it is larger.
int64_t product(std::initializer_list<int64_t> sizes) {
  int64_t result = 1;
  for (const int64_t size : sizes) {
    if (size > kMost / result) return kMost + 1;
    result *= size;
  }
  return result;
}

struct Shape {
  int64_t c = 0, h = 0, w = 0;
  friend bool operator==(const Shape&, const Shape&) = default;
};

}  // namespace

Status check_design(const Design& design) {
  bool convolves = false;
  for (std::size_t i = 0; i < design.layers.size(); ++i) {
    const DesignLayer& l = design.layers[i];
    const auto bad = [&](std::string_view what) {
      return invalid_input(fmt::format("layer {}: {}", i, what));
    };
    for (const int64_t size :
         {l.in_c, l.out_c, l.in_h, l.in_w, l.out_h, l.out_w, l.k_h, l.k_w, l.stride, l.groups}) {
      if (size < 1) return bad("a size is less than 1");
    }
    if (l.pad_h < 0 || l.pad_w < 0) return bad("a padding is negative");
    if (l.in_c % l.groups != 0 || l.out_c % l.groups != 0) {
      return bad("the channels do not divide into the groups");
    }
    if (product({l.in_c, l.in_h, l.in_w, l.k_h, l.k_w}) > kMost ||
        product({l.out_c, l.in_c, l.k_h, l.k_w}) > kMost ||
        product({l.out_c, l.in_c / l.groups, l.k_h, l.k_w, l.out_h, l.out_w}) > kMost ||
        l.pad_h > kMost || l.pad_w > kMost || l.stride > kMost) {
      return bad("it is too large");
    }
    convolves = convolves || !l.fully_connected;
  }
  if (!convolves) return invalid_input("the design has no convolution");
  if (design.parameters < 1 || design.parameters > kMost) {
    return invalid_input("the number of parameters is out of range");
  }
  return Ok{};
}

std::vector<InputSource> input_sources(const Design& design) {
  std::vector<InputSource> sources;
  std::vector<Shape> open;    // outputs that nothing has taken as they are
  std::vector<Shape> inputs;  // distinct inputs since the branches last met
  Shape last;
  for (const DesignLayer& l : design.layers) {
    const Shape in = {l.in_c, l.in_h, l.in_w};
    int64_t met = 0, beside = 0;
    for (const Shape& shape : open) {
      if (shape.h == in.h && shape.w == in.w) {
        met += shape.c;
        ++beside;
      }
    }
    InputSource source = InputSource::kPooled;
    if (sources.empty()) {
      source = InputSource::kImage;
    } else if (in == last) {
      source = InputSource::kPrevious;
    } else if (l.fully_connected) {
      source = InputSource::kReduced;
    } else if (beside > 1 && met == in.c) {
      source = InputSource::kJoined;
    } else if (std::find(inputs.begin(), inputs.end(), in) != inputs.end()) {
      source = InputSource::kShared;
    }
    if (source == InputSource::kPrevious) {
      open.pop_back();
    } else if (source == InputSource::kJoined || source == InputSource::kPooled) {
      open.clear();
      inputs.clear();
    }
    if (source != InputSource::kShared) inputs.push_back(in);
    last = {l.out_c, l.out_h, l.out_w};
    open.push_back(last);
    sources.push_back(source);
  }
  return sources;
}

bool has_batch_norm(const Design& design) {
  int64_t rest = design.parameters, channels = 0;
  for (const DesignLayer& l : design.layers) {
    rest -= l.weights() + (l.fully_connected ? l.out_c : 0);
    channels += l.fully_connected ? 0 : l.out_c;
  }
  return 2 * rest > 3 * channels;
}

}  // namespace kernwise
