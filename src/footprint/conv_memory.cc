// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Convolutions in libtorch go to oneDNN, which computes on channels in blocks: tensors are copied
// into such a layout before and back after (aten/src/ATen/native/mkldnn/Conv.cpp). The copies are
// the workspace. Forward, the blocked source, weights and destination live together; then the
// destination is copied out. Backward, once for the data and once for the weights.
#include <algorithm>

#include "layer_memory.h"

namespace kernwise::detail {
namespace {

constexpr int64_t kFloat = 4;

int64_t rounded(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

// oneDNN 2.6, jit_avx512_common_conv_kernel and its relatives.
struct BlockedSizes {
  bool source_copied = true;  // plain layouts are taken as they are
  bool target_copied = true;
  int64_t source = 0, weights = 0, target = 0;  // bytes, blocked
  int64_t scratch = 0;                          // backward by weights and forward
};

int64_t image_bytes(int64_t n, int64_t c, int64_t h, int64_t w) { return kFloat * n * c * h * w; }

BlockedSizes blocked_sizes(const ConvProblem& p, int64_t block) {
  BlockedSizes sizes;
  const int64_t icg = p.ic / p.g, ocg = p.oc / p.g, taps = p.kh * p.kw;
  int64_t ic = p.ic, oc = p.oc;
  int64_t weights = p.oc * icg * taps;
  if (p.depthwise()) {
    ic = oc = rounded(p.ic, block);
    weights = rounded(p.g, block) * taps;
  } else if (p.g == 1) {
    const bool first = p.ic < block && !(p.kh == 1 && p.kw == 1);
    oc = rounded(p.oc, block);
    ic = first ? p.ic : rounded(p.ic, block);
    sizes.source_copied = !first;
    weights = oc * ic * taps;
  } else {
    // Grouped: the largest block that divides both, or no block at all.
    const bool divides = icg % 4 == 0 && ocg % 4 == 0;
    if (!divides) {
      sizes.source_copied = sizes.target_copied = false;
      sizes.scratch = kFloat * icg * taps * p.oh() * p.ow();
    }
  }
  sizes.source = image_bytes(p.n, ic, p.ih, p.iw);
  sizes.target = image_bytes(p.n, oc, p.oh(), p.ow());
  sizes.weights = kFloat * weights;
  return sizes;
}

// libtorch 1.13, ConvParams::use_mkldnn() and what comes before it.
bool in_onednn(const ConvProblem& p, int threads) {
  const bool strided = p.sh != 1 || p.sw != 1, dilated = p.dh != 1 || p.dw != 1;
  const bool worth = strided || dilated || p.n >= 16 || p.kh != 1 || p.kw != 1 || threads > 1;
  return worth &&
         (p.g > 1 || (p.kh > 3 && p.kw > 3) || p.n > 1 || p.n * p.ic * p.ih * p.iw > 20480);
}

}  // namespace

LayerMemory conv_memory(const ConvProblem& p, bool bias, const LayerSituation& situation,
                        const KernelRules& rules) {
  const int64_t x = image_bytes(p.n, p.ic, p.ih, p.iw);
  const int64_t y = image_bytes(p.n, p.oc, p.oh(), p.ow());
  const int64_t w = kFloat * p.oc * (p.ic / p.g) * p.kh * p.kw;
  const bool padded = p.pt != p.pb || p.pl != p.pr;  // by an operator of its own
  LayerMemory memory;
  memory.saves_input = {!padded};
  memory.gradients = {GradientForm::kNew};
  memory.parameter_gradients = w + (bias ? kFloat * p.oc : 0);
  const int64_t copy_x = situation.input_strided ? x : 0;
  const int64_t copy_gradient = situation.gradient_strided ? y : 0;
  const int64_t gx = situation.input_needs_gradient ? x : 0;
  if (!in_onednn(p, situation.threads)) {
    const bool pointwise =
        p.kh == 1 && p.kw == 1 && p.sh == 1 && p.sw == 1 && p.pt == 0 && p.pl == 0;
    const int64_t columns =
        pointwise ? 0 : image_bytes(p.n, p.ic / p.g * p.kh * p.kw, p.oh(), p.ow());
    memory.forward_peak = copy_x + y + columns;
    memory.backward_peak = copy_x + copy_gradient + gx + w + columns;
    return memory;
  }
  const BlockedSizes s = blocked_sizes(p, rules.vector_floats);
  const int64_t source = s.source_copied ? s.source : 0;
  const int64_t target = s.target_copied ? s.target : 0;
  memory.forward_peak = copy_x + std::max(source + s.weights + s.target + s.scratch, s.target + y);
  const int64_t data = target + s.weights + s.source + s.scratch;
  const int64_t by_data = gx > 0 ? std::max(data, s.source + x) : 0;
  const int64_t by_weights = gx + std::max(target + source + s.weights + s.scratch, s.weights + w);
  memory.backward_peak = copy_x + copy_gradient + std::max(by_data, by_weights);
  if (padded) {
    const int64_t wide = image_bytes(p.n, p.ic, p.ih + p.pt + p.pb, p.iw + p.pl + p.pr);
    memory.saved_bytes = wide;
    memory.forward_peak += wide;
    memory.backward_peak += gx > 0 ? wide : 0;
  }
  return memory;
}

}  // namespace kernwise::detail
