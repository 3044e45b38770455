// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The one ordered table of primitives. Order is the tie-break of equal costs and the order of every
// listing; identity is the id, never the position.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/primitives/primitive.h"

namespace kernwise {

// Built on first use, constant afterwards.
const std::vector<std::unique_ptr<const Primitive>>& all_primitives();

// nullptr if there is none of that id.
const Primitive* find_primitive(std::string_view id);

struct Candidate {
  const Primitive* primitive = nullptr;
  Applicability applicability;
};
// Does the primitive run on the class of resource that the execution names, in a precision that it
// allows?
bool belongs_to(const PrimitiveInfo& info, const Execution& execution);

// Every primitive of the problem's kind that belongs to the execution, in table order, refusals
// included.
std::vector<Candidate> candidates(const Problem& problem, const Execution& execution);

// What a library's own heuristic picks for a convolution when it may choose the layouts: the id of
// oneDNN's first implementation for format `any` that is not known to fail on the problem. An error
// if it maps to no id of ours.
Result<std::string> onednn_auto(const Problem& problem, const Execution& execution);

// Implementation names that oneDNN offered for this problem and that map to no id of ours.
std::vector<std::string> unknown_implementations(const Problem& problem,
                                                 const Execution& execution);

// "onednn-2.6.3 hwy-1.0.3": versions of the libraries that the layers of networks run on; part of
// store keys.
std::string library_versions();
// The same for what runs on a resource: for all but "cpu" its name and description, so that no two
// devices share a key.
std::string library_versions(std::string_view resource);
// What a session on the resource is recorded with: on "cpu" also what only the kernels of gemm,
// gemv, matconv and a few of pool run on (Eigen, uBLAS, FFTW). These are no part of keys, or a new
// version of one of them would make every measurement of networks worthless. Measure kernels into a
// new store after such a change.
std::string session_library_versions(std::string_view resource);

}  // namespace kernwise
