// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Transposition, slices and the like as one strided copy in nchw. Where the output's innermost axis
// strides through the input, it is copied in tiles together with the axis that does not, so that
// both sides use whole cache lines.
#include <algorithm>
#include <cstring>

#include "ops/own_operators.h"
#include "support.h"

namespace kernwise::detail {
namespace {

class StridedKernel final : public OwnKernel {
 public:
  StridedKernel(const StridedProblem& problem, int threads)
      : OwnKernel({}, {0}), p_(problem), threads_(threads) {
    const size_t rank = p_.sizes.size(), inner = rank - 1;
    int64_t stride = 1;
    out_.assign(rank, 1);
    for (size_t i = rank; i-- > 0; stride *= p_.sizes[i]) out_[i] = stride;
    tiled_ = inner;
    for (size_t i = 0; i < inner && p_.strides[inner] != 1; ++i)
      if (p_.strides[i] == 1) tiled_ = i;
    for (size_t i = 0; i < rank; ++i)
      if (i != inner && i != tiled_) {
        outer_.push_back(i);
        rows_ *= p_.sizes[i];
      }
  }

  void run(const KernelArgs& args) const override {
    const size_t inner = p_.sizes.size() - 1;
    const int64_t length = p_.sizes[tiled_];
    const int64_t parts = (length + kTile - 1) / kTile;
    const bool flat = tiled_ == inner;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t item = 0; item < rows_ * parts; ++item) {
      int64_t from = p_.offset, to = 0, rest = item / parts;
      for (size_t k = outer_.size(); k-- > 0;) {
        const size_t axis = outer_[k];
        const int64_t at = rest % p_.sizes[axis];
        rest /= p_.sizes[axis];
        from += at * p_.strides[axis];
        to += at * out_[axis];
      }
      const int64_t first = item % parts * kTile, last = std::min(first + kTile, length);
      if (flat) {
        copy_row(args.inputs[0] + from, args.output + to, first, last);
      } else {
        copy_tiles(args.inputs[0] + from, args.output + to, first, last);
      }
    }
  }

 private:
  static constexpr int64_t kTile = 512;
  static constexpr int64_t kSquare = 16;

  void copy_row(const float* in, float* out, int64_t first, int64_t last) const {
    const int64_t stride = p_.strides.back();
    if (stride == 1) {
      std::memcpy(out + first, in + first, (last - first) * sizeof(float));
    } else {
      for (int64_t i = first; i < last; ++i) out[i] = in[i * stride];
    }
  }

  // Rows [first, last) of the tiled axis, which has stride 1 in the input.
  void copy_tiles(const float* in, float* out, int64_t first, int64_t last) const {
    const int64_t columns = p_.sizes.back(), stride = p_.strides.back(), step = out_[tiled_];
    for (int64_t i0 = first; i0 < last; i0 += kSquare)
      for (int64_t j0 = 0; j0 < columns; j0 += kSquare)
        for (int64_t i = i0; i < std::min(i0 + kSquare, last); ++i)
          for (int64_t j = j0; j < std::min(j0 + kSquare, columns); ++j)
            out[i * step + j] = in[i + j * stride];
  }

  StridedProblem p_;
  int threads_;
  std::vector<int64_t> out_;   // strides of the output
  std::vector<size_t> outer_;  // axes that are neither innermost nor tiled
  size_t tiled_ = 0;
  int64_t rows_ = 1;
};

class Strided final : public Primitive {
 public:
  using Primitive::Primitive;
  Applicability supports(const Problem&, const Execution&) const override { return Admitted{{0}}; }
  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      return std::make_unique<StridedKernel>(*problem.as<StridedProblem>(), execution.threads);
    });
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_strided() {
  return std::make_unique<Strided>(PrimitiveInfo{"strided-nchw", "strided", "kernwise", 1,
                                                 ProblemKind::kStrided, Layout::kNchw,
                                                 Layout::kNchw});
}

}  // namespace kernwise::detail
