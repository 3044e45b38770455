// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// One combination of kernel, variant and resource (or one published table): its measured points,
// and what models may see of them. A small model is trained for each combination (Srivastava et al.
// 2020). Thread-safety: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernwise/learn/samples.h"

namespace kernwise::nnc {

struct Combination {
  std::string kind, variant, resource;  // "gemm", "openblas", "cpu"
  // Inputs of models. Reach 0 marks known complexity (work, bytes), which the models without it do
  // not see.
  FeatureSchema schema;
  std::vector<double> x;        // rows x inputs; natural logarithms
  std::vector<double> work;     // per row: the complexity C of the variant
  std::vector<double> time_s;   // per row
  std::vector<double> again_s;  // per row: of a second, separate pass; NaN where there was none
  std::vector<int64_t> shape;   // per row: number of its shape among those of the kind

  std::string name() const { return kind + " " + variant + " " + resource; }
  int64_t rows() const { return static_cast<int64_t>(time_s.size()); }
  std::size_t inputs() const { return schema.features.size(); }
};

enum class Target : uint8_t { kLogSeconds, kSeconds };
// Which inputs: all; those that are no known complexity; or what the paper's network was fed with,
// the sizes that vary and C.
enum class Complexity : uint8_t { kSeen, kHidden, kPublished };

// The chosen rows as samples of one output. With kSeconds inputs and target are as they were before
// the logarithm.
Samples samples_of(const Combination& combination, const std::vector<int64_t>& rows, Target target,
                   Complexity complexity);

std::vector<double> times_of(const Combination& combination, const std::vector<int64_t>& rows);

}  // namespace kernwise::nnc
