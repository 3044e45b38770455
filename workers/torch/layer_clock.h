// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Times every layer inside of a step: forward between two calls of a hook, backward by libtorch's
// observers. A backward function belongs to the layer that made it, which autograd's sequence
// numbers tell. Once in a process; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kernwise/footprint/training_job.h"

namespace kernwise::torch_worker {

class LayerClock {
 public:
  explicit LayerClock(std::vector<std::string> names);

  // To be called as TorchNetwork::LayerHook.
  void mark(std::size_t layer);
  // The step is over; its times count, or do not.
  void close_step(bool counts);

  std::vector<LayerTimes> medians() const;

 private:
  std::vector<std::string> names_;
  double last_ = 0;
  std::vector<double> forward_;                                    // of this step
  std::vector<std::vector<double>> forward_runs_, backward_runs_;  // per layer
};

}  // namespace kernwise::torch_worker
