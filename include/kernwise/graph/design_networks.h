// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Networks of two design spaces, written from their published definitions with the builder and the
// seeded weights of the zoo (zoo.h): any design becomes an ONNX file that can be measured.
//
// NAS-Bench-201 (Dong & Yang 2020, section 2): a 3x3 stem of 16 channels, three stacks of five
// equal cells with residual blocks of stride 2 between them, batch norm, mean over the image, one
// linear layer. A cell has four nodes; node i sums, over j < i, an operation of node j.
//
// MobileNetV2 (Sandler et al. 2018, table 2) with free width, input size and, for each of its seven
// stages, depth, kernel and expansion.
//
// Thread-safety: pure functions. The same arguments give the same bytes.
#pragma once

#include <array>
#include <cstdint>

#include "kernwise/base/result.h"
#include "kernwise/graph/network.h"

namespace kernwise {

// The values are the ones that public tables of this space use.
enum class CellOperation : uint8_t {
  kNone = 0,     // zero
  kSkip = 1,     // identity
  kConv1x1 = 2,  // ReLU, convolution without bias, batch norm
  kConv3x3 = 3,  // the same with a 3x3 kernel and padding 1
  kAvgPool = 4,  // 3x3, stride 1, padding that is not counted
};

struct CellNetwork {
  // On the edges 1<-0, 2<-0, 2<-1, 3<-0, 3<-1, 3<-2.
  std::array<CellOperation, 6> edges{};
  int64_t channels = 16;  // of the first stack; doubled at each reduction
  int64_t cells = 5;      // in each stack
  int64_t image_size = 32;
  int64_t classes = 10;
  int64_t batch = 1;
};

// What cannot reach the output is left out. A cell whose output is zero whatever its input is
// becomes a multiplication by zero, so the network still is one.
// kInvalidInput for sizes outside [1, 4096], or an image that the reductions make vanish.
Result<Network> build_cell_network(const CellNetwork& design, uint64_t seed = 1);

struct MobileStage {
  int64_t depth = 1;      // blocks, 1 to 16
  int64_t kernel = 3;     // of the depthwise convolution: 3, 5, 7
  int64_t expansion = 6;  // 1 to 12
};

struct MobileNetwork {
  double width = 1;  // multiplies all channels, rounded to multiples of 8 as the paper's code does
  int64_t image_size = 224;
  std::array<MobileStage, 7> stages = {
      {{1, 3, 1}, {2, 3, 6}, {3, 3, 6}, {4, 3, 6}, {3, 3, 6}, {3, 3, 6}, {1, 3, 6}}};
  int64_t classes = 1000;
  int64_t batch = 1;
};

// With the defaults it is the zoo's mobilenet_v2.
Result<Network> build_mobile_network(const MobileNetwork& design, uint64_t seed = 1);

}  // namespace kernwise
