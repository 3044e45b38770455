// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Some of the channels, and channels in another order. In nchw both are copies of planes; elsewhere
// of stretches of channels, or one by one where a stretch does not fill the block it goes to.
#include <algorithm>
#include <cstring>

#include "ops/own_operators.h"
#include "support.h"

namespace kernwise::detail {
namespace {

// source[c] is the input channel that output channel c comes from.
class ChannelKernel final : public OwnKernel {
 public:
  ChannelKernel(const Shape4& in, std::vector<int64_t> source, Layout layout, int threads)
      : OwnKernel({}, {0}), in_(in), source_(std::move(source)), layout_(layout),
        threads_(threads) {
    for (size_t c = 1; c < source_.size(); ++c) stretch_ &= source_[c] == source_[c - 1] + 1;
  }

  void run(const KernelArgs& args) const override {
    const float* in = args.inputs[0];
    switch (layout_) {
      case Layout::kNchw: run_planes(in, args.output); break;
      case Layout::kNhwc: run_pixels(in, args.output); break;
      case Layout::kNchw8c: run_blocks<8>(in, args.output); break;
      case Layout::kNchw16c: run_blocks<16>(in, args.output); break;
      case Layout::kNhwcU8:
      case Layout::kNhwcS8: break;  // no primitive of these layouts is made
    }
  }

 private:
  int64_t channels() const { return static_cast<int64_t>(source_.size()); }

  void run_planes(const float* in, float* out) const {
    const int64_t plane = in_.h * in_.w;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t item = 0; item < in_.n * channels(); ++item) {
      const int64_t n = item / channels(), c = item % channels();
      std::memcpy(out + item * plane, in + (n * in_.c + source_[c]) * plane, plane * 4);
    }
  }

  void run_pixels(const float* in, float* out) const {
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t pixel = 0; pixel < in_.n * in_.h * in_.w; ++pixel) {
      const float* from = in + pixel * in_.c;
      float* to = out + pixel * channels();
      if (stretch_) {
        std::memcpy(to, from + source_[0], channels() * 4);
      } else {
        for (int64_t c = 0; c < channels(); ++c) to[c] = from[source_[c]];
      }
    }
  }

  template <int64_t kBlock>
  void run_blocks(const float* in, float* out) const {
    const int64_t plane = in_.h * in_.w;
    const int64_t blocks_in = (in_.c + kBlock - 1) / kBlock;
    const int64_t blocks_out = (channels() + kBlock - 1) / kBlock;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t item = 0; item < in_.n * blocks_out; ++item) {
      const int64_t first = item % blocks_out * kBlock;
      const int64_t count = std::min(kBlock, channels() - first);
      const float* image = in + item / blocks_out * blocks_in * plane * kBlock;
      float* to = out + item * plane * kBlock;
      int64_t lanes[kBlock] = {};
      for (int64_t i = 0; i < count; ++i) {
        const int64_t c = source_[first + i];
        lanes[i] = c / kBlock * plane * kBlock + c % kBlock;
      }
      if (stretch_ && source_[first] % kBlock == 0 && count == kBlock) {
        std::memcpy(to, image + lanes[0], plane * kBlock * 4);
        continue;
      }
      for (int64_t pixel = 0; pixel < plane; ++pixel, to += kBlock) {
        for (int64_t i = 0; i < count; ++i) to[i] = image[lanes[i] + pixel * kBlock];
        for (int64_t i = count; i < kBlock; ++i) to[i] = 0;
      }
    }
  }

  Shape4 in_;
  std::vector<int64_t> source_;
  Layout layout_;
  int threads_;
  bool stretch_ = true;  // the channels lie together
};

class Channels final : public Primitive {
 public:
  using Primitive::Primitive;
  Applicability supports(const Problem&, const Execution&) const override { return Admitted{{0}}; }
  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      std::vector<int64_t> source;
      if (const auto* slice = problem.as<SliceProblem>()) {
        for (int64_t c = 0; c < slice->count; ++c) source.push_back(slice->first + c);
      } else {
        const ShuffleProblem& p = *problem.as<ShuffleProblem>();
        for (int64_t c = 0; c < p.shape.c; ++c)
          source.push_back(c % p.g * (p.shape.c / p.g) + c / p.g);
      }
      return std::make_unique<ChannelKernel>(input_shape(problem, 0), std::move(source), info().in,
                                             execution.threads);
    });
  }
};

std::unique_ptr<const Primitive> make(const char* name, ProblemKind kind, Layout layout) {
  return std::make_unique<Channels>(PrimitiveInfo{name + std::string(to_string(layout)),
                                                  std::string(to_string(kind)), "kernwise", 1, kind,
                                                  layout, layout});
}

}  // namespace

std::unique_ptr<const Primitive> make_slice(Layout layout) {
  return make("slice-", ProblemKind::kSlice, layout);
}
std::unique_ptr<const Primitive> make_shuffle(Layout layout) {
  return make("shuffle-", ProblemKind::kShuffle, layout);
}

}  // namespace kernwise::detail
