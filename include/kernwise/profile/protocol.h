// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How a primitive is timed. A measured cost should be what the primitive costs inside a network:
//
//  - Cold weights. A network streams its weights: between two uses of a layer's weights all the
//    others pass through the caches. So before each timed run at least `kColdTraffic` bytes of
//    other memory have been touched since the kernel's weights were last read. Runs of different
//    candidates are interleaved, which does most of that for free; a sweep over a spare buffer
//    does the rest.
//  - Warm input. The layer before has just written it: it is rewritten line by line before the run.
//  - One pair of activation buffers for all problems, as in a memory-planned run: the output buffer
//    is as warm as reuse makes it.
//  - Medians, never minima; runs of one candidate lie far apart in time.
//  - Several threads: each is bound to a processor of its own (BoundTeam, primitives/primitive.h).
//
// On another resource than the processor (primitives/resource.h) inputs and outputs lie in its
// memory, and each timed run follows an untimed one of the same kernel: nobody but its kernels
// reaches its caches. Copies are not in the time (profile/transfers.h).
//
// `warm` keeps the weights in the caches (the protocol of most published tables); it favours
// primitives with large packed weights.
#pragma once

#include <string_view>

#include "kernwise/base/units.h"

namespace kernwise {

// Names are part of the store key. The number is raised whenever the protocol changes its figures.
inline constexpr std::string_view kColdProtocol = "cold-2";
inline constexpr std::string_view kWarmProtocol = "warm-2";
inline constexpr std::string_view kDeviceProtocol = "device-1";
inline constexpr Bytes kColdTraffic{int64_t{128} << 20};

}  // namespace kernwise
