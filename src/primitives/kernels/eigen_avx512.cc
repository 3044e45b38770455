// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Eigen for AVX512: only called where the processor has it. The standard headers come first, so
// that what they define stays code for every processor. Under a compiler that cannot change the
// target within a file (clang), this is one more baseline.
#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cmath>
#include <complex>
#include <cstring>
#include <functional>
#include <iostream>
#include <limits>
#include <sstream>
#include <string>
#include <type_traits>

#include "kernwise/device/device.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
// g++ reads the whole file before it acts on the pragma, so Eigen would not see these.
#define __AVX__ 1
#define __AVX2__ 1
#define __FMA__ 1
#define __AVX512F__ 1
#define __AVX512BW__ 1
#define __AVX512DQ__ 1
#define __AVX512VL__ 1
#endif

#define Eigen EigenAvx512
#define KERNWISE_EIGEN_KERNELS eigen_avx512
#include "kernels/eigen_kernels_body.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#undef __AVX512F__
#undef __AVX512BW__
#undef __AVX512DQ__
#undef __AVX512VL__
#undef __AVX__
#undef __AVX2__
#undef __FMA__
#endif
