// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Transposed convolution in nchw as a product and a sum: every input pixel times all weights gives
// a column of taps (dnnl_sgemm), which are added where they fall ("col2im"). In blocks of output
// channels, so that the columns stay in the cache; the epilogue follows while a plane is there.
#include <omp.h>

#include <algorithm>
#include <numeric>

#include "conv/gemm.h"
#include "conv/row_epilogue.h"
#include "ops/own_operators.h"
#include "support.h"

namespace kernwise::detail {
namespace {

// Output channels whose columns take about a megabyte, at least one.
int64_t channels_at_once(const DeconvProblem& p, int threads) {
  constexpr int64_t kFloats = int64_t{1} << 18;
  const int64_t each = p.kh * p.kw * p.ih * p.iw, ocg = p.oc / p.g;
  const int64_t shared = (ocg + threads - 1) / threads;
  return std::clamp<int64_t>(kFloats / each, 1, shared);
}

int64_t columns_floats(const DeconvProblem& p, int threads) {
  const int64_t floats = channels_at_once(p, threads) * p.kh * p.kw * p.ih * p.iw;
  return (floats + 15) / 16 * 16;  // whole cache lines
}

class DeconvKernel final : public OwnKernel {
 public:
  DeconvKernel(const Problem& problem, int threads, AlignedBuffer parameters)
      : OwnKernel(std::move(parameters), workspace_of(*problem.as<DeconvProblem>(), threads)),
        p_(*problem.as<DeconvProblem>()), threads_(threads),
        epilogue_(make_epilogue(problem.post_ops, this->parameters() + weight_elements(problem))) {}

  static Bytes workspace_of(const DeconvProblem& p, int threads) {
    return float_bytes(threads * columns_floats(p, threads));
  }

  void run(const KernelArgs& args) const override {
    const int64_t ocg = p_.oc / p_.g, icg = p_.ic / p_.g, taps = p_.kh * p_.kw;
    const int64_t pixels = p_.ih * p_.iw, plane = p_.oh * p_.ow;
    const int64_t some = channels_at_once(p_, threads_), blocks = (ocg + some - 1) / some;
    float* scratch = reinterpret_cast<float*>(args.scratch);
#pragma omp parallel for schedule(dynamic) num_threads(threads_) if (threads_ > 1)
    for (int64_t item = 0; item < p_.n * p_.g * blocks; ++item) {
      float* columns = scratch + omp_get_thread_num() * columns_floats(p_, threads_);
      const int64_t image_group = item / blocks, group = image_group % p_.g;
      const int64_t first = item % blocks * some, count = std::min(some, ocg - first);
      // [count * taps, icg] times [icg, pixels]
      onednn_gemm().multiply(
          {.m = count * taps, .n = pixels, .k = icg, .lda = icg, .ldb = pixels, .ldc = pixels},
          parameters() + (group * ocg + first) * taps * icg,
          args.inputs[0] + image_group * icg * pixels, columns);
      float* out = args.output + (image_group * ocg + first) * plane;
      std::fill_n(out, count * plane, 0.0f);
      for (int64_t o = 0; o < count; ++o)
        for (int64_t tap = 0; tap < taps; ++tap)
          add_tap(columns + (o * taps + tap) * pixels, tap / p_.kw, tap % p_.kw, out + o * plane);
      Epilogue epilogue = epilogue_;
      if (epilogue.bias) epilogue.bias += group * ocg + first;
      apply_row_epilogue({.rows = count, .columns = plane, .stride = plane, .bias_by_row = true},
                         epilogue, out);
    }
  }

 private:
  // Adds one tap of every input pixel to an output plane.
  void add_tap(const float* column, int64_t ky, int64_t kx, float* plane) const {
    const int64_t x0 = kx * p_.dw - p_.pl;
    // Input columns ix with 0 <= ix * sw + x0 < ow.
    const int64_t ix_first = x0 >= 0 ? 0 : (-x0 + p_.sw - 1) / p_.sw;
    const int64_t ix_last = x0 >= p_.ow ? 0 : std::min(p_.iw, (p_.ow - 1 - x0) / p_.sw + 1);
    for (int64_t iy = 0; iy < p_.ih; ++iy) {
      const int64_t y = iy * p_.sh - p_.pt + ky * p_.dh;
      if (y < 0 || y >= p_.oh) continue;
      const float* from = column + iy * p_.iw;
      float* to = plane + y * p_.ow + x0;
      for (int64_t ix = ix_first; ix < ix_last; ++ix) to[ix * p_.sw] += from[ix];
    }
  }

  DeconvProblem p_;
  int threads_;
  Epilogue epilogue_;
};

class Deconv final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    const DeconvProblem& p = *problem.as<DeconvProblem>();
    const auto real = [](int64_t size) { return static_cast<double>(size); };
    if (real(p.kh) * real(p.kw) * real(p.ih) * real(p.iw) * execution.threads > kMostFloats)
      return Refused{"too large: the columns of one output channel would not fit in memory"};
    return Admitted{DeconvKernel::workspace_of(p, execution.threads)};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const DeconvProblem& p = *problem.as<DeconvProblem>();
      const int64_t icg = p.ic / p.g, taps = p.kh * p.kw, size = weight_elements(problem);
      AlignedBuffer parameters(float_bytes(size + bias_elements(problem)));
      // [oc, ic / g, taps] -> [oc, taps, ic / g]
      for (int64_t o = 0; o < p.oc; ++o)
        for (int64_t i = 0; i < icg; ++i)
          for (int64_t t = 0; t < taps; ++t)
            parameters.floats()[(o * taps + t) * icg + i] =
                weights.weights[(o * icg + i) * taps + t];
      std::ranges::copy(weights.bias, parameters.floats() + size);
      return std::make_unique<DeconvKernel>(problem, execution.threads, std::move(parameters));
    });
  }

 private:
  static constexpr double kMostFloats = 1LL << 40;
};

}  // namespace

std::unique_ptr<const Primitive> make_deconv() {
  return std::make_unique<Deconv>(PrimitiveInfo{
      "col2im-nchw", "col2im", "kernwise", 1, ProblemKind::kDeconv, Layout::kNchw, Layout::kNchw});
}

}  // namespace kernwise::detail
