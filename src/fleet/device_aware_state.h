// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <Eigen/Core>

#include <vector>

#include "kernwise/fleet/device_aware.h"
#include "rich_code.h"

namespace kernwise {

struct DeviceAwareModel::State {
  std::size_t rows = 0, positions = 0;
  std::vector<uint8_t> choice;  // position-major: positions x rows
  detail::RichCode code;
  Eigen::MatrixXf basis;                       // rows x embedding, column-major
  std::vector<float> flat;                     // the same, row-major
  std::vector<float> regression;               // code.width() x embedding, row-major
  Eigen::VectorXd prior_mean, prior_variance;  // of an embedding
  std::vector<float> trained;                  // devices x embedding
};

namespace detail {

// Scales of one device, relative to what the known devices are like.
struct DeviceScales {
  double spread = 1;    // multiplies the prior variance of the principal directions
  double residual = 0;  // variance of what the basis cannot say
  double noise = 1e-3;  // variance of a measurement's logarithm
};

// How alike two designs' codes are: 1 where all choices agree, 0 where none does. `same` of
// `positions` agree; the kernel of the code with its pairs.
double code_kernel(std::size_t same, std::size_t positions);

// How many positions agree, and the prior variance of an embedding under a spread.
std::size_t agreement(const DeviceAwareModel::State& model, int32_t a, int32_t b);
Eigen::VectorXd variances(const DeviceAwareModel::State& model, double spread);

// The samples under the scales that explain them best, and the average over all scales, weighted
// with the likelihood.
struct DevicePosterior {
  std::vector<int32_t> rows;
  DeviceScales scales;        // the likeliest
  Eigen::MatrixXd factor;     // lower triangle of the likeliest covariance
  Eigen::VectorXd embedding;  // averaged
  Eigen::VectorXd residual;   // averaged; one weight for each sample
};
DevicePosterior infer_device(const DeviceAwareModel::State& model,
                             std::span<const MeasuredRow> measured);

}  // namespace detail
}  // namespace kernwise
