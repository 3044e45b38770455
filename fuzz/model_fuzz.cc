// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Model files from strangers: any bytes are a model or an error, and a model predicts without
// harm. The checksum is made right first: otherwise nothing behind it would ever be reached.
#include <cstddef>
#include <cstdint>
#include <string>

#include "kernwise/base/check.h"
#include "kernwise/base/hash.h"
#include "kernwise/learn/device_model.h"
#include "kernwise/learn/model.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  constexpr std::size_t kHash = 32;
  if (size >= kHash) {
    const Result<DeviceModel> device =
        DeviceModel::from_bytes(bytes.substr(0, size - kHash) +
                                content_hash(std::string_view(bytes).substr(0, size - kHash)));
    if (!device.ok()) KERNWISE_CHECK(device.error().code == ErrorCode::kInvalidInput);
    if (device.ok()) KERNWISE_CHECK(DeviceModel::from_bytes(device->to_bytes()).ok());
  }
  const Result<PerformanceModel> as_given = PerformanceModel::from_bytes(bytes);
  if (!as_given.ok()) KERNWISE_CHECK(as_given.error().code == ErrorCode::kInvalidInput);
  if (size < kHash) return 0;
  bytes.resize(size - kHash);
  bytes += content_hash(bytes);
  const Result<PerformanceModel> model = PerformanceModel::from_bytes(bytes);
  if (!model.ok()) {
    KERNWISE_CHECK(model.error().code == ErrorCode::kInvalidInput);
    return 0;
  }
  PerformanceModel::Workspace w;
  PerformanceModel::Prediction prediction;
  const std::vector<double> features(model->schema().features.size(), 1.5);
  model->predict(features, prediction, w);
  KERNWISE_CHECK(prediction.time_s.size() == model->outputs().size());
  KERNWISE_CHECK(PerformanceModel::from_bytes(model->to_bytes()).ok());
  return 0;
}
