// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/step_quantities.h"

#include <algorithm>
#include <cmath>

namespace kernwise {
namespace {

constexpr double kMebi = 1024.0 * 1024.0;
constexpr double kFloat = 4;  // bytes
constexpr int64_t kTile = 32;

double filled_up(int64_t channels) {
  return static_cast<double>((channels + kTile - 1) / kTile * kTile);
}

double tiled_macs(const DesignLayer& l) {
  const int64_t in = l.in_c / l.groups, out = l.out_c / l.groups;
  const double channels =
      (filled_up(out) * static_cast<double>(in) + filled_up(in) * static_cast<double>(out)) / 2;
  return channels * static_cast<double>(l.groups * l.k_h * l.k_w) *
         static_cast<double>(l.out_h * l.out_w);
}

// Where convolution algorithms for small batches are worse than those for large ones.
double small_batch(int64_t batch) {
  const double tenth = static_cast<double>(batch) / 10;
  return std::exp(-tenth * tenth);
}

constexpr double kCachedOutputs = 3.3, kCachedIm2col = 0.15;

const PhysicalForm& allocated_form() {
  static const PhysicalForm form = {{{"parameters", kFloat, 0.1}, {"saved", kFloat, 0.1}}, 0, 3};
  return form;
}

const PhysicalForm& reserved_form() {
  static const PhysicalForm form = {{{"tensors", kFloat, 0.05},
                                     {"largest_output", kCachedOutputs * kFloat, 0.15},
                                     {"im2col", kCachedIm2col * kFloat, 0.2}},
                                    0,
                                    3};
  return form;
}

const PhysicalForm& used_form() {
  static const PhysicalForm form = {{{"context", 1090 * kMebi, 1, false, true},
                                     {"idle", 250 * kMebi, 0.5, false, true},
                                     {"tensors", kFloat, 0.05},
                                     {"largest_output", kCachedOutputs * kFloat, 0.15},
                                     {"im2col", kCachedIm2col * kFloat, 0.2}},
                                    0,
                                    3};
  return form;
}

const PhysicalForm& latency_form() {
  static const PhysicalForm form = {{{"parameters", 2.5e-9, 0.5},
                                     {"outputs", 4e-9, 0.3},
                                     {"inputs", 1e-9, 0.3},
                                     {"pointwise", 3.5e-12, 0.3},
                                     {"windowed", 3.5e-12, 0.3},
                                     {"windows", 1.5e-9, 0.3},
                                     {"depthwise", 0.3e-9, 0.5},
                                     {"small_batch", 4e-12, 0.5},
                                     {"launch", 1.65e-3, 0.3, true},
                                     {"launch_norm", 0.6e-3, 0.3, true}},
                                    0.5,
                                    3};
  return form;
}

}  // namespace

StepQuantities step_quantities(const Design& design) {
  StepQuantities q;
  const std::vector<InputSource> sources = input_sources(design);
  const bool norm = has_batch_norm(design);
  q.parameters = static_cast<double>(design.parameters);
  for (std::size_t i = 0; i < design.layers.size(); ++i) {
    const DesignLayer& l = design.layers[i];
    const auto input = static_cast<double>(l.input()), output = static_cast<double>(l.output());
    q.macs += static_cast<double>(l.macs());
    switch (sources[i]) {
      case InputSource::kImage:
      case InputSource::kReduced: q.saved += input; break;
      case InputSource::kPrevious: q.saved += norm ? input : 0; break;
      case InputSource::kJoined:  // and, with normalisation, the activated parts
        q.saved += norm ? 2 * input : input;
        break;
      case InputSource::kPooled:  // output and indices, and what was activated before it
        q.saved += 2 * input;
        if (norm) {
          const DesignLayer& before = design.layers[i - 1];
          q.saved += static_cast<double>(l.in_c * before.out_h * before.out_w);
        }
        break;
      case InputSource::kShared: break;
    }
    if (l.fully_connected) {
      q.tiled_pointwise += tiled_macs(l);
      continue;
    }
    q.saved += output;
    q.outputs += output;
    q.inputs += input;
    q.largest_output = std::max(q.largest_output, output);
    q.convolutions += 1;
    q.normalisations += norm ? 1 : 0;
    if (l.groups > 1 && l.groups == l.in_c) {
      q.depthwise += input + output;
    } else if (l.k_h * l.k_w > 1) {
      q.im2col += static_cast<double>(l.out_h * l.out_w * l.k_h * l.k_w * l.in_c);
      q.tiled_windowed += tiled_macs(l);
      q.windowed += input + output;
    } else {
      q.tiled_pointwise += tiled_macs(l);
    }
  }
  return q;
}

const PhysicalForm& physical_form(FootprintTarget target) {
  switch (target) {
    case FootprintTarget::kAllocated: return allocated_form();
    case FootprintTarget::kReserved: return reserved_form();
    case FootprintTarget::kUsed: return used_form();
    case FootprintTarget::kLatency: break;
  }
  return latency_form();
}

std::vector<double> physical_terms(FootprintTarget target, const StepQuantities& q, int64_t batch) {
  const auto b = static_cast<double>(batch);
  const double tensors = 3 * q.parameters + b * q.saved;
  switch (target) {
    case FootprintTarget::kAllocated: return {3 * q.parameters, b * q.saved};
    case FootprintTarget::kReserved: return {tensors, b * q.largest_output, b * q.im2col};
    case FootprintTarget::kUsed: {
      // The operating system gives back some 250 MiB while the first 800 MiB are taken.
      const double demand =
          kFloat * (tensors + b * (kCachedOutputs * q.largest_output + kCachedIm2col * q.im2col));
      return {1, std::exp(-demand / (800 * kMebi)), tensors, b * q.largest_output, b * q.im2col};
    }
    case FootprintTarget::kLatency: break;
  }
  return {q.parameters,         b * q.outputs,
          b * q.inputs,         b * q.tiled_pointwise,
          b * q.tiled_windowed, b * q.windowed,
          b * q.depthwise,      b * small_batch(batch) * (q.tiled_pointwise + q.tiled_windowed),
          q.convolutions,       q.normalisations};
}

std::vector<double> step_features(const StepQuantities& q, int64_t batch) {
  const double log_batch = std::log(static_cast<double>(batch));
  std::vector<double> features = {log_batch, std::log(q.parameters)};
  for (const double size : {q.saved, q.outputs, q.inputs, q.largest_output, q.im2col, q.macs,
                            q.tiled_pointwise, q.tiled_windowed, q.windowed}) {
    const double log = std::log1p(size);
    features.push_back(log);
    features.push_back(log + log_batch);
  }
  return features;
}

}  // namespace kernwise
