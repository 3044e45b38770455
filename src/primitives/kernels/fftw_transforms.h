// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// FFTW's real transforms of one plane. Two files answer for this header: fftw_transforms.cc, and
// fftw_missing.cc in a build without FFTW, where everything is refused.
//
// Plans are made with FFTW_ESTIMATE: FFTW then chooses by its own arithmetic, times nothing, and so
// takes the same plan every time, which a stored measurement relies on. Its threads are OpenMP's.
// Thread-safety: a pair of transforms may run from any number of threads at once, on different
// memory. Making and freeing plans takes a lock, since FFTW's planner is one for the process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace kernwise::detail {

std::string fftw_refusal();  // "" or why it cannot be used by this process
std::string fftw_version();  // "fftw-3.3.10"; "" in a build without it

// height x width reals and height x (width / 2 + 1) complex numbers, re im, both without gaps and
// aligned to 64 bytes; not normalised.
class FftwPlane {
 public:
  virtual ~FftwPlane() = default;
  virtual void forward(const float* plane, float* spectrum) const = 0;
  virtual void backward(float* spectrum, float* plane) const = 0;  // destroys the spectrum
};

// Null if FFTW has no plan.
std::unique_ptr<const FftwPlane> make_fftw_plane(int64_t height, int64_t width, int threads);

}  // namespace kernwise::detail
