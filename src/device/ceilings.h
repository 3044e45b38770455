// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The two ceilings of the roofline (Williams, Waterman, Patterson 2009), measured. Not thread-safe
// in the sense that two measurements at once disturb each other.
#pragma once

#include "kernwise/base/units.h"

namespace kernwise::detail {

struct LoopTimes {
  double peak_gflops = 0;  // of all threads together, 2 flops a multiply-add
  double noise = 0;        // half the distance of the deciles of a run's time, over the median
};
LoopTimes time_multiply_adds(int threads);

// GB/s of all threads together, each reading its part of 256 MiB, or of what `available` memory
// allows. 0 where there is not even memory for 16 MiB.
double read_bandwidth(int threads, Bytes available);

}  // namespace kernwise::detail
