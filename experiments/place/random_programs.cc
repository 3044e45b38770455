// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "random_programs.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <vector>

namespace kernwise::experiments {
namespace {

constexpr int64_t kLeastImage = 24;  // that convolutions and pooling still take
constexpr double kLatest = 0.6;      // probability of going on with the latest tensor

struct Known {
  std::string name;
  int64_t rows = 1, columns = 1;
};

class Generator {
 public:
  explicit Generator(Rng& rng) : rng_(rng) {}

  std::string program(int kernels) {
    input(size(), size());
    for (int i = 0; i < kernels; ++i) kernel();
    return std::move(text_);
  }

 private:
  int64_t size() { return std::lround(std::exp(rng_.uniform(std::log(32.0), std::log(1024.0)))); }

  const Known& input(int64_t rows, int64_t columns) {
    const std::string name = fmt::format("I{}", ++inputs_);
    text_ += fmt::format("{} = input({}, {})\n", name, rows, columns);
    return matrices_.emplace_back(Known{name, rows, columns});
  }
  std::string next_name() { return fmt::format("T{}", ++tasks_); }

  Known any_matrix() {
    if (rng_.uniform() < kLatest) return matrices_.back();
    return matrices_[static_cast<std::size_t>(
        rng_.integer(0, static_cast<int64_t>(matrices_.size()) - 1))];
  }

  void kernel() {
    const Known a = any_matrix();
    const bool image = a.rows >= kLeastImage && a.columns >= kLeastImage;
    switch (rng_.integer(0, image ? 3 : 1)) {
      case 0: return product(a);
      case 1: return vector_product(a);
      case 2: return convolution(a);
      default: return pooling(a);
    }
  }

  void product(const Known& a) {
    std::vector<Known> fitting;
    for (const Known& b : matrices_) {
      if (b.rows == a.columns) fitting.push_back(b);
    }
    const bool old = !fitting.empty() && rng_.uniform() < 0.5;
    const Known b = old ? fitting[static_cast<std::size_t>(
                              rng_.integer(0, static_cast<int64_t>(fitting.size()) - 1))]
                        : input(a.columns, size());
    const std::string name = next_name();
    text_ += fmt::format("{} = matmul({}, {})\n", name, a.name, b.name);
    matrices_.push_back({name, a.rows, b.columns});
  }

  void vector_product(const Known& a) {
    std::string x;
    for (const Known& v : vectors_) {
      if (v.rows == a.columns) x = v.name;
    }
    if (x.empty()) {
      x = fmt::format("I{}", ++inputs_);
      text_ += fmt::format("{} = input({})\n", x, a.columns);
    }
    const std::string name = next_name();
    text_ += fmt::format("{} = matvec({}, {})\n", name, a.name, x);
    vectors_.push_back({name, a.rows, 1});
  }

  void convolution(const Known& a) {
    constexpr std::array<int64_t, 3> kSides = {3, 5, 7};
    const int64_t r = kSides[static_cast<std::size_t>(rng_.integer(0, 2))];
    const std::string kernel = fmt::format("I{}", ++inputs_), name = next_name();
    text_ += fmt::format("{} = input({}, {})\n{} = conv2d({}, {})\n", kernel, r, r, name, a.name,
                         kernel);
    matrices_.push_back({name, a.rows - r + 1, a.columns - r + 1});
  }

  void pooling(const Known& a) {
    const int64_t window = rng_.integer(2, 5), stride = rng_.integer(1, 2);
    const std::string name = next_name();
    text_ += fmt::format("{} = maxpool({}, {}, {})\n", name, a.name, window, stride);
    matrices_.push_back({name, (a.rows - window) / stride + 1, (a.columns - window) / stride + 1});
  }

  Rng& rng_;
  std::string text_;
  std::vector<Known> matrices_, vectors_;
  int inputs_ = 0, tasks_ = 0;
};

}  // namespace

std::string random_program(int kernels, Rng& rng) { return Generator(rng).program(kernels); }

}  // namespace kernwise::experiments
