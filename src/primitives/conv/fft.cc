// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Convolution by Fourier transforms of tiles, for large kernels: the products it needs for an
// output hardly depend on the kernel's size. fft-16-* and fft-32-* differ in the tile: the larger
// one needs fewer products where kernels are large, and four times the memory for weights.
#include "conv/fft_transform.h"
#include "conv/tiled_conv.h"
#include "factories.h"
#include "support.h"

namespace kernwise::detail {
namespace {

class FftTiles final : public TileTransform {
 public:
  explicit FftTiles(int64_t size) : size_(size) {}

  int64_t positions() const override { return FftFrequencies{size_}.count(); }
  int64_t parts() const override { return 2; }
  TileGrid grid(const ConvProblem& p) const override {
    TileGrid grid{.step_h = size_ - p.kh + 1,
                  .step_w = size_ - p.kw + 1,
                  .size_h = size_,
                  .size_w = size_,
                  .pad_top = p.pt,
                  .pad_left = p.pl};
    grid.rows = (p.oh() + grid.step_h - 1) / grid.step_h;
    grid.columns = (p.ow() + grid.step_w - 1) / grid.step_w;
    return grid;
  }
  void input(const TileGrid& grid, const ImageLayout& layout, const float* input,
             const TileWork& work, const TileBuffer& tiles) const override {
    fft_input(grid, layout, input, work, tiles);
  }
  void output(const TileGrid& grid, const ImageLayout& layout, const TileBuffer& tiles,
              const TileWork& work, const Epilogue& epilogue, float* output) const override {
    fft_output(grid, layout, tiles, work, epilogue, output);
  }
  void weights(const ConvProblem& group, std::span<const float> weights,
               float* packed) const override {
    fft_weights(size_, group, weights, packed);
  }

 private:
  int64_t size_;
};

class FftConvolution final : public Primitive {
 public:
  FftConvolution(PrimitiveInfo info, int64_t size) : Primitive(std::move(info)), size_(size) {}

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    constexpr int64_t kSmallestKernel = 7;
    constexpr Bytes kMostWeights{int64_t{1} << 30};
    const ConvProblem& p = *problem.as<ConvProblem>();
    const std::string kernel = "kernel " + std::to_string(p.kh) + "x" + std::to_string(p.kw);
    if (std::min(p.kh, p.kw) < kSmallestKernel)
      return Refused{kernel + ": Fourier transforms pay from 7x7 on"};
    if (std::max(p.kh, p.kw) > size_ / 2 + 1)
      return Refused{kernel + ": more than half of a tile of " + std::to_string(size_)};
    if (std::string reason = refuse_tiled(p, info().in); !reason.empty())
      return Refused{std::move(reason)};
    const TiledPlan plan = plan_tiled(FftTiles(size_), p, execution.threads);
    if (p.g * plan.weight_floats() > kMostWeights.value / int64_t{sizeof(float)})
      return Refused{"the transformed weights take more than 1 GiB"};
    return Admitted{plan.workspace()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      return make_tiled_kernel(std::make_shared<FftTiles>(size_), problem, weights, execution,
                               info().in);
    });
  }

 private:
  int64_t size_;
};

}  // namespace

Primitives fft_convolutions() {
  Primitives primitives;
  for (const Layout layout : {Layout::kNhwc, Layout::kNchw16c})
    for (const int64_t size : {16, 32})
      primitives.push_back(std::make_unique<FftConvolution>(
          PrimitiveInfo{"fft-" + std::to_string(size) + "-" + std::string(to_string(layout)), "fft",
                        "kernwise", 1, ProblemKind::kConv, layout, layout},
          size));
  return primitives;
}

}  // namespace kernwise::detail
