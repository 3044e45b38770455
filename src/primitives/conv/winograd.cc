// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Winograd convolutions as primitives. Larger tiles do fewer multiplications and have more weights
// to stream: for 3x3, F(4x4) does 4 times fewer multiplications than the definition and F(2x2) 2.25
// times, with 1.8 times the weights of F(2x2), which decides between them where images are small.
//
// Ids: winograd-fMxR-LAYOUT is F(MxM, RxR); winograd-1d-fMxR-LAYOUT is F(M, R) for 1xR and Rx1.
#include "conv/tiled_conv.h"
#include "conv/winograd_transform.h"
#include "factories.h"
#include "support.h"

namespace kernwise::detail {
namespace {

class WinogradTiles final : public TileTransform {
 public:
  explicit WinogradTiles(const WinogradForm& form) : form_(form) {}

  int64_t positions() const override { return form_.positions(); }
  int64_t parts() const override { return 1; }
  TileGrid grid(const ConvProblem& p) const override {
    const bool high = form_.axes != Axes::kAlongWidth, wide = form_.axes != Axes::kAlongHeight;
    TileGrid grid{.step_h = high ? form_.m : 1,
                  .step_w = wide ? form_.m : 1,
                  .size_h = high ? form_.products() : 1,
                  .size_w = wide ? form_.products() : 1,
                  .pad_top = p.pt,
                  .pad_left = p.pl};
    grid.rows = (p.oh() + grid.step_h - 1) / grid.step_h;
    grid.columns = (p.ow() + grid.step_w - 1) / grid.step_w;
    return grid;
  }
  void input(const TileGrid& grid, const ImageLayout& layout, const float* input,
             const TileWork& work, const TileBuffer& tiles) const override {
    winograd_input(form_, grid, layout, input, work, tiles);
  }
  void output(const TileGrid& grid, const ImageLayout& layout, const TileBuffer& tiles,
              const TileWork& work, const Epilogue& epilogue, float* output) const override {
    winograd_output(form_, grid, layout, tiles, work, epilogue, output);
  }
  void weights(const ConvProblem& group, std::span<const float> weights,
               float* packed) const override {
    winograd_weights(form_, group.ic, group.oc, weights, packed);
  }

 private:
  WinogradForm form_;
};

class Winograd final : public Primitive {
 public:
  Winograd(PrimitiveInfo info, int64_t m, int64_t r, bool one_dimension)
      : Primitive(std::move(info)), m_(m), r_(r), one_dimension_(one_dimension) {}

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    const ConvProblem& p = *problem.as<ConvProblem>();
    const bool fits = one_dimension_ ? std::min(p.kh, p.kw) == 1 && std::max(p.kh, p.kw) == r_
                                     : p.kh == r_ && p.kw == r_;
    const std::string r = std::to_string(r_);
    if (!fits)
      return Refused{"kernel " + std::to_string(p.kh) + "x" + std::to_string(p.kw) +
                     ": this Winograd algorithm is for " +
                     (one_dimension_ ? "1x" + r + " and " + r + "x1" : r + "x" + r)};
    if (std::string reason = refuse_tiled(p, info().in); !reason.empty())
      return Refused{std::move(reason)};
    return Admitted{plan_tiled(WinogradTiles(form(p)), p, execution.threads).workspace()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      return make_tiled_kernel(std::make_shared<WinogradTiles>(form(*problem.as<ConvProblem>())),
                               problem, weights, execution, info().in);
    });
  }

 private:
  WinogradForm form(const ConvProblem& p) const {
    const Axes along = p.kh > 1 ? Axes::kAlongHeight : Axes::kAlongWidth;
    return {m_, r_, one_dimension_ ? along : Axes::kBoth};
  }

  int64_t m_, r_;
  bool one_dimension_;
};

}  // namespace

Primitives winograd_convolutions() {
  struct Row {
    const char* id;
    int revision;
    int64_t m, r;
    bool one_dimension;
    Layout layout;
  };
  constexpr Row kRows[] = {
      {"winograd-f2x3-nhwc", 2, 2, 3, false, Layout::kNhwc},
      {"winograd-f4x3-nhwc", 2, 4, 3, false, Layout::kNhwc},
      {"winograd-f6x3-nhwc", 1, 6, 3, false, Layout::kNhwc},
      {"winograd-f2x3-nchw16c", 2, 2, 3, false, Layout::kNchw16c},
      {"winograd-f4x3-nchw16c", 2, 4, 3, false, Layout::kNchw16c},
      {"winograd-f6x3-nchw16c", 1, 6, 3, false, Layout::kNchw16c},
      {"winograd-f2x3-nchw", 1, 2, 3, false, Layout::kNchw},
      {"winograd-f4x3-nchw", 1, 4, 3, false, Layout::kNchw},
      {"winograd-f2x5-nhwc", 1, 2, 5, false, Layout::kNhwc},
      {"winograd-f4x5-nhwc", 1, 4, 5, false, Layout::kNhwc},
      {"winograd-f2x5-nchw16c", 1, 2, 5, false, Layout::kNchw16c},
      {"winograd-f4x5-nchw16c", 1, 4, 5, false, Layout::kNchw16c},
      {"winograd-f3x3-nhwc", 1, 3, 3, false, Layout::kNhwc},
      {"winograd-f3x3-nchw", 1, 3, 3, false, Layout::kNchw},
      {"winograd-f3x5-nhwc", 1, 3, 5, false, Layout::kNhwc},
      {"winograd-1d-f2x3-nhwc", 1, 2, 3, true, Layout::kNhwc},
      {"winograd-1d-f4x3-nhwc", 1, 4, 3, true, Layout::kNhwc},
      {"winograd-1d-f6x3-nhwc", 1, 6, 3, true, Layout::kNhwc},
      {"winograd-1d-f2x5-nhwc", 1, 2, 5, true, Layout::kNhwc},
      {"winograd-1d-f4x5-nhwc", 1, 4, 5, true, Layout::kNhwc},
      {"winograd-1d-f4x7-nhwc", 1, 4, 7, true, Layout::kNhwc},
      {"winograd-1d-f2x3-nchw16c", 1, 2, 3, true, Layout::kNchw16c},
      {"winograd-1d-f4x3-nchw16c", 1, 4, 3, true, Layout::kNchw16c},
      {"winograd-1d-f6x3-nchw16c", 1, 6, 3, true, Layout::kNchw16c},
      {"winograd-1d-f2x5-nchw16c", 1, 2, 5, true, Layout::kNchw16c},
      {"winograd-1d-f4x5-nchw16c", 1, 4, 5, true, Layout::kNchw16c},
      {"winograd-1d-f4x7-nchw16c", 1, 4, 7, true, Layout::kNchw16c},
      {"winograd-1d-f3x3-nhwc", 1, 3, 3, true, Layout::kNhwc},
      {"winograd-1d-f3x5-nhwc", 1, 3, 5, true, Layout::kNhwc},
  };
  Primitives primitives;
  for (const Row& row : kRows)
    primitives.push_back(
        std::make_unique<Winograd>(PrimitiveInfo{row.id, "winograd", "kernwise", row.revision,
                                                 ProblemKind::kConv, row.layout, row.layout},
                                   row.m, row.r, row.one_dimension));
  return primitives;
}

}  // namespace kernwise::detail
