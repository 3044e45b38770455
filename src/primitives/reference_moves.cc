// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "reference_moves.h"

#include <algorithm>
#include <cmath>

namespace kernwise::detail {
namespace {

using Values = std::vector<double>;
using View = std::span<const double>;

struct Index {
  int64_t n = 0, c = 0, h = 0, w = 0;
};

// Calls visit(i, index) for each element of the shape in nchw order.
template <typename Visit>
void for_each_index(const Shape4& shape, Visit visit) {
  int64_t i = 0;
  Index at;
  for (at.n = 0; at.n < shape.n; ++at.n)
    for (at.c = 0; at.c < shape.c; ++at.c)
      for (at.h = 0; at.h < shape.h; ++at.h)
        for (at.w = 0; at.w < shape.w; ++at.w) visit(i++, at);
}

int64_t offset(const Shape4& shape, int64_t n, int64_t c, int64_t h, int64_t w) {
  return ((n * shape.c + c) * shape.h + h) * shape.w + w;
}

// The element that broadcasting repeats there.
int64_t repeated(const Shape4& shape, const Index& at) {
  return offset(shape, shape.n == 1 ? 0 : at.n, shape.c == 1 ? 0 : at.c, shape.h == 1 ? 0 : at.h,
                shape.w == 1 ? 0 : at.w);
}

void deconv(const DeconvProblem& p, View in, std::span<const float> weights, Values& out) {
  const Shape4 from{p.n, p.ic, p.ih, p.iw}, to{p.n, p.oc, p.oh, p.ow};
  const int64_t icg = p.ic / p.g, ocg = p.oc / p.g;
  for_each_index(from, [&](int64_t i, const Index& at) {
    const int64_t group = at.c / icg;
    for (int64_t o = group * ocg; o < (group + 1) * ocg; ++o)
      for (int64_t ky = 0; ky < p.kh; ++ky)
        for (int64_t kx = 0; kx < p.kw; ++kx) {
          const int64_t y = at.h * p.sh - p.pt + ky * p.dh, x = at.w * p.sw - p.pl + kx * p.dw;
          if (y < 0 || y >= p.oh || x < 0 || x >= p.ow) continue;
          const int64_t tap = ((o * icg + at.c % icg) * p.kh + ky) * p.kw + kx;
          out[offset(to, at.n, o, y, x)] += in[i] * double{weights[tap]};
        }
  });
}

void broadcast(const BroadcastProblem& p, std::span<const View> inputs,
               std::span<const float> weights, Values& out) {
  const Values constant(weights.begin(), weights.end());
  const View a = p.constant == ConstantOperand::kFirst ? View(constant) : inputs[0];
  const View b = p.constant == ConstantOperand::kFirst    ? inputs[0]
                 : p.constant == ConstantOperand::kSecond ? View(constant)
                                                          : inputs[1];
  for_each_index(output_shape({p, {}}), [&](int64_t i, const Index& at) {
    out[i] = reference_binary(p.kind, a[repeated(p.a, at)], b[repeated(p.b, at)]);
  });
}

void strided(const StridedProblem& p, View in, Values& out) {
  for (int64_t i = 0; i < static_cast<int64_t>(out.size()); ++i) {
    int64_t from = p.offset, rest = i;
    for (size_t d = p.sizes.size(); d-- > 0; rest /= p.sizes[d])
      from += rest % p.sizes[d] * p.strides[d];
    out[i] = in[from];
  }
}

void slice(const SliceProblem& p, View in, Values& out) {
  for_each_index({p.shape.n, p.count, p.shape.h, p.shape.w}, [&](int64_t i, const Index& at) {
    out[i] = in[offset(p.shape, at.n, at.c + p.first, at.h, at.w)];
  });
}

void shuffle(const ShuffleProblem& p, View in, Values& out) {
  const int64_t per_group = p.shape.c / p.g;
  for_each_index(p.shape, [&](int64_t i, const Index& at) {
    const int64_t to = at.c % per_group * p.g + at.c / per_group;
    out[offset(p.shape, at.n, to, at.h, at.w)] = in[i];
  });
}

// Where an index before or after the input comes from; -1: nowhere.
int64_t padded(PadKind kind, int64_t at, int64_t size) {
  if (at >= 0 && at < size) return at;
  switch (kind) {
    case PadKind::kConstant: return -1;
    case PadKind::kEdge: return std::clamp<int64_t>(at, 0, size - 1);
    case PadKind::kReflect: return at < 0 ? -at : 2 * (size - 1) - at;
  }
  return -1;
}

void pad(const PadProblem& p, View in, Values& out) {
  for_each_index(output_shape({p, {}}), [&](int64_t i, const Index& at) {
    const int64_t n = padded(p.kind, at.n - p.nb, p.shape.n);
    const int64_t c = padded(p.kind, at.c - p.cb, p.shape.c);
    const int64_t h = padded(p.kind, at.h - p.hb, p.shape.h);
    const int64_t w = padded(p.kind, at.w - p.wb, p.shape.w);
    out[i] = std::min({n, c, h, w}) < 0 ? double{p.value} : in[offset(p.shape, n, c, h, w)];
  });
}

// The mean of the two neighbours of a source coordinate, which lie inside the input.
struct Neighbours {
  int64_t low, high;
  double share;  // of the high one
};
Neighbours neighbours(double source, int64_t size) {
  const double clamped = std::clamp(source, 0.0, static_cast<double>(size - 1));
  const auto low = static_cast<int64_t>(clamped);
  return {low, std::min(low + 1, size - 1), clamped - static_cast<double>(low)};
}

void resize(const ResizeProblem& p, View in, Values& out) {
  const Shape4 from{p.n, p.c, p.ih, p.iw};
  for_each_index({p.n, p.c, p.oh, p.ow}, [&](int64_t i, const Index& at) {
    const auto value = [&](int64_t h, int64_t w) { return in[offset(from, at.n, at.c, h, w)]; };
    if (p.kind == ResizeKind::kNearest) {
      out[i] = value(resize_nearest(p, at.h, p.ih, p.oh, p.yscale),
                     resize_nearest(p, at.w, p.iw, p.ow, p.xscale));
      return;
    }
    const Neighbours y = neighbours(resize_source(p.coordinates, at.h, p.ih, p.oh, p.yscale), p.ih);
    const Neighbours x = neighbours(resize_source(p.coordinates, at.w, p.iw, p.ow, p.xscale), p.iw);
    out[i] = std::lerp(std::lerp(value(y.low, x.low), value(y.low, x.high), x.share),
                       std::lerp(value(y.high, x.low), value(y.high, x.high), x.share), y.share);
  });
}

void matmul(const MatmulProblem& p, View a, View b, Values& out) {
  for_each_index(output_shape({p, {}}), [&](int64_t i, const Index& at) {
    const int64_t row = repeated({p.a.n, p.a.c, p.a.h, 1}, at) * p.a.w;
    const int64_t column = repeated({p.b.n, p.b.c, 1, 1}, at) * p.b.h * p.b.w + at.w;
    double sum = 0;
    for (int64_t k = 0; k < p.a.w; ++k) sum += a[row + k] * b[column + k * p.b.w];
    out[i] = sum;
  });
}

void gemm(const GemmProblem& p, View a, View b, Values& out) {
  matmul({{1, 1, p.m, p.k}, {1, 1, p.k, p.n}}, a, b, out);
}

void gemv(const GemvProblem& p, View a, View x, Values& out) {
  for (int64_t i = 0; i < p.m; ++i)
    for (int64_t j = 0; j < p.n; ++j) out[i] += a[i * p.n + j] * x[j];
}

void matconv(const MatconvProblem& p, View image, View kernel, Values& out) {
  for (int64_t y = 0; y < p.oh(); ++y)
    for (int64_t x = 0; x < p.ow(); ++x)
      for (int64_t i = 0; i < p.r; ++i)
        for (int64_t j = 0; j < p.r; ++j)
          out[y * p.ow() + x] += image[(y + i) * p.w + x + j] * kernel[i * p.r + j];
}

}  // namespace

double reference_binary(BinaryKind kind, double a, double b) {
  switch (kind) {
    case BinaryKind::kAdd: return a + b;
    case BinaryKind::kMul: return a * b;
    case BinaryKind::kSub: return a - b;
    case BinaryKind::kDiv: return a / b;
    case BinaryKind::kPrelu: return a < 0 ? a * b : a;
  }
  return 0;
}

bool reference_moves(const Problem& problem, std::span<const std::span<const double>> inputs,
                     std::span<const float> weights, std::vector<double>& out) {
  const View in = inputs[0];
  switch (problem.kind()) {
    case ProblemKind::kDeconv: deconv(*problem.as<DeconvProblem>(), in, weights, out); break;
    case ProblemKind::kBroadcast:
      broadcast(*problem.as<BroadcastProblem>(), inputs, weights, out);
      break;
    case ProblemKind::kStrided: strided(*problem.as<StridedProblem>(), in, out); break;
    case ProblemKind::kSlice: slice(*problem.as<SliceProblem>(), in, out); break;
    case ProblemKind::kShuffle: shuffle(*problem.as<ShuffleProblem>(), in, out); break;
    case ProblemKind::kPad: pad(*problem.as<PadProblem>(), in, out); break;
    case ProblemKind::kResize: resize(*problem.as<ResizeProblem>(), in, out); break;
    case ProblemKind::kMatmul: matmul(*problem.as<MatmulProblem>(), in, inputs[1], out); break;
    case ProblemKind::kGemm: gemm(*problem.as<GemmProblem>(), in, inputs[1], out); break;
    case ProblemKind::kGemv: gemv(*problem.as<GemvProblem>(), in, inputs[1], out); break;
    case ProblemKind::kMatconv: matconv(*problem.as<MatconvProblem>(), in, inputs[1], out); break;
    default: return false;
  }
  return true;
}

}  // namespace kernwise::detail
