// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <omp.h>

#include <algorithm>

#include "conv/gemm_convolutions.h"
#include "conv/kn2_plan.h"
#include "conv/row_epilogue.h"
#include "support.h"

namespace kernwise::detail {
namespace {

// Output channels [first, first + count) of one image. `weights` is [taps][count][ic] for nchw and
// [ic][taps][count] for nhwc.
struct Part {
  int64_t first, count;
  const float* weights;
  float* scratch;
};

class Kn2Kernel final : public OwnKernel {
 public:
  // parameters: the weights of each part, then the bias.
  Kn2Kernel(const Problem& problem, const GemmLibrary& gemm, const Kn2Plan& plan, int threads,
            AlignedBuffer parameters)
      : OwnKernel(std::move(parameters), plan.workspace()), problem_(*problem.as<ConvProblem>()),
        gemm_(&gemm), plan_(plan), threads_(threads),
        epilogue_(make_epilogue(problem.post_ops, this->parameters() + weight_elements(problem))) {}

  void run(const KernelArgs& args) const override {
    const ConvProblem& p = problem_;
    float* scratch = reinterpret_cast<float*>(args.scratch);
    float* padded = scratch + plan_.parts * plan_.part_floats;
#pragma omp parallel num_threads(threads_) if (threads_ > 1)
    for (int64_t n = 0; n < p.n; ++n) {
      const float* image = args.inputs[0] + n * p.ic * p.ih * p.iw;
      float* out = args.output + n * p.oc * p.oh() * p.ow();
      if (plan_.pad) {
#pragma omp for schedule(static)
        for (int64_t i = 0; i < (plan_.nhwc ? plan_.padded_height : p.ic); ++i)
          pad_slice(i, image, padded);
      }
      // The barrier at its end keeps the next image out of `padded`.
#pragma omp for schedule(static)
      for (int64_t i = 0; i < plan_.parts; ++i) {
        const int64_t first = plan_.first_channel(p, i);
        const Part part{first, plan_.first_channel(p, i + 1) - first,
                        parameters() + first * plan_.taps * p.ic, scratch + i * plan_.part_floats};
        if (plan_.form == Kn2Form::kAccumulate)
          accumulate(part, plan_.pad ? padded : image, out);
        else
          shift_and_add(part, image, out);
      }
    }
  }

 private:
  // Channel i of the image (nhwc: row i of its padded copy) with zeros around it.
  void pad_slice(int64_t i, const float* image, float* padded) const {
    const ConvProblem& p = problem_;
    const int64_t pixel = plan_.nhwc ? p.ic : 1, row = plan_.padded_width * pixel;
    const int64_t first = plan_.nhwc ? i : 0, last = plan_.nhwc ? i + 1 : plan_.padded_height;
    float* to = padded + (plan_.nhwc ? i : i * plan_.padded_height) * row;
    if (!plan_.nhwc) image += i * p.ih * p.iw;
    for (int64_t y = first; y < last; ++y, to += row) {
      if (y < p.pt || y >= p.pt + p.ih) {
        std::fill_n(to, row, 0.0f);
        continue;
      }
      float* at = std::fill_n(to, p.pl * pixel, 0.0f);
      at = std::copy_n(image + (y - p.pt) * p.iw * pixel, p.iw * pixel, at);
      std::fill_n(at, p.pr * pixel, 0.0f);
    }
  }

  // result = the taps [tap, tap + count) on `pixels` pixels from `in` on, whose channels (nchw) lie
  // `plane` apart. result is [pixels][count][channels] for nhwc, else [count][channels][pixels].
  void multiply(const Part& part, int64_t tap, int64_t count, const float* in, int64_t plane,
                int64_t pixels, bool add, float* result) const {
    const int64_t ic = problem_.ic, columns = count * part.count;
    if (plan_.nhwc)
      gemm_->multiply({.m = pixels,
                       .n = columns,
                       .k = ic,
                       .lda = ic,
                       .ldb = plan_.taps * part.count,
                       .ldc = columns,
                       .accumulate = add},
                      in, part.weights + tap * part.count, result);
    else
      gemm_->multiply({.m = columns,
                       .n = pixels,
                       .k = ic,
                       .lda = ic,
                       .ldb = plane,
                       .ldc = pixels,
                       .accumulate = add},
                      part.weights + tap * part.count * ic, in, result);
  }

  // Pixel (y, x) of the part's first channel in the output of an image.
  float* at(const Part& part, int64_t y, int64_t x, float* out) const {
    const int64_t pixel = y * problem_.ow() + x;
    return plan_.nhwc ? out + pixel * problem_.oc + part.first
                      : out + part.first * problem_.oh() * problem_.ow() + pixel;
  }

  // Pixels that follow each other in `from` as in the output.
  void move(const Part& part, int64_t pixels, const float* from, int64_t from_stride, bool add,
            float* to) const {
    if (plan_.nhwc)
      sum_rows({pixels, part.count, from_stride, problem_.oc, add}, from, to);
    else
      sum_rows({part.count, pixels, from_stride, problem_.oh() * problem_.ow(), add}, from, to);
  }

  void finish(const Part& part, int64_t first, int64_t last, float* out) const {
    Epilogue epilogue = epilogue_;
    if (epilogue.bias) epilogue.bias += part.first;
    const int64_t pixels = (last - first) * problem_.ow();
    float* data = at(part, first, 0, out);
    if (plan_.nhwc)
      apply_row_epilogue({pixels, part.count, problem_.oc}, epilogue, data);
    else
      apply_row_epilogue({part.count, pixels, problem_.oh() * problem_.ow(), true}, epilogue, data);
  }

  void accumulate(const Part& part, const float* in, float* out) const {
    const ConvProblem& p = problem_;
    const int64_t width = plan_.padded_width, oh = p.oh(), ow = p.ow();
    const int64_t plane = plan_.padded_height * width;
    for (int64_t first = 0; first < oh; first += plan_.rows) {
      const int64_t rows = std::min(plan_.rows, oh - first), pixels = (rows - 1) * width + ow;
      for (int64_t ky = 0; ky < p.kh; ++ky)
        for (int64_t kx = 0; kx < p.kw; ++kx) {
          const int64_t from = (first + ky * p.dh) * width + kx * p.dw;
          multiply(part, ky * p.kw + kx, 1, in + from * (plan_.nhwc ? p.ic : 1), plane, pixels,
                   ky + kx > 0, part.scratch);
        }
      for (int64_t r = 0; r < rows; ++r)
        move(part, ow, part.scratch + r * width * (plan_.nhwc ? part.count : 1),
             plan_.nhwc ? part.count : pixels, epilogue_.residual, at(part, first + r, 0, out));
      finish(part, first, first + rows, out);
    }
  }

  void shift_and_add(const Part& part, const float* in, float* out) const {
    const ConvProblem& p = problem_;
    const int64_t oh = p.oh(), step = plan_.form == Kn2Form::kWhole ? plan_.taps : 1;
    int64_t begun = 0, finished = 0;  // output rows
    const auto begin_until = [&](int64_t row) {
      for (; begun < std::min(row, oh); ++begun)
        if (!epilogue_.residual) clear(part, begun, out);
    };
    for (int64_t first = 0; first < p.ih; first += plan_.rows) {
      const int64_t last = std::min(first + plan_.rows, p.ih), pixels = (last - first) * p.iw;
      begin_until(last + p.pt);
      const float* from = in + first * p.iw * (plan_.nhwc ? p.ic : 1);
      for (int64_t tap = 0; tap < plan_.taps; tap += step) {
        multiply(part, tap, step, from, p.ih * p.iw, pixels, false, part.scratch);
        for (int64_t t = 0; t < step; ++t)
          add_tap(part, tap + t, first, last,
                  part.scratch + t * part.count * (plan_.nhwc ? 1 : pixels),
                  plan_.nhwc ? step * part.count : pixels, out);
      }
      const int64_t until = std::clamp(last + p.pt - (p.kh - 1) * p.dh, finished, begun);
      if (until > finished) finish(part, finished, until, out);
      finished = until;
    }
    begin_until(oh);  // rows that see nothing but padding
    if (finished < oh) finish(part, finished, oh, out);
  }

  void clear(const Part& part, int64_t row, float* out) const {
    const int64_t ow = problem_.ow();
    float* to = at(part, row, 0, out);
    const int64_t count = plan_.nhwc ? ow : part.count, length = plan_.nhwc ? part.count : ow;
    for (int64_t i = 0; i < count; ++i)
      std::fill_n(to + i * (plan_.nhwc ? problem_.oc : problem_.oh() * ow), length, 0.0f);
  }

  // Adds what one tap makes of the input rows [first, last) where the output sees it.
  void add_tap(const Part& part, int64_t tap, int64_t first, int64_t last, const float* product,
               int64_t stride, float* out) const {
    const ConvProblem& p = problem_;
    const int64_t shift_y = p.pt - tap / p.kw * p.dh, shift_x = p.pl - tap % p.kw * p.dw;
    const int64_t x = std::max<int64_t>(0, -shift_x), x_end = std::min(p.iw, p.ow() - shift_x);
    if (x >= x_end) return;
    for (int64_t y = std::max(first, -shift_y); y < std::min(last, p.oh() - shift_y); ++y) {
      const int64_t pixel = (y - first) * p.iw + x;
      move(part, x_end - x, product + pixel * (plan_.nhwc ? stride : 1), stride, true,
           at(part, y + shift_y, x + shift_x, out));
    }
  }

  ConvProblem problem_;
  const GemmLibrary* gemm_;
  Kn2Plan plan_;
  int threads_;
  Epilogue epilogue_;
};

void pack_weights(const ConvProblem& p, const Kn2Plan& plan, std::span<const float> weights,
                  float* to) {
  for (int64_t part = 0; part < plan.parts; ++part) {
    const int64_t first = plan.first_channel(p, part);
    const int64_t count = plan.first_channel(p, part + 1) - first;
    float* base = to + first * plan.taps * p.ic;
    for (int64_t o = 0; o < count; ++o)
      for (int64_t i = 0; i < p.ic; ++i)
        for (int64_t t = 0; t < plan.taps; ++t)
          base[plan.nhwc ? (i * plan.taps + t) * count + o : (t * count + o) * p.ic + i] =
              weights[((first + o) * p.ic + i) * plan.taps + t];
  }
}

class Kn2 final : public Primitive {
 public:
  Kn2(PrimitiveInfo info, const GemmLibrary& gemm, Kn2Form form)
      : Primitive(std::move(info)), gemm_(&gemm), form_(form) {}

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    const ConvProblem& p = *problem.as<ConvProblem>();
    if (p.sh != 1 || p.sw != 1)
      return Refused{"stride: kn2 computes every position, a stride would discard most of them"};
    if (p.g != 1) return Refused{"groups: kn2 needs 1 group"};
    if (p.kh == 1 && p.kw == 1)
      return Refused{"kernel 1x1: with one tap there is nothing to shift or to add"};
    const auto too_many = [](double a, double b, double c) { return a * b * c > kMostFloats; };
    const auto real = [](int64_t size) { return static_cast<double>(size); };
    if (too_many(real(p.ic), real(p.ih + p.pt + p.pb), real(p.iw + p.pl + p.pr)) ||
        too_many(real(p.oc), real(p.kh * p.kw), real(p.iw + p.pl + p.pr)))
      return Refused{"too large: the image with its padding would not fit in memory"};
    if (std::string reason = gemm_->refusal(problem); !reason.empty())
      return Refused{std::move(reason)};
    return Admitted{plan(p, execution).workspace()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const ConvProblem& p = *problem.as<ConvProblem>();
      AlignedBuffer parameters(float_bytes(weight_elements(problem) + bias_elements(problem)));
      pack_weights(p, plan(p, execution), weights.weights, parameters.floats());
      std::copy(weights.bias.begin(), weights.bias.end(),
                parameters.floats() + weight_elements(problem));
      return std::make_unique<Kn2Kernel>(problem, *gemm_, plan(p, execution), execution.threads,
                                         std::move(parameters));
    });
  }

 private:
  static constexpr double kMostFloats = 1LL << 40;

  Kn2Plan plan(const ConvProblem& problem, const Execution& execution) const {
    return plan_kn2(problem, form_, info().in == Layout::kNhwc, execution.threads);
  }

  const GemmLibrary* gemm_;
  Kn2Form form_;
};

}  // namespace

Primitives kn2_convolutions() {
  struct Named {
    Kn2Form form;
    const char* suffix;
  };
  Primitives primitives;
  for (const Named& named : {Named{Kn2Form::kWhole, ""}, Named{Kn2Form::kShiftAdd, "-as"},
                             Named{Kn2Form::kAccumulate, "-aa"}})
    for (const Layout layout : {Layout::kNhwc, Layout::kNchw}) {
      const std::string family = layout == Layout::kNhwc ? "kn2col" : "kn2row";
      primitives.push_back(std::make_unique<Kn2>(
          PrimitiveInfo{gemm_conv_id(family + named.suffix, onednn_gemm(), layout, layout), family,
                        "kernwise", 1, ProblemKind::kConv, layout, layout},
          onednn_gemm(), named.form));
    }
  return primitives;
}

}  // namespace kernwise::detail
