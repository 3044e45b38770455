// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernels/fftw_transforms.h"

#include <fftw3.h>

#include <mutex>
#include <string_view>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/device/device.h"

namespace kernwise::detail {
namespace {

std::mutex& planner() {
  static std::mutex lock;
  return lock;
}

// FFTW's complex numbers are pairs of floats.
fftwf_complex* complex(float* pairs) { return reinterpret_cast<fftwf_complex*>(pairs); }

class Plane final : public FftwPlane {
 public:
  Plane(fftwf_plan forward, fftwf_plan backward) : forward_(forward), backward_(backward) {}
  ~Plane() override {
    const std::lock_guard lock(planner());
    if (forward_ != nullptr) fftwf_destroy_plan(forward_);
    if (backward_ != nullptr) fftwf_destroy_plan(backward_);
  }
  Plane(const Plane&) = delete;
  Plane& operator=(const Plane&) = delete;

  void forward(const float* plane, float* spectrum) const override {
    // It takes no const, but preserves the input of a transform from reals.
    fftwf_execute_dft_r2c(forward_, const_cast<float*>(plane), complex(spectrum));
  }
  void backward(float* spectrum, float* plane) const override {
    fftwf_execute_dft_c2r(backward_, complex(spectrum), plane);
  }

 private:
  fftwf_plan forward_, backward_;
};

}  // namespace

std::string fftw_refusal() {
  if (isa_in_use() < machine_isa())
    return "FFTW takes its instruction set from the processor and cannot be held to less";
  return {};
}

std::string fftw_version() {
  const std::string_view text = fftwf_version;  // "fftw-3.3.10-sse2-avx-..."
  return std::string(text.substr(0, text.find('-', text.find('-') + 1)));
}

std::unique_ptr<const FftwPlane> make_fftw_plane(int64_t height, int64_t width, int threads) {
  // Estimating looks at addresses, for their alignment, and at nothing behind them.
  const AlignedBuffer plane(Bytes{4 * height * width});
  const AlignedBuffer spectrum(Bytes{8 * height * (width / 2 + 1)});
  auto* reals = const_cast<float*>(plane.floats());
  auto* pairs = complex(const_cast<float*>(spectrum.floats()));
  const int rows = static_cast<int>(height), columns = static_cast<int>(width);
  fftwf_plan forward = nullptr, backward = nullptr;
  {
    const std::lock_guard lock(planner());
    static const bool has_threads = fftwf_init_threads() != 0;
    if (!has_threads) return nullptr;
    fftwf_plan_with_nthreads(threads);
    forward = fftwf_plan_dft_r2c_2d(rows, columns, reals, pairs, FFTW_ESTIMATE);
    backward = fftwf_plan_dft_c2r_2d(rows, columns, pairs, reals, FFTW_ESTIMATE);
  }
  auto made = std::make_unique<Plane>(forward, backward);
  if (forward == nullptr || backward == nullptr) return nullptr;
  return made;
}

}  // namespace kernwise::detail
