// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <chrono>
#include <vector>

#include "counting_allocator.h"
#include "step_meter.h"

namespace kernwise::torch_worker {
namespace {

class CpuMeter final : public StepMeter {
 public:
  CpuMeter() { install_counting_allocator(); }
  c10::Device device() const override { return c10::Device(c10::DeviceType::CPU); }
  void set_limit(int64_t bytes) override { torch_worker::set_limit(bytes); }
  int64_t allocated_peak() const override { return torch_worker::allocated_peak(); }
  void reset_peak() override { torch_worker::reset_peak(); }
  int64_t reserved_peak() const override { return torch_worker::reserved_peak(); }
  // Whoever caught the allocator's exception may have thrown another one.
  bool ran_out(const std::string&) const override { return torch_worker::ran_out(); }
  std::string refusal() const override {
    return "a request of " + std::to_string(refused_request()) + " bytes was refused";
  }

  void mark(std::size_t i) override {
    moments_.resize(i + 1);
    moments_[i] = std::chrono::steady_clock::now();
  }
  double seconds(std::size_t from, std::size_t to) override {
    return std::chrono::duration<double>(moments_.at(to) - moments_.at(from)).count();
  }

 private:
  std::vector<std::chrono::steady_clock::time_point> moments_;
};

}  // namespace

std::unique_ptr<StepMeter> cpu_meter() { return std::make_unique<CpuMeter>(); }

}  // namespace kernwise::torch_worker
