// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Concatenation along the channels and reshaping: nothing but copies.
#include <algorithm>
#include <cstring>
#include <numeric>

#include "ops/own_operators.h"
#include "support.h"

namespace kernwise::detail {
namespace {

// In every layout, a concatenation interleaves stretches: for each of `groups` groups, a stretch of
// input 0, then of input 1, and so on. nchw: a group is an image, a stretch all planes of an input;
// nhwc: a group is a pixel; blocked: a group is an image, a stretch all blocks of an input.
class ConcatKernel final : public OwnKernel {
 public:
  ConcatKernel(const ConcatProblem& problem, Layout layout, int threads)
      : OwnKernel({}, {0}),
        groups_(layout == Layout::kNhwc ? problem.n * problem.h * problem.w : problem.n),
        threads_(threads) {
    for (const int64_t c : problem.channels)
      stretches_.push_back(physical_elements({problem.n, c, problem.h, problem.w}, layout) /
                           groups_);
  }

  void run(const KernelArgs& args) const override {
    const int64_t width = std::accumulate(stretches_.begin(), stretches_.end(), int64_t{0});
    const int64_t total = groups_ * width;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int part = 0; part < threads_; ++part)
      copy_range(args, width, total * part / threads_, total * (part + 1) / threads_);
  }

 private:
  // Writes the floats [first, last) of the output, wherever they come from.
  void copy_range(const KernelArgs& args, int64_t width, int64_t first, int64_t last) const {
    for (int64_t group = first / width; group * width < last; ++group) {
      int64_t begin = group * width;  // of the stretch, in the output
      for (size_t i = 0; i < stretches_.size(); begin += stretches_[i], ++i) {
        const int64_t from = std::max(begin, first), to = std::min(begin + stretches_[i], last);
        if (from >= to) continue;
        const float* source = args.inputs[i] + group * stretches_[i] + (from - begin);
        if (source == args.output + from) continue;  // made there
        std::memcpy(args.output + from, source, (to - from) * sizeof(float));
      }
    }
  }

  int64_t groups_;
  int threads_;
  std::vector<int64_t> stretches_;
};

class Concat : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution&) const override {
    const int64_t unit = info().in == Layout::kNchw8c ? 8 : info().in == Layout::kNchw16c ? 16 : 1;
    const auto& channels = problem.as<ConcatProblem>()->channels;
    for (size_t i = 0; i + 1 < channels.size(); ++i)
      if (channels[i] % unit != 0)
        return Refused{"input " + std::to_string(i) + " has " + std::to_string(channels[i]) +
                       " channels: all but the last must fill whole blocks of " +
                       std::to_string(unit)};
    return Admitted{{0}};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      return std::make_unique<ConcatKernel>(*problem.as<ConcatProblem>(), info().in,
                                            execution.threads);
    });
  }
};

// Buffers are aligned, so a part can only be made inside the whole where an aligned one may begin.
class ConcatView final : public Concat {
 public:
  using Concat::Concat;

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    const auto& concat = *problem.as<ConcatProblem>();
    if (concat.n > 1 && concat.channels.size() > 1)
      return Refused{"batch " + std::to_string(concat.n) + ": each image would lie apart"};
    int64_t floats = 0;
    for (size_t i = 0; i + 1 < concat.channels.size(); ++i) {
      floats += physical_elements({concat.n, concat.channels[i], concat.h, concat.w}, info().in);
      if (floats * sizeof(float) % AlignedBuffer::kAlignment != 0)
        return Refused{"input " + std::to_string(i + 1) + " would not be aligned"};
    }
    return Concat::supports(problem, execution);
  }
};

class CopyKernel final : public OwnKernel {
 public:
  CopyKernel(int64_t elements, int threads)
      : OwnKernel({}, {0}), elements_(elements), threads_(threads) {}

  void run(const KernelArgs& args) const override {
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int part = 0; part < threads_; ++part) {
      const int64_t first = elements_ * part / threads_, last = elements_ * (part + 1) / threads_;
      if (args.inputs[0] == args.output) continue;  // a view
      std::memcpy(args.output + first, args.inputs[0] + first, (last - first) * sizeof(float));
    }
  }

 private:
  int64_t elements_;
  int threads_;
};

class Reshape final : public Primitive {
 public:
  using Primitive::Primitive;
  Applicability supports(const Problem&, const Execution&) const override { return Admitted{{0}}; }
  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      return std::make_unique<CopyKernel>(problem.as<ReshapeProblem>()->to.elements(),
                                          execution.threads);
    });
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_concat(Layout layout) {
  return std::make_unique<Concat>(PrimitiveInfo{"concat-" + std::string(to_string(layout)),
                                                "concat", "kernwise", 1, ProblemKind::kConcat,
                                                layout, layout});
}

std::unique_ptr<const Primitive> make_concat_view(Layout layout) {
  return std::make_unique<ConcatView>(PrimitiveInfo{"concat-view-" + std::string(to_string(layout)),
                                                    "view", "kernwise", 1, ProblemKind::kConcat,
                                                    layout, layout, /*view=*/true});
}

std::unique_ptr<const Primitive> make_reshape_view() {
  return std::make_unique<Reshape>(PrimitiveInfo{"reshape-view-nchw", "view", "kernwise", 1,
                                                 ProblemKind::kReshape, Layout::kNchw,
                                                 Layout::kNchw, /*view=*/true});
}

std::unique_ptr<const Primitive> make_reshape() {
  return std::make_unique<Reshape>(PrimitiveInfo{
      "copy-nchw", "copy", "kernwise", 1, ProblemKind::kReshape, Layout::kNchw, Layout::kNchw});
}

}  // namespace kernwise::detail
