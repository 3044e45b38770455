// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The convolution theorem: the spectrum of a correlation is that of the image times the conjugate
// of the kernel's. A plane padded to the image's own size is enough, since what wraps around falls
// on outputs that a valid correlation does not have; it is padded on to sizes that transform fast.
#include <algorithm>
#include <limits>

#include "kernels/division.h"
#include "kernels/fftw_transforms.h"
#include "kernels/matrix_kernels.h"
#include "kernels/plain_primitive.h"
#include "support.h"

namespace kernwise::detail {
namespace {

struct PaddedSizes {
  int64_t height, width;

  explicit PaddedSizes(const MatconvProblem& p)
      : height(fourier_size(p.h)), width(fourier_size(p.w)) {}
  int64_t plane_floats() const { return whole_lines(height * width); }
  int64_t pairs() const { return height * (width / 2 + 1); }
  int64_t spectrum_floats() const { return whole_lines(2 * pairs()); }
  Bytes scratch() const { return float_bytes(plane_floats() + 2 * spectrum_floats()); }
};

// image * conj(kernel) * scale, over the image's spectrum.
void multiply(int64_t pairs, const float* kernel, float scale, float* image) {
  for (int64_t i = 0; i < 2 * pairs; i += 2) {
    const float re = image[i] * kernel[i] + image[i + 1] * kernel[i + 1];
    const float im = image[i + 1] * kernel[i] - image[i] * kernel[i + 1];
    image[i] = re * scale;
    image[i + 1] = im * scale;
  }
}

class FftwKernel final : public OwnKernel {
 public:
  FftwKernel(const MatconvProblem& problem, int threads, std::unique_ptr<const FftwPlane> plane)
      : OwnKernel({}, PaddedSizes(problem).scratch()), p_(problem), sizes_(problem),
        threads_(threads), plane_(std::move(plane)) {}

  void run(const KernelArgs& args) const override {
    float* plane = reinterpret_cast<float*>(args.scratch);
    float* image = plane + sizes_.plane_floats();
    float* kernel = image + sizes_.spectrum_floats();
    pad(args.inputs[1], p_.r, p_.r, plane);
    plane_->forward(plane, kernel);
    pad(args.inputs[0], p_.h, p_.w, plane);
    plane_->forward(plane, image);
    const float scale = 1.0f / static_cast<float>(sizes_.height * sizes_.width);
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int part = 0; part < threads_; ++part) {
      const Range mine = part_of(sizes_.pairs(), part, threads_);
      multiply(mine.count(), kernel + 2 * mine.first, scale, image + 2 * mine.first);
    }
    plane_->backward(image, plane);
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t y = 0; y < p_.oh(); ++y)
      std::copy_n(plane + y * sizes_.width, p_.ow(), args.output + y * p_.ow());
  }

 private:
  void pad(const float* from, int64_t height, int64_t width, float* to) const {
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t y = 0; y < sizes_.height; ++y) {
      float* row = to + y * sizes_.width;
      const int64_t valid = y < height ? width : 0;
      if (valid > 0) std::copy_n(from + y * width, valid, row);
      std::fill(row + valid, row + sizes_.width, 0.0f);
    }
  }

  MatconvProblem p_;
  PaddedSizes sizes_;
  int threads_;
  std::unique_ptr<const FftwPlane> plane_;
};

class FftwMatconv final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution&) const override {
    if (std::string reason = fftw_refusal(); !reason.empty()) return Refused{std::move(reason)};
    const PaddedSizes sizes(*problem.as<MatconvProblem>());
    if (sizes.height > most() || sizes.width > most() || sizes.pairs() > most())
      return Refused{"too large: FFTW counts in 32 bits"};
    return Admitted{sizes.scratch()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    bool planned = true;
    auto made = prepare_own(*this, problem, weights, execution, [&] {
      const MatconvProblem& p = *problem.as<MatconvProblem>();
      const PaddedSizes sizes(p);
      auto plane = make_fftw_plane(sizes.height, sizes.width, execution.threads);
      planned = plane != nullptr;
      return std::make_unique<FftwKernel>(p, execution.threads, std::move(plane));
    });
    if (made.ok() && !planned) return internal_error("FFTW has no plan for " + to_string(problem));
    return made;
  }

 private:
  static constexpr int64_t most() { return std::numeric_limits<int>::max(); }
};

}  // namespace

Primitives fftw_matrix_kernels() {
  Primitives primitives;
  primitives.push_back(std::make_unique<FftwMatconv>(matrix_kernel_info(
      ProblemKind::kMatconv, {"fftw-matconv", "fft", "fftw", WorkTerm::kFourier})));
  return primitives;
}

}  // namespace kernwise::detail
