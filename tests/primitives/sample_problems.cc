// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "primitives/sample_problems.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "kernwise/base/check.h"
#include "kernwise/graph/work.h"

namespace kernwise::test {
namespace {

constexpr Activation kRelu{ActivationKind::kRelu, 0, 0};
constexpr Activation kClip{ActivationKind::kClip, 0, 1.5f};
// Zero is outside: what is clipped in the padding of a blocked tensor would not stay zero.
constexpr Activation kClipAboveZero{ActivationKind::kClip, 0.25f, 1.5f};

constexpr Activation kLeaky{ActivationKind::kLeakyRelu, 0.2f, 0};
constexpr Activation kSigmoid{ActivationKind::kSigmoid, 0, 0};
constexpr Activation kTanh{ActivationKind::kTanh, 0, 0};
constexpr Activation kHardSigmoid{ActivationKind::kHardSigmoid, 0.2f, 0.5f};
constexpr Activation kHardSwish{ActivationKind::kHardSwish, 0, 0};
constexpr Activation kSwish{ActivationKind::kSwish, 0, 0};
constexpr std::array<Activation, 9> kActivations = {
    kRelu, kClip, kClipAboveZero, kLeaky, kSigmoid, kTanh, kHardSigmoid, kHardSwish, kSwish};

const std::array<PostOps, 14> kPostOps = {{
    {.bias = false, .residual = false, .activation = {}},
    {.bias = true, .residual = false, .activation = kRelu},
    {.bias = true, .residual = true, .activation = kRelu},
    {.bias = true, .residual = false, .activation = kClipAboveZero},
    {.bias = false, .residual = true, .activation = {}},
    {.bias = true, .residual = false, .activation = {}},
    {.bias = false, .residual = false, .activation = kClip},
    {.bias = true, .residual = true, .activation = kClip},
    {.bias = true, .residual = false, .activation = kSwish},
    {.bias = true, .residual = false, .activation = kLeaky},
    {.bias = true, .residual = true, .activation = kHardSwish},
    {.bias = false, .residual = false, .activation = kSigmoid},
    {.bias = true, .residual = false, .activation = kHardSigmoid},
    {.bias = true, .residual = true, .activation = kTanh},
}};

Problem parsed(std::string_view text) {
  auto problem = parse_problem(text);
  KERNWISE_CHECK(problem.ok());
  return *std::move(problem);
}

template <typename T>
T pick(Rng& rng, std::initializer_list<T> values) {
  return values.begin()[rng.integer(0, static_cast<int64_t>(values.size()) - 1)];
}

int64_t random_channels(Rng& rng) {
  return rng.integer(0, 2) == 0 ? rng.integer(1, 40)
                                : pick<int64_t>(rng, {3, 8, 16, 17, 24, 32, 48, 64});
}

constexpr std::array<BinaryKind, 5> kBinaryKinds = {
    BinaryKind::kAdd, BinaryKind::kMul, BinaryKind::kSub, BinaryKind::kDiv, BinaryKind::kPrelu};

// Everything that broadcasts or moves the values of a tensor of shape `s`.
void add_moves(const Shape4& s, std::vector<Problem>& problems) {
  const Shape4 others[] = {{s.n, s.c, 1, 1}, {1, s.c, 1, 1},     {1, 1, 1, 1},
                           {1, 1, s.h, s.w}, {s.n, 1, s.h, s.w}, {1, s.c, s.h, s.w},
                           {1, 1, 1, s.w},   {1, s.c, s.h, 1}};
  int turn = 0;
  for (const Shape4& other : others) {
    const BinaryKind kind = kBinaryKinds[turn % kBinaryKinds.size()];
    for (const auto constant :
         {ConstantOperand::kNone, ConstantOperand::kFirst, ConstantOperand::kSecond}) {
      const bool flip = turn++ % 2 == 1;
      problems.push_back({BroadcastProblem{kind, constant, flip ? other : s, flip ? s : other},
                          {.bias = false, .residual = false,
                           .activation = turn % 3 == 0 ? kHardSigmoid : Activation{}}});
    }
  }
  problems.push_back({BroadcastProblem{BinaryKind::kSub, ConstantOperand::kNone,
                                       {s.n, s.c, 1, s.w}, {1, s.c, s.h, 1}},
                      {}});
  for (const int64_t first : {int64_t{0}, s.c / 2, s.c - 1})
    problems.push_back({SliceProblem{s, first, (s.c - first + 1) / 2}, {}});
  for (const int64_t g : {2, 3, 4, 8})
    if (s.c % g == 0) problems.push_back({ShuffleProblem{s, g}, {}});
  problems.push_back({PadProblem{.kind = PadKind::kConstant, .shape = s, .nb = 1, .ca = 2, .hb = 1,
                                 .ha = 3, .wb = 2, .value = -1.5f},
                      {}});
  problems.push_back({PadProblem{.kind = PadKind::kEdge, .shape = s, .cb = 1, .hb = 2, .ha = 1,
                                 .wb = 3, .wa = 9},
                      {}});
  if (s.h > 2 && s.w > 2)
    problems.push_back({PadProblem{.kind = PadKind::kReflect, .shape = s, .hb = 2, .ha = 1, .wb = 1,
                                   .wa = 2},
                        {}});
  for (const auto coordinates :
       {ResizeCoordinates::kHalfPixel, ResizeCoordinates::kAsymmetric,
        ResizeCoordinates::kAlignCorners, ResizeCoordinates::kPytorchHalfPixel,
        ResizeCoordinates::kHalfPixelSymmetric}) {
    ResizeProblem resize{.coordinates = coordinates, .n = s.n, .c = s.c, .ih = s.h, .iw = s.w,
                         .oh = 2 * s.h, .ow = 2 * s.w, .yscale = 2, .xscale = 2};
    resize.rounding = static_cast<ResizeRounding>(turn++ % 4);
    problems.push_back({resize, {}});
    resize = {.kind = ResizeKind::kLinear, .coordinates = coordinates, .n = s.n, .c = s.c,
              .ih = s.h, .iw = s.w, .oh = s.h + 3, .ow = (s.w + 1) / 2};
    resize.yscale = static_cast<float>(resize.oh) / static_cast<float>(resize.ih);
    resize.xscale = static_cast<float>(resize.ow) / static_cast<float>(resize.iw);
    problems.push_back({resize, {}});
  }
}

void add_deconvolutions(std::vector<Problem>& problems) {
  for (const std::string_view text :
       {"deconv:ic16ih7oc32oh14kh4sh2ph1", "deconv:ic32ih5iw9oc16oh5ow9kh3ph1",
        "deconv:n2ic7ih6oc5oh13kh3sh2ph0", "deconv:ic12ih4oc8oh9kh3sh2dh2ph1g4",
        "deconv:ic64ih8oc64oh16kh2sh2", "deconv:ic3ih1oc4oh8kh8", "deconv:ic4ih9oc4oh3kh3sh1ph4",
        "deconv:ic8ih5iw1oc8oh20ow1kh3kw1sh4sw1ph1pw0", "deconv:ic16ih6oc16oh12kh3sh2ph1g16"})
    for (const PostOps& post_ops : kPostOps)
      if (!post_ops.residual) problems.push_back({parsed(text).op, post_ops});
}

}  // namespace

std::vector<Problem> convolution_table() {
  constexpr std::string_view kShapes[] = {
      // 3x3, stride 1
      "conv:ic16ih8oc16kh3ph1", "conv:ic32ih14oc48kh3ph1", "conv:ic64ih7oc64kh3ph1",
      "conv:ic17ih13iw9oc19kh3ph1", "conv:n3ic16ih10iw6oc32kh3", "conv:ic3ih12oc16kh3ph1",
      "conv:n2ic5ih7iw11oc7kh3ph1", "conv:ic16ih9iw5oc16kh3pt0pb2pl1pr0", "conv:ic16ih3oc16kh3",
      "conv:n8ic16ih5oc16kh3ph1", "conv:ic33ih6oc1kh3ph1", "conv:ic1ih6oc33kh3ph1",
      // 1x1
      "conv:ic64ih7oc32kh1", "conv:n2ic24ih9iw5oc144kh1", "conv:ic17ih5oc13kh1",
      "conv:ic32ih8oc64kh1sh2", "conv:ic16ih1iw1oc10kh1", "conv:ic16ih6oc16kh1ph1",
      // strides, dilation, odd kernels
      "conv:ic3ih32oc64kh7sh2ph3", "conv:ic16ih15oc16kh3sh2ph1", "conv:ic8ih12iw20oc24kh5ph2",
      "conv:ic16ih16oc16kh3ph2dh2", "conv:ic6ih11iw13oc10kh3kw5ph2pw2dh2dw1sh1sw3",
      "conv:ic16ih9oc16kh1kw7ph0pw3", "conv:ic16ih9oc16kh7kw1ph3pw0", "conv:ic3ih23oc32kh11sh4ph2",
      "conv:ic4ih8oc8kh2", "conv:ic16ih12iw7oc32kh3sh2sw1pt1pb0pl0pr2",
      // 5x5, and kernels of one dimension
      "conv:ic32ih14oc32kh5ph2", "conv:n2ic17ih11iw9oc19kh5ph2", "conv:ic16ih9oc16kh5",
      "conv:ic18ih11iw14oc20kh1kw3ph0pw1", "conv:n2ic16ih10iw7oc32kh3kw1ph1pw0",
      "conv:ic24ih7iw15oc16kh1kw5ph0pw2", "conv:ic16ih13oc17kh5kw1ph2pw0",
      "conv:n2ic20ih9iw17oc32kh7kw1ph3pw0", "conv:ic33ih6iw18oc16kh1kw7ph0pw3",
      // kernels for which Fourier transforms are offered
      "conv:ic16ih20oc24kh7ph3", "conv:ic3ih33iw40oc18kh11ph5",
      "conv:n2ic17ih19iw11oc7kh7kw9ph3pw4", "conv:ic32ih24oc64kh9g2",
      // groups and depthwise
      "conv:ic32ih8oc32kh3ph1g2", "conv:n2ic32ih9oc64kh5ph2g2", "conv:ic20ih9oc24kh3ph1g2",
      "conv:ic12ih7oc18kh3ph1g3", "conv:n2ic64ih6oc64kh1g4",
      "conv:ic32ih10oc32kh3ph1g32", "conv:ic24ih9iw13oc24kh3ph1g24", "conv:n2ic17ih7oc17kh3ph1g17",
      "conv:ic48ih12oc48kh3sh2ph1g48", "conv:ic16ih9oc16kh5ph2g16", "conv:ic16ih8oc32kh3ph1g16",
      "conv:ic16ih14oc16kh3ph2dh2g16", "conv:ic144ih8oc144kh3sh2pt0pb1pl0pr1g144",
  };
  std::vector<Problem> problems;
  for (const std::string_view shape : kShapes) {
    problems.push_back(parsed(shape));
    problems.back().post_ops = kPostOps[problems.size() % kPostOps.size()];
  }
  return problems;
}

std::vector<Problem> post_operator_table() {
  std::vector<Problem> problems;
  for (const std::string_view shape :
       {"conv:ic32ih8oc32kh3ph1", "conv:n2ic19ih6iw9oc21kh3ph1", "conv:ic24ih7oc24kh3ph1g24",
        "conv:ic40ih6oc24kh1"})
    for (const bool bias : {false, true})
      for (const bool residual : {false, true})
      {
        problems.push_back(parsed(shape));
        problems.back().post_ops = {bias, residual, {}};
        for (const Activation& activation : kActivations) {
          problems.push_back(parsed(shape));
          problems.back().post_ops = {bias, residual, activation};
        }
      }
  return problems;
}

std::vector<Problem> operator_table() {
  std::vector<Problem> problems;
  const Shape4 shapes[] = {{1, 16, 7, 7}, {2, 24, 5, 9},   {1, 17, 6, 4}, {3, 64, 3, 3},
                           {1, 3, 11, 8}, {1, 1000, 1, 1}, {8, 10, 1, 1}, {1, 1, 5, 5}};
  for (const Shape4& s : shapes) {
    for (const PoolKind kind :
         {PoolKind::kMax, PoolKind::kAvgIncludePad, PoolKind::kAvgExcludePad}) {
      if (s.h < 3) continue;
      problems.push_back({PoolProblem{kind, s.n, s.c, s.h, s.w, 3, 3, 2, 2, 1, 1, 1, 1}, {}});
      problems.push_back({PoolProblem{kind, s.n, s.c, s.h, s.w, 2, 3, 1, 2, 0, 1, 1, 0}, {}});
      problems.push_back({PoolProblem{kind, s.n, s.c, s.h, s.w, s.h, s.w}, {}});
    }
    for (const PostOps& post_ops : kPostOps) {
      problems.push_back({FcProblem{s.n, s.c, s.h, s.w, 33}, post_ops});
      problems.push_back({ScaleProblem{s}, post_ops});
    }
    for (const Activation& activation : kActivations)
      problems.push_back({EltwiseProblem{s}, {.bias = false, .residual = false,
                                              .activation = activation}});
    for (const BinaryKind kind : kBinaryKinds)
      for (const Activation& activation : {Activation{}, kRelu, kClipAboveZero, kSwish})
        problems.push_back({BinaryProblem{kind, s}, {.bias = false, .residual = false,
                                                     .activation = activation}});
    for (const std::vector<int64_t>& channels :
         {std::vector<int64_t>{16, 32, 16}, {24, 8, 17}, {3, 5}, {16}, {1, 1, 1, 1}})
      problems.push_back({ConcatProblem{s.n, s.h, s.w, channels}, {}});
    problems.push_back({LrnProblem{s, 5, 1e-4f, 0.75f, 1}, {}});
    problems.push_back({LrnProblem{s, 5, 1.5f, 0.75f, 2}, {}});
    problems.push_back({LrnProblem{s, 3, 0.5f, 0.6f, 1}, {}});
    problems.push_back({LrnProblem{s, 4, 0.5f, 1.0f, 1}, {}});
    problems.push_back({LrnProblem{s, 7, 0.5f, 1.0f, 1}, {}});
    problems.push_back({SoftmaxProblem{s}, {}});
    problems.push_back({ReshapeProblem{s, {s.n, s.c * s.h, s.w, 1}}, {}});
    add_moves(s, problems);
  }
  add_deconvolutions(problems);
  for (const char* text : {"matmul:c1h5w7-c1h7w3", "matmul:n2c3h9w4-n1c3h4w20",
                           "matmul:n1c4h1w64-n2c1h64w33", "matmul:c1h64w128-c1h128w64"})
    problems.push_back(parsed(text));
  for (const char* text :
       {"strided:c6h4w5-c4h5w6-d20d6s1s20", "strided:n2c6h4w5-n2c4h5w6-d2d20d6s120s1s20",
        "strided:c40h30w1-c30h40w1-d30d40s1s30", "strided:c6h4w5-c6h2w3-o4d6d2d3s20s10s-2",
        "strided:c6h4w5-c6h4w5-o119d120s-1", "strided:c3h1w1-c3h5w1-d3d5s1s0",
        "strided:n1c70h1w50-n1c50h70w1-d50d70s1s50", "strided:c4h4w4-c1h1w1-o63d1s1"})
    problems.push_back(parsed(text));
  for (const int64_t n : {1, 2, 8}) problems.push_back({FcProblem{n, 512, 1, 1, 1000}, {}});
  return problems;
}

std::vector<Problem> matrix_kernel_table() {
  std::vector<Problem> problems;
  for (const char* text :
       {"gemm:m1n1k1", "gemm:m1n70k33", "gemm:m70n1k33", "gemm:m33n70k1", "gemm:m14n32k16",
        "gemm:m15n33k17", "gemm:m64n64k64", "gemm:m3n200k5", "gemm:m200n3k130", "gemm:m7n16k300",
        "gemm:m97n101k103", "gemm:m2n2k1000", "gemm:m129n300k65",
        "gemv:m1n1", "gemv:m1n300", "gemv:m300n1", "gemv:m64n64", "gemv:m5n127", "gemv:m127n129",
        "gemv:m6n1031",
        "matconv:h1r1", "matconv:h3r3", "matconv:h5w40r5", "matconv:h40w5r5", "matconv:h10r3",
        "matconv:h64w65r3", "matconv:h37w130r5", "matconv:h30w29r7", "matconv:h50w81r11",
        "matconv:h20w300r4", "matconv:h17w23r1", "matconv:h9w75r8",
        "pool:max:c1ih5kh2", "pool:max:c1ih5kh5", "pool:max:c1ih40iw37kh2sh2",
        "pool:max:c1ih41iw73kh3sh2", "pool:max:c1ih33iw130kh5", "pool:max:c1ih64iw65kh4sh1sw2",
        "pool:max:c1ih30iw31kh3kw2sh3sw3", "pool:max:n2c3ih17iw19kh3sh2", "pool:max:c5ih8iw9kh1sh2",
        "pool:max:c1ih200iw7kh2sh1", "pool:max:c1ih9iw200kh4sh2", "pool:max:c1ih60iw61kh20kw30",
        "pool:max:n3c7ih14iw14kh2sh2", "pool:max:c2ih50iw300kh2kw9sh5sw1"})
    problems.push_back(parsed(text));
  return problems;
}

Problem random_matrix_kernel(Rng& rng, double max_operations) {
  const auto size = [&rng] { return rng.integer(1, rng.integer(0, 2) == 0 ? 20 : 300); };
  while (true) {
    Problem problem;
    switch (rng.integer(0, 3)) {
      case 0: problem.op = GemmProblem{size(), size(), size()}; break;
      case 1: problem.op = GemvProblem{size(), size()}; break;
      case 2: problem.op = MatconvProblem{size(), size(), rng.integer(1, 9)}; break;
      default: {
        PoolProblem pool{.n = rng.integer(1, 2), .c = rng.integer(1, 3)};
        pool.ih = size(), pool.iw = size();
        pool.kh = rng.integer(1, 6), pool.kw = rng.integer(1, 6);
        pool.sh = rng.integer(1, 3), pool.sw = rng.integer(1, 3);
        problem.op = pool;
      }
    }
    if (validate(problem).ok() && work(problem, WorkTerm::kOperations) <= max_operations)
      return problem;
  }
}

Problem random_convolution(Rng& rng, int64_t max_macs) {
  while (true) {
    ConvProblem conv{.n = rng.integer(0, 2) == 0 ? rng.integer(2, 8) : 1,
                     .ic = random_channels(rng),
                     .ih = rng.integer(1, 24),
                     .iw = rng.integer(1, 24),
                     .oc = random_channels(rng)};
    conv.kh = conv.kw = pick<int64_t>(rng, {1, 1, 2, 3, 3, 5, 7});
    if (rng.integer(0, 3) == 0) conv.kw = rng.integer(1, 7);
    switch (rng.integer(0, 5)) {
      case 0: conv.g = conv.oc = conv.ic; break;
      case 1:
        conv.g = rng.integer(2, 4);
        conv.ic *= conv.g;
        conv.oc *= conv.g;
        break;
      case 2: case 3: conv.kh = conv.kw = 3; break;
      default:
        conv.sh = conv.sw = rng.integer(1, 3);
        if (rng.integer(0, 3) == 0) conv.sw = rng.integer(1, 4);
        if (rng.integer(0, 3) == 0) conv.dh = rng.integer(1, 3);
        if (rng.integer(0, 3) == 0) conv.dw = rng.integer(1, 3);
    }
    const auto padding = [&rng](int64_t kernel) {
      return rng.integer(0, 1) == 0 ? kernel / 2 : rng.integer(0, kernel - 1);
    };
    conv.pt = conv.pb = padding(conv.kh);
    conv.pl = conv.pr = padding(conv.kw);
    if (rng.integer(0, 3) == 0) conv.pb = padding(conv.kh);
    if (rng.integer(0, 3) == 0) conv.pr = padding(conv.kw);
    const auto last = static_cast<int64_t>(kPostOps.size()) - 1;
    const Problem problem{conv, kPostOps[rng.integer(0, last)]};
    if (validate(problem).ok() && macs(problem).value <= max_macs) return problem;
  }
}

Problem random_operator(Rng& rng, int64_t max_elements) {
  const std::vector<Problem> table = operator_table();
  while (true) {
    Problem problem = table[rng.integer(0, static_cast<int64_t>(table.size()) - 1)];
    const Shape4 s{rng.integer(1, 4), random_channels(rng), rng.integer(1, 20),
                   rng.integer(1, 20)};
    if (s.elements() > max_elements) continue;
    std::visit(
        [&](auto& op) {
          using T = std::decay_t<decltype(op)>;
          if constexpr (std::is_same_v<T, PoolProblem>) {
            op = {op.kind, s.n, s.c, s.h, s.w, rng.integer(1, 4), rng.integer(1, 4),
                  rng.integer(1, 3), rng.integer(1, 3)};
            op.pt = rng.integer(0, op.kh - 1);
            op.pb = rng.integer(0, op.kh - 1);
            op.pl = rng.integer(0, op.kw - 1);
            op.pr = rng.integer(0, op.kw - 1);
          } else if constexpr (std::is_same_v<T, FcProblem>) {
            op = {s.n, s.c, s.h, s.w, rng.integer(1, 70)};
          } else if constexpr (std::is_same_v<T, ConcatProblem>) {
            op = {s.n, s.h, s.w, {}};
            for (int64_t i = rng.integer(1, 4); i > 0; --i)
              op.channels.push_back(random_channels(rng));
          } else if constexpr (std::is_same_v<T, BroadcastProblem>) {
            op.a = op.b = s;
            for (int64_t* size : {&op.a.n, &op.a.c, &op.a.h, &op.a.w, &op.b.n, &op.b.c, &op.b.h,
                                  &op.b.w})
              if (rng.integer(0, 2) == 0) *size = 1;
          } else if constexpr (std::is_same_v<T, DeconvProblem>) {
            const int64_t g = rng.integer(0, 1) == 0 ? 1 : rng.integer(2, 4);
            op = {.n = s.n, .ic = g * rng.integer(1, 20), .ih = rng.integer(1, 9),
                  .iw = rng.integer(1, 9), .oc = g * rng.integer(1, 20),
                  .oh = rng.integer(1, 20), .ow = rng.integer(1, 20), .kh = rng.integer(1, 4),
                  .kw = rng.integer(1, 4), .sh = rng.integer(1, 3), .sw = rng.integer(1, 3),
                  .pt = rng.integer(0, 2), .pl = rng.integer(0, 2), .dh = rng.integer(1, 2),
                  .dw = rng.integer(1, 2), .g = g};
          } else if constexpr (std::is_same_v<T, SliceProblem>) {
            op = {s, rng.integer(0, s.c - 1), 1};
            op.count = rng.integer(1, s.c - op.first);
          } else if constexpr (std::is_same_v<T, ShuffleProblem>) {
            const int64_t g = rng.integer(1, 4);
            op = {{s.n, g * rng.integer(1, 20), s.h, s.w}, g};
          } else if constexpr (std::is_same_v<T, PadProblem>) {
            op.shape = s;
            const auto some = [&rng](int64_t size) {
              return rng.integer(0, std::min<int64_t>(4, size - 1));
            };
            op.hb = some(s.h), op.ha = some(s.h), op.wb = some(s.w), op.wa = some(s.w);
            op.nb = op.na = op.cb = 0;
            op.ca = rng.integer(0, std::min<int64_t>(2, s.c - 1));
          } else if constexpr (std::is_same_v<T, ResizeProblem>) {
            op.n = s.n, op.c = s.c, op.ih = s.h, op.iw = s.w;
            op.oh = rng.integer(1, 30), op.ow = rng.integer(1, 30);
            op.yscale = static_cast<float>(op.oh) / static_cast<float>(op.ih);
            op.xscale = static_cast<float>(op.ow) / static_cast<float>(op.iw);
          } else if constexpr (std::is_same_v<T, MatmulProblem>) {
            const int64_t inner = rng.integer(1, 40);
            op = {{s.n, 2, s.h, inner}, {1, rng.integer(1, 2), inner, s.w}};
          } else if constexpr (std::is_same_v<T, ReshapeProblem>) {
            op = {s, {s.n, s.c, s.h * s.w, 1}};
          } else if constexpr (requires { op.shape; }) {
            op.shape = s;
          }
        },
        problem.op);
    if (validate(problem).ok()) return problem;
  }
}

}  // namespace kernwise::test
