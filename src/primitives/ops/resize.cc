// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Nearest and linear resizing in every layout. Which pixels an output row or column comes from is
// worked out once, while the kernel is prepared. A pixel is one float in nchw, all channels in
// nhwc, one block of channels in the blocked layouts.
#include <algorithm>
#include <cstring>

#include "ops/own_operators.h"
#include "support.h"

namespace kernwise::detail {
namespace {

// Two neighbours and the share of the second; nearest has one and share 0.
struct Tap {
  int64_t low = 0, high = 0;
  float share = 0;
};

std::vector<Tap> taps_of(const ResizeProblem& p, int64_t in, int64_t out, float scale) {
  std::vector<Tap> taps;
  for (int64_t at = 0; at < out; ++at) {
    if (p.kind == ResizeKind::kNearest) {
      const int64_t source = resize_nearest(p, at, in, out, scale);
      taps.push_back({source, source, 0});
      continue;
    }
    const double source = std::clamp(resize_source(p.coordinates, at, in, out, scale), 0.0,
                                     static_cast<double>(in - 1));
    const auto low = static_cast<int64_t>(source);
    taps.push_back(
        {low, std::min(low + 1, in - 1), static_cast<float>(source - static_cast<double>(low))});
  }
  return taps;
}

class ResizeKernel final : public OwnKernel {
 public:
  ResizeKernel(const ResizeProblem& p, Layout layout, int threads)
      : OwnKernel({}, {0}), rows_(taps_of(p, p.ih, p.oh, p.yscale)),
        columns_(taps_of(p, p.iw, p.ow, p.xscale)), ih_(p.ih), iw_(p.iw), threads_(threads) {
    const int64_t physical = physical_elements({1, p.c, 1, 1}, layout);
    pixel_ = layout == Layout::kNhwc     ? p.c
             : layout == Layout::kNchw   ? 1
             : layout == Layout::kNchw8c ? 8
                                         : 16;
    planes_ = p.n * physical / pixel_;
  }

  void run(const KernelArgs& args) const override {
    const auto oh = static_cast<int64_t>(rows_.size()), ow = static_cast<int64_t>(columns_.size());
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t item = 0; item < planes_ * oh; ++item) {
      const Tap& tap = rows_[item % oh];
      const float* plane = args.inputs[0] + item / oh * ih_ * iw_ * pixel_;
      const float* low = plane + tap.low * iw_ * pixel_;
      const float* high = plane + tap.high * iw_ * pixel_;
      float* to = args.output + item * ow * pixel_;
      if (tap.share == 0) high = low;
      low == high ? one_row(low, to) : two_rows(low, high, tap.share, to);
    }
  }

 private:
  void one_row(const float* row, float* to) const {
    for (const Tap& tap : columns_) {
      const float *a = row + tap.low * pixel_, *b = row + tap.high * pixel_;
      if (tap.share == 0) {
        pixel_ == 1 ? void(*to = *a) : void(std::memcpy(to, a, pixel_ * sizeof(float)));
      } else {
        for (int64_t i = 0; i < pixel_; ++i) to[i] = a[i] + (b[i] - a[i]) * tap.share;
      }
      to += pixel_;
    }
  }

  void two_rows(const float* low, const float* high, float share, float* to) const {
    for (const Tap& tap : columns_) {
      const int64_t at = tap.low * pixel_, next = tap.high * pixel_;
      for (int64_t i = 0; i < pixel_; ++i) {
        const float top = low[at + i] + (low[next + i] - low[at + i]) * tap.share;
        const float bottom = high[at + i] + (high[next + i] - high[at + i]) * tap.share;
        to[i] = top + (bottom - top) * share;
      }
      to += pixel_;
    }
  }

  std::vector<Tap> rows_, columns_;
  int64_t ih_, iw_, pixel_ = 1, planes_ = 1;
  int threads_;
};

class Resize final : public Primitive {
 public:
  using Primitive::Primitive;
  Applicability supports(const Problem&, const Execution&) const override { return Admitted{{0}}; }
  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      return std::make_unique<ResizeKernel>(*problem.as<ResizeProblem>(), info().in,
                                            execution.threads);
    });
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_resize(Layout layout) {
  return std::make_unique<Resize>(PrimitiveInfo{"resize-" + std::string(to_string(layout)),
                                                "resize", "kernwise", 1, ProblemKind::kResize,
                                                layout, layout});
}

}  // namespace kernwise::detail
