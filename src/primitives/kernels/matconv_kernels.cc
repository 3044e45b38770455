// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernels/matconv_rows.h"
#include "kernels/matrix_kernels.h"
#include "kernels/plain_primitive.h"
#include "kernels/row_parts.h"

namespace kernwise::detail {
namespace {

class DirectMatconv {
 public:
  static std::string refusal(const Problem&, int) { return {}; }
  DirectMatconv(const Problem& problem, int threads)
      : p_(*problem.as<MatconvProblem>()), threads_(threads) {}

  int64_t scratch_floats() const { return 0; }

  void run(const KernelArgs& args) const {
    for_row_parts(p_.oh(), threads_, [&](const Range rows) {
      matconv_rows({p_.w, p_.r, rows.count()}, args.inputs[0] + rows.first * p_.w, args.inputs[1],
                   args.output + rows.first * p_.ow());
    });
  }

 private:
  MatconvProblem p_;
  int threads_;
};

}  // namespace

Primitives matconv_kernels() {
  Primitives primitives;
  primitives.push_back(make_plain<DirectMatconv>(
      ProblemKind::kMatconv, {"direct-matconv", "direct", "kernwise", WorkTerm::kVectorSteps}));
  return primitives;
}

}  // namespace kernwise::detail
