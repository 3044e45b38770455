// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "points.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "kernwise/base/check.h"

namespace kernwise::nnc {
namespace {

constexpr std::array kPrimes = {2, 3, 5, 7, 11, 13};

double radical_inverse(int base, int64_t index) {
  double value = 0, scale = 1.0 / base;
  for (; index > 0; index /= base, scale /= base)
    value += scale * static_cast<double>(index % base);
  return value;
}

// Numbers in [0, 1), one for each dimension of a point.
class Source {
 public:
  Source(Design design, Rng& rng) : design_(design), rng_(rng) {
    for (double& shift : shift_) shift = rng.uniform();
  }
  void next_point() {
    ++index_;
    dimension_ = 0;
  }
  double next() {
    if (design_ == Design::kUniform) return rng_.uniform();
    const auto d = dimension_++;
    const double value = radical_inverse(kPrimes.at(d), index_) + shift_.at(d);
    return value - std::floor(value);
  }
  int64_t size(int64_t low, int64_t high) {
    const double share = next();
    if (design_ == Design::kUniform) {
      return low + static_cast<int64_t>(share * static_cast<double>(high - low + 1));
    }
    const double a = std::log(static_cast<double>(low)), b = std::log(static_cast<double>(high));
    return std::clamp<int64_t>(std::llround(std::exp(a + share * (b - a))), low, high);
  }
  int64_t one_of(int64_t low, int64_t high) {  // few values, evenly
    return low + static_cast<int64_t>(next() * static_cast<double>(high - low + 1));
  }

 private:
  Design design_;
  Rng& rng_;
  std::array<double, kPrimes.size()> shift_{};
  int64_t index_ = 0;
  std::size_t dimension_ = 0;
};

struct Drawn {
  std::string text;
  std::vector<int64_t> sizes;
};

Drawn draw(std::string_view kind, Source& source) {
  if (kind == "gemm") {
    const int64_t m = source.size(1, 1024), n = source.size(1, 1024), k = source.size(1, 1024);
    return {fmt::format("gemm:m{}n{}k{}", m, n, k), {m, n, k}};
  }
  if (kind == "gemv") {
    const int64_t m = source.size(1, 1024), n = source.size(1, 1024);
    return {fmt::format("gemv:m{}n{}", m, n), {m, n}};
  }
  if (kind == "matconv") {
    const int64_t h = source.size(10, 1033), w = source.size(10, 1033);
    return {fmt::format("matconv:h{}w{}r{}", h, w, 3 + 2 * source.one_of(0, 2)), {h, w}};
  }
  const int64_t h = source.size(5, 1028), w = source.size(5, 1028);
  const int64_t r = source.one_of(2, 5), s = source.one_of(1, 2);
  return {fmt::format("pool:max:n1c1ih{}iw{}kh{}kw{}sh{}sw{}", h, w, r, r, s, s), {h, w}};
}

}  // namespace

std::string_view to_string(Design design) { return design == Design::kUniform ? "uniform" : "log"; }

void draw_points(std::string_view kind, Design design, int count, int max_threads, Rng& rng,
                 std::vector<Point>& points) {
  KERNWISE_CHECK(std::ranges::find(kKinds, kind) != std::ranges::end(kKinds));
  std::set<Problem> seen;
  for (const Point& point : points) seen.insert(point.problem);
  Source source(design, rng);
  for (int left = count, tries = 0; left > 0 && tries < 100 * count; ++tries) {
    source.next_point();
    const Drawn drawn = draw(kind, source);
    const int threads = static_cast<int>(source.one_of(1, max_threads));
    const Result<Problem> problem = parse_problem(drawn.text);
    KERNWISE_CHECK(problem.ok());
    if (!seen.insert(*problem).second) continue;
    const auto [least, most] = std::ranges::minmax(drawn.sizes);
    points.push_back(
        {*problem, threads, static_cast<double>(most), static_cast<double>(least), design});
    --left;
  }
}

}  // namespace kernwise::nnc
