// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <variant>

#include "kernwise/base/check.h"
#include "kernwise/base/hash.h"
#include "kernwise/graph/work.h"

namespace kernwise {
namespace {

constexpr std::size_t kMostFeatures = 32;

// Share of the computed outputs that tiles of m x m waste at the borders, as a logarithm.
double tile_waste(int64_t h, int64_t w, int64_t m) {
  const auto whole = [m](int64_t size) { return static_cast<double>((size + m - 1) / m * m); };
  return std::log(whole(h) / static_cast<double>(h) * whole(w) / static_cast<double>(w));
}

// Logarithm of the largest power of two that divides a size, up to 2^20. Strides of many twos meet
// in few sets of a cache; on one published platform this halves the error.
double twos(int64_t size) {
  return std::log(static_cast<double>(std::gcd(size, int64_t{1} << 20)));
}

double log_of(int64_t size) { return std::log(static_cast<double>(size)); }

// Those that take more than an instruction or two.
bool transcendental(const Activation& activation) {
  return activation.kind == ActivationKind::kSigmoid || activation.kind == ActivationKind::kTanh ||
         activation.kind == ActivationKind::kSwish;
}

void of_conv(const Problem& problem, const ConvProblem& p, int threads, std::span<double> to) {
  std::size_t at = 0;
  const auto put = [&](double value) { to[at++] = value; };
  const double out = log_of(p.oh()) + log_of(p.ow()) + log_of(p.n);
  for (const int64_t size : {p.ic / p.g, p.oc / p.g, p.ih, p.iw, p.kh, p.kw, p.sh, p.sw}) {
    put(log_of(size));
  }
  for (const int64_t size : {p.g, p.n, p.dh, p.dw, int64_t{threads}}) put(log_of(size));
  for (const int64_t m : {2, 3, 4}) put(tile_waste(p.oh(), p.ow(), m));
  put(twos(p.ic * p.ih * p.iw));
  put(twos(p.oc * p.oh() * p.ow()));
  put(problem.post_ops.residual ? 1 : 0);
  put(transcendental(problem.post_ops.activation) ? 1 : 0);
  put(out);
  put(std::log(static_cast<double>(macs(problem).value)));
  put(log_of(p.n) + log_of(p.ic) + log_of(p.ih) + log_of(p.iw));
  put(out + log_of(p.oc));
  put(log_of(p.oc) + log_of(p.ic / p.g) + log_of(p.kh) + log_of(p.kw));
  put(out + log_of(p.ic) + log_of(p.kh) + log_of(p.kw));
  KERNWISE_CHECK(at == to.size());
}

// What one element of the output takes, as a count of elements read or multiplied.
double work_per_element(const Problem& problem) {
  if (const auto* p = problem.as<PoolProblem>()) return static_cast<double>(p->kh * p->kw);
  if (const auto* p = problem.as<LrnProblem>()) return static_cast<double>(p->size);
  const double products = static_cast<double>(macs(problem).value);
  const double elements = static_cast<double>(output_shape(problem).elements());
  return std::max(1.0, products / elements);
}

void of_others(const Problem& problem, int threads, std::span<double> to) {
  std::size_t at = 0;
  const auto put = [&](double value) { to[at++] = value; };
  const Shape4 out = output_shape(problem);
  for (const int64_t size : {out.n, out.c, out.h, out.w}) put(log_of(size));
  double in = 0;
  for (int i = 0; i < input_count(problem); ++i) {
    in += static_cast<double>(input_shape(problem, i).elements());
  }
  put(std::log(std::max(1.0, in)));
  put(std::log(work_per_element(problem)));
  put(log_of(std::max(1, input_count(problem))));
  put(problem.post_ops.residual ? 1 : 0);
  put(transcendental(problem.post_ops.activation) ? 1 : 0);
  put(log_of(threads));
  put(log_of(out.elements()));
  put(log_of(1 + weight_elements(problem)));
  KERNWISE_CHECK(at == to.size());
}

// The natural sizes of a matrix kernel; none for other kinds.
struct Sizes {
  std::array<int64_t, 3> size{};
  std::size_t count = 0;

  std::span<const int64_t> all() const { return std::span(size).first(count); }
};
Sizes sizes_of(const Problem& problem) {
  if (const auto* p = problem.as<GemmProblem>()) return {{p->m, p->n, p->k}, 3};
  if (const auto* p = problem.as<GemvProblem>()) return {{p->m, p->n, 0}, 2};
  if (const auto* p = problem.as<MatconvProblem>()) return {{p->h, p->w, p->r}, 3};
  return {};
}

void of_matrices(const Problem& problem, std::span<const int64_t> sizes, int threads,
                 std::span<double> to) {
  std::size_t at = 0;
  const auto term = [&](WorkTerm which) { return std::log(work(problem, which)); };
  for (const int64_t size : sizes) to[at++] = log_of(size);
  to[at++] = log_of(threads);
  to[at++] = term(WorkTerm::kOperations);
  to[at++] = log_of(least_traffic(problem).value);
  to[at++] = term(WorkTerm::kVectorSteps);
  if (const auto* p = problem.as<MatconvProblem>()) {
    to[at++] = term(WorkTerm::kFourier);
    to[at++] = twos(fourier_size(p->h));
    to[at++] = twos(fourier_size(p->w));
  } else {
    to[at++] = log_of(1 + sizes[1] % kWorkVector);
  }
  KERNWISE_CHECK(at == to.size());
}

FeatureSchema matrix_features(ProblemKind kind, std::initializer_list<const char*> sizes,
                              std::initializer_list<const char*> terms) {
  FeatureSchema schema{std::string(to_string(kind)), 2, {}};
  for (const char* size : sizes) schema.features.push_back({size, 0.35});
  schema.features.push_back({"threads", 0.3});
  schema.features.push_back({"work", 0, true});
  schema.features.push_back({"bytes"});
  for (const char* term : terms) schema.features.push_back({term});
  return schema;
}

FeatureSchema other_features(ProblemKind kind) {
  return {std::string(to_string(kind)),
          1,
          {{"n", 0.3},
           {"c", 0.4},
           {"h", 0.35},
           {"w", 0.35},
           {"in_elements", 0.3},
           {"work", 0.3},
           {"inputs", 0.2},
           {"residual", 0.05},
           {"exp", 0.05},
           {"threads", 0.3},
           {"out_elements", 0},
           {"weights", 0}}};
}

FeatureSchema pool_features() {
  FeatureSchema schema = other_features(ProblemKind::kPool);
  schema.version = 2;
  schema.features.push_back({"operations", 0, true});
  schema.features.push_back({"vector_steps"});
  schema.features.push_back({"separable_steps"});
  return schema;
}

// All features of the newest schema.
Status compute_all(const Problem& problem, int threads, std::span<double> to) {
  KERNWISE_CHECK(to.size() == feature_schema(problem.kind()).features.size());
  if (const ConvProblem* conv = problem.as<ConvProblem>()) {
    of_conv(problem, *conv, threads, to);
  } else if (const TransformProblem* transform = problem.as<TransformProblem>()) {
    const Shape4& s = transform->shape;
    to[0] = log_of(s.n), to[1] = log_of(s.c), to[2] = log_of(s.h), to[3] = log_of(s.w);
    to[4] = to[0] + to[1] + to[2] + to[3];
    to[5] = log_of(threads);
  } else if (const Sizes sizes = sizes_of(problem); sizes.count > 0) {
    of_matrices(problem, sizes.all(), threads, to);
  } else if (problem.as<PoolProblem>() != nullptr) {
    constexpr std::array kTerms = {WorkTerm::kOperations, WorkTerm::kVectorSteps,
                                   WorkTerm::kSeparableSteps};
    const std::size_t general = to.size() - kTerms.size();
    of_others(problem, threads, to.first(general));
    for (std::size_t i = 0; i < kTerms.size(); ++i) {
      to[general + i] = std::log(work(problem, kTerms[i]));
    }
  } else {
    of_others(problem, threads, to);
  }
  return Ok{};
}

}  // namespace

std::string FeatureSchema::hash() const {
  std::string text = fmt::format("{}/{}", name, version);
  for (const Feature& feature : features) text += "\n" + feature.name;
  return content_hash(text);
}

// The reaches were set once, on development splits of two published tables.
const FeatureSchema& conv_features() {
  static const FeatureSchema schema = {
      "conv",
      2,
      {{"ic_per_group", 0.3}, {"oc_per_group", 0.2}, {"ih", 0.45},       {"iw", 0.45},
       {"kh", 0.3},           {"kw", 0.3},           {"sh", 0.15},       {"sw", 0.15},
       {"groups", 0.3},       {"images", 0.3},       {"dh", 0.1},        {"dw", 0.1},
       {"threads", 0.3},      {"waste_2", 0.1},      {"waste_3", 0.1},   {"waste_4", 0.2},
       {"twos_in", 0.12},     {"twos_out", 0.05},    {"residual", 0.05}, {"exp", 0.05},
       {"out_pixels", 0},     {"macs", 0, true},     {"in_elements", 0}, {"out_elements", 0},
       {"weights", 0},        {"im2col", 0, true}}};
  return schema;
}

const FeatureSchema& transform_features() {
  static const FeatureSchema schema = {
      "transform",
      1,
      {{"n", 0.3}, {"c", 0.5}, {"h", 0.35}, {"w", 0.35}, {"elements", 0}, {"threads", 0.3}}};
  return schema;
}

const FeatureSchema& feature_schema(ProblemKind kind) {
  static const auto all = [] {
    std::vector<FeatureSchema> list;
    for (std::size_t i = 0; i < std::variant_size_v<Operator>; ++i) {
      const auto each = static_cast<ProblemKind>(i);
      list.push_back(other_features(each));
    }
    list[static_cast<std::size_t>(ProblemKind::kConv)] = conv_features();
    list[static_cast<std::size_t>(ProblemKind::kTransform)] = transform_features();
    for (const FeatureSchema& schema :
         {matrix_features(ProblemKind::kGemm, {"m", "n", "k"}, {"vector_steps", "tail"}),
          matrix_features(ProblemKind::kGemv, {"m", "n"}, {"vector_steps", "tail"}),
          matrix_features(ProblemKind::kMatconv, {"h", "w", "r"},
                          {"vector_steps", "fourier", "fourier_twos_h", "fourier_twos_w"}),
          pool_features()}) {
      *std::find_if(list.begin(), list.end(),
                    [&](const auto& each) { return each.name == schema.name; }) = schema;
    }
    return list;
  }();
  return all.at(static_cast<std::size_t>(kind));
}

Status check_features(const FeatureSchema& schema, ProblemKind kind) {
  FeatureSchema known = feature_schema(kind);
  const std::string newest =
      fmt::format("{}/{} ({})", known.name, known.version, known.hash().substr(0, 8));
  if (schema.version < known.version && schema.features.size() < known.features.size()) {
    known.version = schema.version;
    known.features.resize(schema.features.size());
  }
  if (schema.hash() == known.hash()) return Ok{};
  return invalid_input(fmt::format("the model was trained on the features {}/{} ({}), these are {}",
                                   schema.name, schema.version, schema.hash().substr(0, 8), newest),
                       "train it again with this version of kernwise fit");
}

Status compute_features(const Problem& problem, int threads, std::span<double> to) {
  if (threads < 1) return invalid_input("a number of threads is at least 1");
  const std::size_t all = feature_schema(problem.kind()).features.size();
  if (to.size() == all) return compute_all(problem, threads, to);
  std::array<double, kMostFeatures> newest{};
  KERNWISE_CHECK(to.size() < all && all <= newest.size());
  KERNWISE_TRY(compute_all(problem, threads, std::span(newest).first(all)));
  std::copy_n(newest.begin(), to.size(), to.begin());
  return Ok{};
}

std::size_t threads_feature(ProblemKind kind) {
  static const auto all = [] {
    std::array<std::size_t, std::variant_size_v<Operator>> places{};
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto& features = feature_schema(static_cast<ProblemKind>(i)).features;
      const auto found = std::find_if(features.begin(), features.end(),
                                      [](const Feature& f) { return f.name == "threads"; });
      KERNWISE_CHECK(found != features.end());
      places[i] = static_cast<std::size_t>(found - features.begin());
    }
    return places;
  }();
  return all.at(static_cast<std::size_t>(kind));
}

double threads_value(int threads) { return log_of(threads); }

Problem table_conv(int64_t c, int64_t k, int64_t im, int64_t f, int64_t s) {
  ConvProblem p;
  p.ic = c, p.oc = k, p.ih = im, p.iw = im, p.kh = f, p.kw = f, p.sh = s, p.sw = s;
  p.pt = p.pl = (f - 1) / 2;
  p.pb = p.pr = f - 1 - p.pt;
  return {p, {}};
}

Problem table_transform(int64_t c, int64_t im) {
  return {TransformProblem{{1, c, im, im}, Layout::kNchw, Layout::kNhwc}, {}};
}

}  // namespace kernwise
