// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// One predictor for many devices: log cost(design; device) = embedding(device) . basis(design).
// It is what the optimiser network is trained through and told of a device, and what evolution asks
// about designs outside of the table. What samples say of a device is asked of device_prior.h,
// which ranks better (docs/DECISIONS/0016).
//
// The basis comes from the devices that are known: a constant, the mean of their standardised
// log costs and the principal directions around it, each as a function of the design (ridge
// regression on one-hot codes and their products), so that every design of the space has one and
// derivatives by relaxed choices exist. A device is a point in this basis. What is known of where
// devices lie is a normal prior; a few measured designs (references, or any others) or device
// features move it. What no point in the basis can explain is a Gaussian process over the codes.
//
// Together this is a Gaussian process over designs whose covariance was learnt from devices; its
// few scales are chosen on the samples of each device by the marginal likelihood.
// Cost of a device: O(samples^2 designs). Thread-safety: immutable after fitting.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/fleet/constrained_search.h"
#include "kernwise/fleet/latency_table.h"

namespace kernwise {

struct DeviceAwareOptions {
  int components = 8;  // principal directions, at most devices - 1
  // Of what the regression leaves of a device's costs, this share is kept in the basis of the
  // table's own designs: common to several devices it is no noise.
  double residual_share = 0.5;
};

// What is believed of one device, row by row.
class DevicePosteriorView {
 public:
  struct State;
  explicit DevicePosteriorView(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  struct Belief {
    double mean = 0, deviation = 0;  // of log cost
  };
  Belief at(std::size_t row) const;  // O(samples^2)
  std::vector<float> embedding() const;

 private:
  std::shared_ptr<const State> state_;
};

class DeviceAwareModel {
 public:
  struct State;
  explicit DeviceAwareModel(std::shared_ptr<const State> state) : state_(std::move(state)) {}

  std::size_t rows() const;
  // Length of an embedding: constant, mean direction, principal directions.
  std::size_t embedding_size() const;
  // Of a row of the table, embedding_size() values.
  std::span<const float> basis(std::size_t row) const;
  // Of any design by the regression alone: one_hot_width() relaxed choices (at each position
  // non-negative and summing to one) in, embedding_size() values out; with `jacobian`
  // (embedding_size() x one_hot_width(), row-major) also the derivatives.
  void relaxed_basis(std::span<const float> choices, float* basis, float* jacobian) const;

  // What is believed of all rows of the table after these measurements (of rows of the table).
  CostBelief believe(std::span<const MeasuredRow> measured) const;
  // The posterior mean of the device's embedding.
  std::vector<float> embed(std::span<const MeasuredRow> measured) const;
  // Both at once, for when only few rows will be asked about.
  DevicePosteriorView infer(std::span<const MeasuredRow> measured) const;
  // Embeddings of the devices it was trained on, one after another.
  std::span<const float> trained_embeddings() const;

  // `count` rows that tell most about where a device lies, greedily: each next one takes most away
  // from the uncertainty of the costs of all rows `among` (empty: of the whole table) together.
  std::vector<int32_t> reference_rows(int count, std::span<const int32_t> among = {}) const;

 private:
  std::shared_ptr<const State> state_;
};

// `devices`: columns of the table to train on; missing values are passed over. kInvalidInput: no
// device, a device with fewer than 50 values.
Result<DeviceAwareModel> fit_device_aware(const LatencyTable& table,
                                          std::span<const std::size_t> devices,
                                          const DeviceAwareOptions& options = {});

}  // namespace kernwise
