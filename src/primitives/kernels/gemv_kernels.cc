// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernels/matrix_kernels.h"
#include "kernels/matrix_rows.h"
#include "kernels/plain_primitive.h"
#include "kernels/row_parts.h"

namespace kernwise::detail {
namespace {

using Rows = void (*)(const float* a, const float* x, int64_t rows, int64_t columns, float* y);

template <Rows rows_times_x>
class OwnGemv {
 public:
  static std::string refusal(const Problem&, int) { return {}; }
  OwnGemv(const Problem& problem, int threads)
      : p_(*problem.as<GemvProblem>()), threads_(threads) {}

  int64_t scratch_floats() const { return 0; }

  void run(const KernelArgs& args) const {
    for_row_parts(p_.m, threads_, [&](const Range rows) {
      rows_times_x(args.inputs[0] + rows.first * p_.n, args.inputs[1], rows.count(), p_.n,
                   args.output + rows.first);
    });
  }

 private:
  GemvProblem p_;
  int threads_;
};

}  // namespace

Primitives gemv_kernels() {
  Primitives primitives;
  primitives.push_back(make_plain<OwnGemv<four_rows_times_vector>>(
      ProblemKind::kGemv, {"rows-gemv", "row-block", "kernwise", WorkTerm::kVectorSteps}));
  primitives.push_back(make_plain<OwnGemv<rows_times_vector>>(
      ProblemKind::kGemv, {"dot-gemv", "dot", "kernwise", WorkTerm::kVectorSteps}));
  return primitives;
}

}  // namespace kernwise::detail
