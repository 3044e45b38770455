// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Layers that need not compute anything. The inputs of a concatenation can be made right where its
// output wants them, and a reshaped tensor has the bytes it had before, so with batch 1 both are
// mere views, provided that nobody else decides where their inputs lie.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "kernwise/graph/layer_graph.h"

namespace kernwise {

// For each layer, whether it may be a view: true for a concatenation or reshape
//  - of batch 1 (or with a single input), whose tensors mean something else in nchw and nhwc
//    (otherwise one tensor would stand for both, and have two places);
//  - whose inputs and output are no graph inputs or outputs, and nobody's residual, which would be
//    overwritten;
//  - each of whose inputs has one place only. An input of an earlier view too is fine if all inputs
//    of that view follow each other here: they then move as one, as in a DenseNet, where each
//    concatenation begins with all of the one before.
// Holds for every choice of layouts, also if only some of these layers become views.
// Alignment depends on the layout: a view primitive's supports() answers for that.
std::vector<bool> possible_views(const LayerGraph& graph);

// The claim itself, shared by what may be planned and what is laid out: things (values or tensors,
// by number) get a place inside another. Thread-safety: one thread at a time.
class ViewClaims {
 public:
  explicit ViewClaims(int count)
      : parent_(static_cast<std::size_t>(count), -1), parts_(static_cast<std::size_t>(count)) {}

  // Places `parts`, in this order and leaving no gap, inside `whole`. False, and nothing changed,
  // if one of them lies elsewhere already, or occurs twice.
  bool place(int whole, const std::vector<int>& parts);

  int parent(int thing) const { return parent_[static_cast<std::size_t>(thing)]; }  // -1: none
  const std::vector<int>& parts(int thing) const { return parts_[static_cast<std::size_t>(thing)]; }

 private:
  // Where the parts from `begin` on end that make up `thing`; none if they do not.
  std::optional<std::size_t> follow(int thing, const std::vector<int>& parts, std::size_t begin,
                                    int depth) const;

  std::vector<int> parent_;
  std::vector<std::vector<int>> parts_;  // what was placed inside, in order
};

}  // namespace kernwise
