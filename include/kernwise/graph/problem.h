// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A problem is one operator instance with its shape and the post-operators fused behind it. Its
// canonical string is the database key, the test name and the command-line argument:
//
//   conv:n1ic64ih56iw56oc128kh3kw3sh1sw1ph1pw1dh1dw1g1+bias+sum+relu
//
// benchdnn's spelling with every field present, in this order; dilation 1 is dense. The others:
//
//   pool:max:n1c64ih112iw112kh3kw3sh2sw2pt0pb1pl0pr1     max, avg (padding is not counted), avgpad
//   fc:n1ic256ih6iw6oc4096+bias+relu
//   eltwise:n1c64h56w56+clip0,6                          any activation
//   scale:n1c64h56w56+relu
//   binary:add:n1c256h56w56+relu                         add, mul, sub, div, prelu
//   concat:n1h28w28c64c128c32                            one c for each input
//   lrn:n1c96h54w54size5alpha1e-04beta0.75k1
//   softmax:n1c1000h1w1
//   reshape:n1c256h6w6-n1c9216h1w1                       from, to
//   transform:nchw-nhwc:n1c64h56w56                      from, to
//   deconv:n1ic64ih7iw7oc32oh14ow14kh4kw4sh2sw2ph1pw1dh1dw1g1+bias+relu
//   broadcast:mul:n1c96h28w28-n1c96h1w1                  both operands; -const: one is weights
//   strided:n1c64h7w7-n1c7h7w64-o0d49d64s1s49            from, to, offset, sizes, strides
//   slice:n1c116h28w28first58count58                     some of the channels
//   shuffle:n1c116h28w28g2                               channels of g groups, interleaved
//   pad:constant:n1c3h8w8nb0na0cb0ca0hb1ha1wb1wa1value0  constant, reflect, edge
//   resize:nearest-half-floor:n1c64ih8iw8oh16ow16yscale2xscale2
//   matmul:n1c8h64w32-n1c8h32w64                         the operands, h x w matrices
//   gemm:m512n256k64                                     C[m x n] = A[m x k] * B[k x n]
//   gemv:m512n256                                        y[m] = A[m x n] * x[n]
//   matconv:h512w400r5                                   image h x w, kernel r x r, both data
//
//   problem  = kind ":" [word [":"]] fields {"-" fields} ["+bias"] ["+sum"] ["+" activation]
//   fields   = { name number }       names are lower-case letters; sizes have digits only
//   activation = "relu" | "clip" low "," high | "leaky" slope | "sigmoid" | "tanh"
//              | "hardsigmoid" alpha "," beta | "hardswish" | "swish"
//
// Padding that is the same on both sides of h and of w is spelt ph.pw.; otherwise pt.pb.pl.pr.
// stands in their place. Fractions have the shortest digits that read back as the same float; a
// bound of clip may be inf or -inf. Equal problems have equal canonical strings.
//
// The parser takes fields in any order and a short form with defaults left out: n1, s1, p0, d1, g1;
// h1 where there is no kernel; lrn's alpha1e-4 beta0.75 k1 (ONNX's); and a missing w part equals
// its h part (iw = ih, pl = pt, pr = pb, ...). The text is untrusted: any bytes, any length.
//
// All values are fp32. Sizes are at least 1; products that leave int64 make a string invalid.
// Thread-safety: plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/layout.h"

namespace kernwise {

// A function of one element. alpha and beta are zero where they have no meaning. Values and names
// are frozen by a test.
enum class ActivationKind : uint8_t {
  kNone = 0,
  kRelu = 1,
  kClip = 2,       // min(max(x, alpha), beta)
  kLeakyRelu = 3,  // x < 0 ? alpha * x : x
  kSigmoid = 4,    // 1 / (1 + exp(-x))
  kTanh = 5,
  kHardSigmoid = 6,  // min(max(alpha * x + beta, 0), 1)
  kHardSwish = 7,    // x * min(max(x / 6 + 1/2, 0), 1)
  kSwish = 8,        // x * sigmoid(x), also called SiLU
};
struct Activation {
  ActivationKind kind = ActivationKind::kNone;
  float alpha = 0;  // clip: lower bound; leaky: slope; hard sigmoid: factor
  float beta = 0;   // clip: upper bound; hard sigmoid: offset
  friend auto operator<=>(const Activation&, const Activation&) = default;
};
float apply(const Activation& activation, float x);

// out = activation(operator(in) + bias[channel] + residual). Only conv, fc and scale take them all;
// deconv takes a bias and an activation, binary and broadcast an activation. The residual has the
// shape and layout of the output; it arrives in the output buffer, which the kernel overwrites with
// the result.
struct PostOps {
  bool bias = false;
  bool residual = false;
  Activation activation = {};
  friend auto operator<=>(const PostOps&, const PostOps&) = default;
};

struct ConvProblem {
  int64_t n = 1, ic = 1, ih = 1, iw = 1, oc = 1, kh = 1, kw = 1;
  int64_t sh = 1, sw = 1;
  int64_t pt = 0, pb = 0, pl = 0, pr = 0;
  int64_t dh = 1, dw = 1;  // 1 = dense
  int64_t g = 1;           // groups; weights are [oc, ic / g, kh, kw]
  friend auto operator<=>(const ConvProblem&, const ConvProblem&) = default;

  int64_t oh() const { return (ih + pt + pb - (kh - 1) * dh - 1) / sh + 1; }
  int64_t ow() const { return (iw + pl + pr - (kw - 1) * dw - 1) / sw + 1; }
  bool depthwise() const { return g > 1 && g == ic && g == oc; }
};

enum class PoolKind : uint8_t {
  kMax = 0,
  kAvgIncludePad = 1,
  kAvgExcludePad = 2,
};
// Ceil-mode pooling is spelt by a larger pb / pr (max, avg-exclude-pad), so the output size is the
// floor formula, always.
struct PoolProblem {
  PoolKind kind = PoolKind::kMax;
  int64_t n = 1, c = 1, ih = 1, iw = 1, kh = 1, kw = 1;
  int64_t sh = 1, sw = 1;
  int64_t pt = 0, pb = 0, pl = 0, pr = 0;
  friend auto operator<=>(const PoolProblem&, const PoolProblem&) = default;

  int64_t oh() const { return (ih + pt + pb - kh) / sh + 1; }
  int64_t ow() const { return (iw + pl + pr - kw) / sw + 1; }
};

// Fully connected ("inner product"): each image's ic*ih*iw values, in logical nchw order, times
// weights [oc, ic*ih*iw]. Flatten is part of it, so the input may lie in any layout.
struct FcProblem {
  int64_t n = 1, ic = 1, ih = 1, iw = 1, oc = 1;
  friend auto operator<=>(const FcProblem&, const FcProblem&) = default;
};

// y = activation(x), element by element (the activation stands in the post-operators).
struct EltwiseProblem {
  Shape4 shape = {};
  friend auto operator<=>(const EltwiseProblem&, const EltwiseProblem&) = default;
};

// y[n,c,h,w] = scale[c] * x[n,c,h,w] + shift[c]: a BatchNormalization that could not be folded.
// The shift is there whatever post_ops.bias says; lowering leaves it false.
struct ScaleProblem {
  Shape4 shape = {};
  friend auto operator<=>(const ScaleProblem&, const ScaleProblem&) = default;
};

// Of operands a and b in this order. prelu: a < 0 ? a * b : a.
enum class BinaryKind : uint8_t { kAdd = 0, kMul = 1, kSub = 2, kDiv = 3, kPrelu = 4 };
struct BinaryProblem {  // two inputs of the same shape
  BinaryKind kind = BinaryKind::kAdd;
  Shape4 shape = {};
  friend auto operator<=>(const BinaryProblem&, const BinaryProblem&) = default;
};

struct ConcatProblem {  // along the channels; inputs [n, channels[i], h, w]
  int64_t n = 1, h = 1, w = 1;
  std::vector<int64_t> channels = {};
  friend auto operator<=>(const ConcatProblem&, const ConcatProblem&) = default;
};

// ONNX LRN, across channels: y = x / (k + alpha / size * sum of squares)^beta.
struct LrnProblem {
  Shape4 shape = {};
  int64_t size = 1;
  float alpha = 0, beta = 0, k = 1;
  friend auto operator<=>(const LrnProblem&, const LrnProblem&) = default;
};

struct SoftmaxProblem {  // over the channels, for each (n, h, w)
  Shape4 shape = {};
  friend auto operator<=>(const SoftmaxProblem&, const SoftmaxProblem&) = default;
};

// The same values in logical nchw order under another shape: from.elements() == to.elements().
struct ReshapeProblem {
  Shape4 from = {}, to = {};
  friend auto operator<=>(const ReshapeProblem&, const ReshapeProblem&) = default;
};

struct TransformProblem {  // the same tensor in another layout; never with post-operators
  Shape4 shape = {};
  Layout from = Layout::kNchw, to = Layout::kNchw;
  friend auto operator<=>(const TransformProblem&, const TransformProblem&) = default;
};

// Transposed convolution (ONNX ConvTranspose): input (y, x) times tap (ky, kx) is added to output
// (y * sh - pt + ky * dh, x * sw - pl + kx * dw). The output size is stated, so padding at the end
// and output padding are part of it. Weights are [oc, ic / g, kh, kw], like a convolution's.
struct DeconvProblem {
  int64_t n = 1, ic = 1, ih = 1, iw = 1, oc = 1, oh = 1, ow = 1, kh = 1, kw = 1;
  int64_t sh = 1, sw = 1;
  int64_t pt = 0, pl = 0;
  int64_t dh = 1, dw = 1;
  int64_t g = 1;
  friend auto operator<=>(const DeconvProblem&, const DeconvProblem&) = default;
};

// Two operands whose sizes agree or are 1 along each dimension; sizes of 1 are repeated. One of
// them may be a constant: then it is the problem's weights, and the other its only input.
enum class ConstantOperand : uint8_t { kNone = 0, kFirst = 1, kSecond = 2 };
struct BroadcastProblem {
  BinaryKind kind = BinaryKind::kAdd;
  ConstantOperand constant = ConstantOperand::kNone;
  Shape4 a = {}, b = {};
  friend auto operator<=>(const BroadcastProblem&, const BroadcastProblem&) = default;
};

// Output element (i0, i1, ...) of `sizes`, in row-major order, is input element
// offset + i0 * strides[0] + i1 * strides[1] + ..., both in logical nchw order: transposition,
// slicing along any axis and with any step, and repetition are all of this form.
struct StridedProblem {
  Shape4 from = {}, to = {};
  int64_t offset = 0;
  std::vector<int64_t> sizes = {}, strides = {};  // as many; outermost first
  friend auto operator<=>(const StridedProblem&, const StridedProblem&) = default;
};

struct SliceProblem {  // channels [first, first + count)
  Shape4 shape = {};
  int64_t first = 0, count = 1;
  friend auto operator<=>(const SliceProblem&, const SliceProblem&) = default;
};

// Channel i * (c / g) + j goes to j * g + i (ShuffleNet, Zhang et al. 2018, section 3.1).
struct ShuffleProblem {
  Shape4 shape = {};
  int64_t g = 1;
  friend auto operator<=>(const ShuffleProblem&, const ShuffleProblem&) = default;
};

enum class PadKind : uint8_t { kConstant = 0, kReflect = 1, kEdge = 2 };
struct PadProblem {  // ..b: elements before the first along that dimension, ..a: after the last
  PadKind kind = PadKind::kConstant;
  Shape4 shape = {};
  int64_t nb = 0, na = 0, cb = 0, ca = 0, hb = 0, ha = 0, wb = 0, wa = 0;
  float value = 0;  // kConstant
  friend auto operator<=>(const PadProblem&, const PadProblem&) = default;
};

// ONNX Resize along h and w. Where an output pixel lies in the input is resize_source() below.
enum class ResizeKind : uint8_t { kNearest = 0, kLinear = 1 };
enum class ResizeCoordinates : uint8_t {
  kHalfPixel = 0,
  kAsymmetric = 1,
  kAlignCorners = 2,
  kPytorchHalfPixel = 3,
  kHalfPixelSymmetric = 4,
};
enum class ResizeRounding : uint8_t { kFloor = 0, kCeil = 1, kPreferFloor = 2, kPreferCeil = 3 };
struct ResizeProblem {
  ResizeKind kind = ResizeKind::kNearest;
  ResizeCoordinates coordinates = ResizeCoordinates::kHalfPixel;
  ResizeRounding rounding = ResizeRounding::kFloor;  // nearest only
  int64_t n = 1, c = 1, ih = 1, iw = 1, oh = 1, ow = 1;
  float yscale = 1, xscale = 1;  // output over input size, as the file states it
  friend auto operator<=>(const ResizeProblem&, const ResizeProblem&) = default;
};

// Products of matrices [h, w] for each (n, c), which are repeated where one operand has 1.
struct MatmulProblem {
  Shape4 a = {}, b = {};
  friend auto operator<=>(const MatmulProblem&, const MatmulProblem&) = default;
};

// The kernels of Srivastava et al. 2020 that no network holds: plain matrices, both operands data.
// A matrix is a tensor {1, 1, rows, columns}, a vector {1, 1, 1, length}. (Their max pooling is
// PoolProblem.)
struct GemmProblem {  // C[m x n] = A[m x k] * B[k x n]; inputs A, B
  int64_t m = 1, n = 1, k = 1;
  friend auto operator<=>(const GemmProblem&, const GemmProblem&) = default;
};
struct GemvProblem {  // y[m] = A[m x n] * x[n]; inputs A, x
  int64_t m = 1, n = 1;
  friend auto operator<=>(const GemvProblem&, const GemvProblem&) = default;
};
// Valid correlation of one channel: out[y, x] = sum of in[y + i, x + j] * kernel[i, j] over
// i, j < r. Inputs are the image h x w and the kernel r x r.
struct MatconvProblem {
  int64_t h = 1, w = 1, r = 1;
  friend auto operator<=>(const MatconvProblem&, const MatconvProblem&) = default;

  int64_t oh() const { return h - r + 1; }
  int64_t ow() const { return w - r + 1; }
};

// The order is that of ProblemKind. Frozen by a test, as are the names.
enum class ProblemKind : uint8_t {
  kConv = 0,
  kPool = 1,
  kFc = 2,
  kEltwise = 3,
  kScale = 4,
  kBinary = 5,
  kConcat = 6,
  kLrn = 7,
  kSoftmax = 8,
  kReshape = 9,
  kTransform = 10,
  kDeconv = 11,
  kBroadcast = 12,
  kStrided = 13,
  kSlice = 14,
  kShuffle = 15,
  kPad = 16,
  kResize = 17,
  kMatmul = 18,
  kGemm = 19,
  kGemv = 20,
  kMatconv = 21,
};
using Operator =
    std::variant<ConvProblem, PoolProblem, FcProblem, EltwiseProblem, ScaleProblem, BinaryProblem,
                 ConcatProblem, LrnProblem, SoftmaxProblem, ReshapeProblem, TransformProblem,
                 DeconvProblem, BroadcastProblem, StridedProblem, SliceProblem, ShuffleProblem,
                 PadProblem, ResizeProblem, MatmulProblem, GemmProblem, GemvProblem,
                 MatconvProblem>;

struct Problem {
  Operator op;
  PostOps post_ops = {};
  friend auto operator<=>(const Problem&, const Problem&) = default;

  ProblemKind kind() const { return static_cast<ProblemKind>(op.index()); }
  template <typename T>
  const T* as() const {
    return std::get_if<T>(&op);
  }
};

std::string_view to_string(ProblemKind kind);  // "conv", "pool", ...

std::string to_string(const Problem& problem);         // canonical
std::string to_short_string(const Problem& problem);   // defaults left out; for people
Result<Problem> parse_problem(std::string_view text);  // takes both; says what is wrong and where

// Checks every rule a parsed or built problem must keep (sizes >= 1, groups divide channels, kernel
// fits the padded input, element counts within int64 and 2^40, post-operators legal for the kind).
Status validate(const Problem& problem);

int input_count(const Problem& problem);  // data inputs, the residual not counted
Shape4 input_shape(const Problem& problem, int index);
Shape4 output_shape(const Problem& problem);
int64_t weight_elements(const Problem& problem);  // 0 where there are none; scale: c (+ c as bias)
int64_t bias_elements(const Problem& problem);    // 0 unless post_ops.bias (or scale's shift)
// conv, deconv, fc, matmul, gemm, gemv, matconv; else 0
Macs macs(const Problem& problem);
// What must at least move to and from memory: inputs, residual, weights, bias and output, once each
// (4 bytes an element, layout padding not counted).
Bytes least_traffic(const Problem& problem);

// Where output index `at` along an axis lies in the input, before rounding and clamping to it
// (ONNX Resize, coordinate_transformation_mode), in double.
double resize_source(ResizeCoordinates coordinates, int64_t at, int64_t in, int64_t out,
                     float scale);
// The input index that nearest takes there: rounded, and inside the input.
int64_t resize_nearest(const ResizeProblem& problem, int64_t at, int64_t in, int64_t out,
                       float scale);

}  // namespace kernwise
