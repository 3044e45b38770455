// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "run_job.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <sys/resource.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>
#include <torch/version.h>

#include <cstring>
#include <fstream>
#include <memory>
#include <numeric>
#include <string>

#include "kernwise/base/file.h"
#include "kernwise/base/statistics.h"
#include "kernwise/footprint/step_memory.h"
#include "kernwise/graph/onnx.h"
#include "layer_clock.h"
#include "operator_trace.h"
#include "step_meter.h"
#include "torch_network.h"

namespace kernwise::torch_worker {
namespace {

using at::Tensor;

constexpr Bytes kMostModel{int64_t{64} << 30};

// The line "VmHWM: 123 kB" of /proc/self/status.
int64_t process_bytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return 1024 * std::stoll(line.substr(field.size() + 1));
  }
  return 0;
}

// "AVX2", of the line "CPU capability usage: AVX2" that libtorch says of itself.
std::string cpu_capability() {
  constexpr std::string_view kKey = "CPU capability usage: ";
  const std::string text = at::show_config();
  const std::size_t begin = text.find(kKey);
  if (begin == std::string::npos) return "unknown";
  const std::string rest = text.substr(begin + kKey.size());
  return rest.substr(0, rest.find_first_of(" \n"));
}

std::unique_ptr<torch::optim::Optimizer> make_optimizer(const std::vector<Tensor>& parameters,
                                                        const TrainingJob& job) {
  const double rate = job.learning_rate, decay = job.step.weight_decay;
  switch (job.step.optimizer) {
    case Optimizer::kSgd:
    case Optimizer::kMomentum: {
      const double momentum = job.step.optimizer == Optimizer::kMomentum ? 0.9 : 0;
      return std::make_unique<torch::optim::SGD>(
          parameters, torch::optim::SGDOptions(rate).momentum(momentum).weight_decay(decay));
    }
    case Optimizer::kAdam:
      return std::make_unique<torch::optim::Adam>(
          parameters, torch::optim::AdamOptions(rate).weight_decay(decay));
    case Optimizer::kAdamW: break;
  }
  return std::make_unique<torch::optim::AdamW>(
      parameters, torch::optim::AdamWOptions(rate).weight_decay(decay));
}

// Exactly as many bytes as the tensor has, from `offset` on.
Status fill_from(const std::string& bytes, std::size_t& offset, const Tensor& tensor) {
  const auto size = static_cast<std::size_t>(tensor.nbytes());
  if (bytes.size() - offset < size) return invalid_input("the data file is too short");
  std::memcpy(tensor.data_ptr(), bytes.data() + offset, size);
  offset += size;
  return Ok{};
}

struct Batch {
  std::vector<Tensor> inputs;
  std::vector<Tensor> labels;  // per output, int64, where its loss is the cross-entropy
};

bool classifies(const Value& output) { return output.shape.h == 1 && output.shape.w == 1; }

Result<Batch> make_batch(const LayerGraph& graph, const TrainingJob& job, c10::Device device) {
  Batch batch;
  for (const ValueId input : graph.inputs) {
    const Shape4& s = graph.values[static_cast<std::size_t>(input)].shape;
    batch.inputs.push_back(at::randn({s.n, s.c, s.h, s.w}));
  }
  for (const ValueId id : graph.outputs) {
    const Value& output = graph.values[static_cast<std::size_t>(id)];
    batch.labels.emplace_back();
    if (job.step.inference || !classifies(output)) continue;
    batch.labels.back() = at::randint(output.shape.c, {output.shape.n}, at::kLong);
  }
  std::size_t offset = 0;
  if (!job.data.empty()) {
    KERNWISE_ASSIGN(const std::string bytes, read_file(job.data, kMostModel));
    for (const Tensor& input : batch.inputs) KERNWISE_TRY(fill_from(bytes, offset, input));
    if (offset != bytes.size()) return invalid_input("the data file is too long");
  }
  if (!job.labels.empty()) {
    KERNWISE_ASSIGN(const std::string bytes, read_file(job.labels, kMostModel));
    offset = 0;
    for (std::size_t i = 0; i < batch.labels.size(); ++i) {
      if (!batch.labels[i].defined()) continue;
      KERNWISE_TRY(fill_from(bytes, offset, batch.labels[i]));
      const int64_t classes = graph.values[static_cast<std::size_t>(graph.outputs[i])].shape.c;
      if (batch.labels[i].min().item<int64_t>() < 0 ||
          batch.labels[i].max().item<int64_t>() >= classes) {
        return invalid_input("a label is none of the network's classes");
      }
    }
  }
  for (Tensor& input : batch.inputs) input = input.to(device);
  for (Tensor& labels : batch.labels) {
    if (labels.defined()) labels = labels.to(device);
  }
  return batch;
}

// Cross-entropy of class scores; of images the mean square, as for a target of zeros.
Tensor loss_of(const std::vector<Tensor>& outputs, const Batch& batch) {
  Tensor total;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Tensor& y = outputs[i];
    const Tensor loss =
        batch.labels[i].defined()
            ? at::nll_loss(at::log_softmax(y.view({y.size(0), y.size(1)}), 1), batch.labels[i])
            : at::mean(y * y);
    total = total.defined() ? total + loss : loss;
  }
  return total;
}

struct Times {
  std::vector<double> forward, backward, update, step;
};

class Steps {
 public:
  Steps(const LayerGraph& graph, const TorchNetwork& network, const Batch& batch,
        const TrainingJob& job, StepMeter& meter, TrainingOutcome& outcome)
      : network_(network), batch_(batch), job_(job), meter_(meter), outcome_(outcome) {
    if (!job.step.inference) optimizer_ = make_optimizer(network.parameters(), job);
    if (!job.time_layers) return;
    std::vector<std::string> names;
    for (const Layer& layer : graph.layers) names.push_back(layer.name);
    clock_ = std::make_unique<LayerClock>(std::move(names));
    hook_ = [this](std::size_t layer) { clock_->mark(layer); };
  }

  void run() {
    for (int i = 0; i < job_.warmup + job_.steps; ++i) {
      if (job_.trace && i == job_.warmup) start_operator_trace();
      const bool timed = i >= job_.warmup;
      job_.step.inference ? infer(timed) : train(timed);
      if (clock_) clock_->close_step(timed);
    }
    outcome_.steps_s = times_.step;
    outcome_.median_s = median(times_.step);
    outcome_.spread = median_spread(times_.step);
    outcome_.phases.forward_s = median(times_.forward);
    if (clock_) outcome_.layers = clock_->medians();
    if (job_.step.inference) return;
    outcome_.phases.backward_s = median(times_.backward);
    outcome_.phases.update_s = median(times_.update);
  }

 private:
  // Moments: before the forward pass, behind it, behind the backward pass, before and behind the
  // update. The loss is read between the last two, which waits for the device.
  void train(bool timed) {
    for (const Tensor& parameter : network_.parameters()) parameter.mutable_grad().reset();
    meter_.reset_peak();
    meter_.mark(0);
    Tensor loss = loss_of(network_.forward(batch_.inputs, hook_), batch_);
    meter_.mark(1);
    close_phase(outcome_.phases.forward_bytes);
    loss.backward();
    meter_.mark(2);
    close_phase(outcome_.phases.backward_bytes);
    outcome_.loss = loss.item<float>();
    loss.reset();
    meter_.mark(3);
    optimizer_->step();
    meter_.mark(4);
    close_phase(outcome_.phases.update_bytes);
    if (!timed) return;
    times_.forward.push_back(meter_.seconds(0, 1));
    times_.backward.push_back(meter_.seconds(1, 2));
    times_.update.push_back(meter_.seconds(3, 4));
    times_.step.push_back(meter_.seconds(0, 4));
  }

  void infer(bool timed) {
    const at::NoGradGuard guard;
    meter_.reset_peak();
    meter_.mark(0);
    const std::vector<Tensor> outputs = network_.forward(batch_.inputs, hook_);
    meter_.mark(1);
    close_phase(outcome_.phases.forward_bytes);
    if (!timed) return;
    times_.forward.push_back(meter_.seconds(0, 1));
    times_.step.push_back(times_.forward.back());
  }

  // The highest of all steps: the first makes the optimizer's state, later ones have it.
  void close_phase(int64_t& peak) {
    peak = std::max(peak, meter_.allocated_peak());
    meter_.reset_peak();
  }

  const TorchNetwork& network_;
  const Batch& batch_;
  const TrainingJob& job_;
  StepMeter& meter_;
  TrainingOutcome& outcome_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  std::unique_ptr<LayerClock> clock_;  // if layers are timed
  TorchNetwork::LayerHook hook_;
  Times times_;
};

Result<LayerGraph> read_graph(const TrainingJob& job) {
  const OnnxOptions options{.shapes = {}, .max_model_memory = kMostModel};
  KERNWISE_ASSIGN(const Network read, read_onnx(job.network, options));
  return unfolded_graph(read, job.step.batch, kMostModel);
}

Status run(const TrainingJob& job, StepMeter& meter, TrainingOutcome& outcome) {
  if (job.time_layers && !meter.device().is_cpu()) {
    return unsupported("layers are timed on the processor only", "switch time_layers off");
  }
  KERNWISE_ASSIGN(const LayerGraph graph, read_graph(job));
  KERNWISE_ASSIGN(const TorchNetwork network,
                  TorchNetwork::build(graph, !job.step.inference, meter.device()));
  if (!job.step.inference && network.parameters().empty()) {
    return invalid_input("the network has nothing to learn");
  }
  for (const Tensor& parameter : network.parameters()) {
    outcome.parameter_bytes += static_cast<int64_t>(parameter.nbytes());
  }
  KERNWISE_ASSIGN(const Batch batch, make_batch(graph, job, meter.device()));
  Steps(graph, network, batch, job, meter, outcome).run();
  return Ok{};
}

void refuse(TrainingOutcome& outcome, const Error& error) {
  outcome.status = StepStatus::kRefused;
  outcome.reason = to_string(error);
}

}  // namespace

std::string torch_version() { return TORCH_VERSION; }

TrainingOutcome run_job(const TrainingJob& job) {
  TrainingOutcome outcome;
  std::unique_ptr<StepMeter> meter = cpu_meter();
  at::set_num_threads(job.step.threads);
  at::manual_seed(static_cast<uint64_t>(job.seed));
  outcome.library = "libtorch " + torch_version();
  outcome.capability = cpu_capability();
  outcome.process_idle_bytes = process_bytes("VmRSS");
  std::string thrown;
  try {
    if (job.device == TrainingDevice::kCuda) {
      Result<std::unique_ptr<StepMeter>> cuda = cuda_meter();
      if (!cuda.ok()) {
        refuse(outcome, cuda.error());
        return outcome;
      }
      meter = std::move(cuda).value();
    }
    meter->set_limit(job.limit_bytes);
    const Status status = run(job, *meter, outcome);
    outcome.status = StepStatus::kOk;
    if (!status.ok()) refuse(outcome, status.error());
  } catch (const std::exception& error) {
    outcome.status = StepStatus::kFailed;
    outcome.reason = thrown = error.what();
  }
  if (meter->ran_out(thrown)) {
    outcome.status = StepStatus::kOutOfMemory;
    outcome.reason = meter->refusal();
  }
  const PhaseFigures& p = outcome.phases;
  outcome.allocated_peak_bytes =
      std::max({p.forward_bytes, p.backward_bytes, p.update_bytes, meter->allocated_peak()});
  outcome.reserved_peak_bytes = meter->reserved_peak();
  outcome.process_peak_bytes = process_bytes("VmHWM");
  return outcome;
}

}  // namespace kernwise::torch_worker
