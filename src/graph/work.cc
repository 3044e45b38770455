// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/work.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernwise/base/check.h"

namespace kernwise {
namespace {

double product(std::initializer_list<int64_t> factors) {
  double all = 1;  // in double: no product of sizes overflows
  for (const int64_t factor : factors) all *= static_cast<double>(factor);
  return all;
}

int64_t ceil_divide(int64_t a, int64_t b) { return (a + b - 1) / b; }

double operations(const Problem& problem) {
  if (const auto* pool = problem.as<PoolProblem>()) {
    return product({pool->n, pool->c, ceil_divide(pool->ih, pool->sh),
                    ceil_divide(pool->iw, pool->sw), pool->kh, pool->kw});
  }
  const auto elements = static_cast<double>(output_shape(problem).elements());
  if (const auto* lrn = problem.as<LrnProblem>()) return elements * static_cast<double>(lrn->size);
  const auto multiply_adds = static_cast<double>(macs(problem).value);
  return multiply_adds > 0 ? multiply_adds : elements;
}

double transforms(double planes, int64_t height, int64_t width) {
  const double size = product({fourier_size(height), fourier_size(width)});
  return planes * size * std::max(1.0, std::log2(size));
}

double fourier(const Problem& problem) {
  if (const auto* matconv = problem.as<MatconvProblem>()) {
    return transforms(3, matconv->h, matconv->w);
  }
  const auto* conv = problem.as<ConvProblem>();
  return transforms(product({conv->n, conv->ic + conv->oc}), conv->ih + conv->pt + conv->pb,
                    conv->iw + conv->pl + conv->pr);
}

constexpr double kRowSteps = 3;  // to begin and to end a row

double steps_of_loop(int64_t n) {
  return static_cast<double>(n / kWorkVector + n % kWorkVector) + kRowSteps;
}

double vectors_or_scalars(int64_t n) {
  return static_cast<double>(n >= kWorkVector ? ceil_divide(n, kWorkVector) : n);
}

// Maxima over windows of kh x kw that begin `stride` apart.
double steps_of_maxima(int64_t n, int64_t kh, int64_t kw, int64_t stride) {
  const double taps = product({kh, kw});
  if (stride == 1) return taps * vectors_or_scalars(n) + kRowSteps;
  if (stride != 2) return taps * static_cast<double>(n) + kRowSteps;
  // Two vectors beyond the last even column of the first window have to lie within the row.
  const int64_t readable = (n - 1) * 2 + kw, reach = (kw - 1) / 2 * 2 + 2 * kWorkVector;
  const int64_t vectors = readable < reach ? 0 : (readable - reach) / (2 * kWorkVector) + 1;
  return product({3 * vectors, kh, ceil_divide(kw, 2)}) +
         taps * static_cast<double>(n - vectors * kWorkVector) + kRowSteps;
}

double vector_steps(const Problem& problem) {
  if (const auto* p = problem.as<GemmProblem>()) return product({p->m, p->k}) * steps_of_loop(p->n);
  if (const auto* p = problem.as<GemvProblem>()) return product({p->m}) * steps_of_loop(p->n);
  if (const auto* p = problem.as<MatconvProblem>()) {
    return product({p->oh()}) * (product({p->r, p->r}) * vectors_or_scalars(p->ow()) + kRowSteps);
  }
  const auto& p = *problem.as<PoolProblem>();
  return product({p.n, p.c, p.oh()}) * steps_of_maxima(p.ow(), p.kh, p.kw, p.sw);
}

double separable_steps(const PoolProblem& p) {
  return product({p.n, p.c}) * (product({p.ih}) * steps_of_maxima(p.ow(), 1, p.kw, p.sw) +
                                product({p.oh()}) * steps_of_maxima(p.ow(), p.kh, 1, 1));
}

double separable(const PoolProblem& p) {
  return product({p.n, p.c, p.ow()}) * (product({p.ih, p.kw}) + product({p.oh(), p.kh}));
}

}  // namespace

std::string_view to_string(WorkTerm term) {
  static constexpr std::array<std::string_view, kWorkTerms> kNames = {
      "operations", "fourier", "separable", "elements", "vector-steps", "separable-steps"};
  return kNames[static_cast<std::size_t>(term)];
}

bool describes(WorkTerm term, ProblemKind kind) {
  switch (term) {
    case WorkTerm::kOperations:
    case WorkTerm::kElements: return true;
    case WorkTerm::kFourier: return kind == ProblemKind::kConv || kind == ProblemKind::kMatconv;
    case WorkTerm::kSeparable:
    case WorkTerm::kSeparableSteps: return kind == ProblemKind::kPool;
    case WorkTerm::kVectorSteps:
      return kind == ProblemKind::kGemm || kind == ProblemKind::kGemv ||
             kind == ProblemKind::kMatconv || kind == ProblemKind::kPool;
  }
  return false;
}

double work(const Problem& problem, WorkTerm term) {
  KERNWISE_CHECK(describes(term, problem.kind()));
  switch (term) {
    case WorkTerm::kOperations: return operations(problem);
    case WorkTerm::kFourier: return fourier(problem);
    case WorkTerm::kSeparable: return separable(*problem.as<PoolProblem>());
    case WorkTerm::kVectorSteps: return vector_steps(problem);
    case WorkTerm::kSeparableSteps: return separable_steps(*problem.as<PoolProblem>());
    case WorkTerm::kElements: break;
  }
  auto elements = static_cast<double>(output_shape(problem).elements());
  for (int i = 0; i < input_count(problem); ++i) {
    elements += static_cast<double>(input_shape(problem, i).elements());
  }
  return elements;
}

int64_t fourier_size(int64_t least) {
  KERNWISE_CHECK(least >= 1);
  int64_t best = 1;
  while (best < least) best *= 2;
  for (int64_t fives = 1; fives < best; fives *= 5) {
    for (int64_t threes = fives; threes < best; threes *= 3) {
      int64_t size = threes;
      while (size < least) size *= 2;
      best = std::min(best, size);
    }
  }
  return best;
}

}  // namespace kernwise
