// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Max pooling by three algorithms. direct: every window, kh kw comparisons an output. separable:
// the maxima of rows, then of those, kh + kw. van Herk (1992; Gil and Werman 1993): running maxima
// from both ends of blocks as long as the window, about three an element whatever the window.
#include "kernels/division.h"
#include "kernels/matrix_kernels.h"
#include "kernels/max_rows.h"
#include "kernels/plain_primitive.h"
#include "kernels/pool_bands.h"
#include "kernels/running_maxima.h"

namespace kernwise::detail {
namespace {

class DirectPool {
 public:
  static std::string refusal(const Problem& problem, int) { return max_pool_refusal(problem); }
  DirectPool(const Problem& problem, int threads)
      : p_(*problem.as<PoolProblem>()), bands_(p_, p_.ow(), threads), threads_(threads) {}

  int64_t scratch_floats() const { return 0; }

  void run(const KernelArgs& args) const {
    const MaxRow row{p_.ow(), p_.kh, p_.kw, p_.sw, p_.iw};
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t i = 0; i < bands_.count(); ++i) {
      const PoolBand band = bands_.at(i);
      for (int64_t y = 0; y < band.rows; ++y)
        max_row(row, args.inputs[0] + band.input + y * p_.sh * p_.iw,
                args.output + band.output + y * p_.ow());
    }
  }

 private:
  PoolProblem p_;
  PoolBands bands_;
  int threads_;
};

class SeparablePool {
 public:
  static std::string refusal(const Problem& problem, int) { return max_pool_refusal(problem); }
  SeparablePool(const Problem& problem, int threads)
      : p_(*problem.as<PoolProblem>()), bands_(p_, p_.ow() * p_.sh, threads), threads_(threads) {}

  int64_t scratch_floats() const { return threads_ * thread_floats(); }

  void run(const KernelArgs& args) const {
    const int64_t columns = p_.ow();
    const MaxRow along{columns, 1, p_.kw, p_.sw, p_.iw}, across{columns, p_.kh, 1, 1, columns};
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int part = 0; part < threads_; ++part) {
      float* rows = reinterpret_cast<float*>(args.scratch) + part * thread_floats();
      const Range mine = part_of(bands_.count(), part, threads_);
      for (int64_t i = mine.first; i < mine.last; ++i) {
        const PoolBand band = bands_.at(i);
        for (int64_t y = 0; y < bands_.input_rows(band.rows); ++y)
          max_row(along, args.inputs[0] + band.input + y * p_.iw, rows + y * columns);
        for (int64_t y = 0; y < band.rows; ++y)
          max_row(across, rows + y * p_.sh * columns, args.output + band.output + y * columns);
      }
    }
  }

 private:
  int64_t thread_floats() const {
    return whole_lines(bands_.input_rows(bands_.most_rows()) * p_.ow());
  }

  PoolProblem p_;
  PoolBands bands_;
  int threads_;
};

class VanHerkPool {
 public:
  static std::string refusal(const Problem& problem, int) { return max_pool_refusal(problem); }
  VanHerkPool(const Problem& problem, int threads)
      : p_(*problem.as<PoolProblem>()), bands_(p_, 2 * p_.iw * p_.sh, threads), threads_(threads) {}

  int64_t scratch_floats() const { return threads_ * thread_floats(); }

  void run(const KernelArgs& args) const {
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int part = 0; part < threads_; ++part) {
      float* scratch = reinterpret_cast<float*>(args.scratch) + part * thread_floats();
      const Range mine = part_of(bands_.count(), part, threads_);
      for (int64_t i = mine.first; i < mine.last; ++i) {
        const PoolBand band = bands_.at(i);
        pool(band.rows, args.inputs[0] + band.input, args.output + band.output, scratch);
      }
    }
  }

 private:
  int64_t band_floats() const { return whole_lines(bands_.input_rows(bands_.most_rows()) * p_.iw); }
  int64_t thread_floats() const { return 2 * band_floats(); }

  void pool(int64_t rows, const float* in, float* out, float* scratch) const {
    const int64_t width = p_.iw;
    float *forward = scratch, *backward = scratch + band_floats();
    running_rows({bands_.input_rows(rows), width, p_.kh}, in, forward, backward);
    const RunningRow line{width, p_.kw, p_.sw, p_.ow()};
    for (int64_t y = 0; y < rows; ++y) {
      // No later window reads backward here, nor forward before its own end: both rows are free.
      const int64_t first = y * p_.sh;
      float* row = backward + first * width;
      pairwise_maxima(width, row, forward + (first + p_.kh - 1) * width, row);
      running_row(line, row, forward + first * width, out + y * p_.ow());
    }
  }

  PoolProblem p_;
  PoolBands bands_;
  int threads_;
};

}  // namespace

Primitives max_pools() {
  Primitives primitives;
  primitives.push_back(make_plain<DirectPool>(
      ProblemKind::kPool, {"direct-pool-nchw", "direct-pool", "kernwise", WorkTerm::kVectorSteps}));
  primitives.push_back(make_plain<SeparablePool>(
      ProblemKind::kPool,
      {"separable-pool-nchw", "separable-pool", "kernwise", WorkTerm::kSeparableSteps}));
  primitives.push_back(make_plain<VanHerkPool>(
      ProblemKind::kPool, {"van-herk-pool-nchw", "van-herk", "kernwise", WorkTerm::kElements}));
  return primitives;
}

}  // namespace kernwise::detail
