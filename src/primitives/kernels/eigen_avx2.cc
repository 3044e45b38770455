// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Eigen for AVX2: only called where the processor has it. The standard headers come first, so that
// what they define stays code for every processor. Under a compiler that cannot change the target
// within a file (clang: Eigen would not see it), this is one more baseline.
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
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

#define Eigen EigenAvx2
#define KERNWISE_EIGEN_KERNELS eigen_avx2
#include "kernels/eigen_kernels_inl.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC pop_options
#endif
