// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Layer graphs and cost tables made by hand or at random. The operators are of no importance to
// selection, so every layer is an element-wise one that takes as many inputs as the test gives it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/select/cost_table.h"

namespace kernwise {

// A graph with its cost table, built layer by layer.
struct Case {
  LayerGraph graph;
  CostTable table;

  // A value without maker that is a graph input.
  ValueId input(const std::string& name);
  // Appends a layer with an empty row and returns its output value, named as the layer.
  ValueId layer(const std::string& name, const std::vector<ValueId>& inputs,
                std::optional<ValueId> residual = std::nullopt);
  void output(ValueId value) { graph.outputs.push_back(value); }

  // An option of the layer that makes `value`.
  void option(ValueId value, const std::string& primitive, Layout in, Layout out, double time_s);
  // A transform primitive "from-to".
  void transform(ValueId value, Layout from, Layout to, double time_s);
};

struct RandomTable {
  int options = 3;         // per layer, at most
  int layouts = 3;         // the first so many
  double transform = 0.4;  // scale of transform times; layers take about 1
  double impossible = 0;   // share of transforms that are absent
  double free = 0;         // share of transforms that need nothing
  bool exact_options = false;
};

// Fills all rows and transforms. A layer of several inputs keeps its layout, as a concatenation
// does.
void fill_table(Rng& rng, const RandomTable& shape, Case& made);

// Shapes of networks; every one ends in a graph output.
Case chain(int layers);
Case residual_blocks(int blocks);                   // each ends in a layer with a fused residual
Case inception_modules(int modules);                // four branches, joined
Case dense_blocks(const std::vector<int>& layers);  // each layer reads all before it
Case random_graph(Rng& rng, int layers);            // anything, including a value read twice

// Networks by number and joining of layers.
Case resnet50();
Case googlenet();
Case densenet121();

// From the definition, without what the solver uses: layer times plus each distinct (value, to).
double cost_by_definition(const Case& made, const std::vector<int>& option);
// Least cost over all choices; kForbidden if there is none.
double brute_force(const Case& made);

}  // namespace kernwise
