// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/profile_training.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include "kernwise/base/format.h"
#include "kernwise/base/temporary_folder.h"
#include "kernwise/device/device.h"
#include "kernwise/store/store.h"
#include "training_records.h"

namespace kernwise {
namespace {

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// One network pruned one way.
struct Variant {
  std::filesystem::path given;  // the file it comes from
  double ratio = 0;
  std::string name;            // in the store
  Network network;             // without its weights
  std::filesystem::path file;  // what the worker reads; empty: not written yet
};

class Profile {
 public:
  Profile(const TrainingProfileRequest& request, Progress& progress, const StopFlag& stop)
      : request_(request), progress_(progress), stop_(stop) {}

  Result<TrainingProfileOutcome> run() {
    KERNWISE_ASSIGN(const std::filesystem::path worker, find_torch_worker(request_.worker));
    worker_ = worker;
    KERNWISE_ASSIGN(out_.library, torch_worker_library(worker_));
    KERNWISE_ASSIGN(const TemporaryFolder folder, TemporaryFolder::make());
    folder_ = folder.path();
    KERNWISE_TRY(make_variants());
    const auto path = request_.store.empty() ? default_store_path() : request_.store;
    KERNWISE_ASSIGN(store_, open_store(path, StoreMode::kReadWrite));
    out_.store = store_->location();
    key_.device = request_.device;
    key_.threads = request_.threads;
    key_.protocol = detail::kTrainingProtocol;
    key_.libraries = out_.library;
    list_rows();
    KERNWISE_TRY(measure());
    KERNWISE_TRY(collect());
    return std::move(out_);
  }

 private:
  // Predictions need no weights. Which channels go can decide how many each part of a split or a
  // shuffle keeps, so those that the weights choose are chosen by them here too.
  Status make_variants() {
    for (const std::filesystem::path& given : request_.networks) {
      KERNWISE_ASSIGN(const Network read, read_onnx(given, request_.onnx));
      const Network network = without_weights(read);
      for (const double ratio : request_.ratios) {
        Variant v{given, ratio, read.content_hash, network, {}};
        if (ratio > 0) {
          const bool by_weights = request_.strategy == PruneStrategy::kL1;
          KERNWISE_ASSIGN(v.network, pruned(by_weights ? read : network, ratio));
          v.network = without_weights(v.network);
          v.name += fmt::format(":{}{}:{}", request_.strategy == PruneStrategy::kL1 ? "l" : "p",
                                ratio, request_.seed);
        } else if (request_.onnx.shapes.empty()) {
          v.file = given;
        }
        variants_.push_back(std::move(v));
      }
    }
    return Ok{};
  }

  Result<Network> pruned(const Network& network, double ratio) const {
    Rng rng(request_.seed);
    KERNWISE_ASSIGN(PrunedNetwork pruned, prune_channels(network, {ratio, {}, request_.strategy},
                                                         rng, request_.onnx.max_model_memory));
    return std::move(pruned.network);
  }

  // A network that is pruned, or has other shapes than in its file, as a file for the worker.
  Status write_variant(std::size_t v) {
    Variant& variant = variants_[v];
    if (!variant.file.empty()) return Ok{};
    KERNWISE_ASSIGN(Network network, read_onnx(variant.given, request_.onnx));
    if (variant.ratio > 0) {
      KERNWISE_ASSIGN(network, pruned(network, variant.ratio));
    }
    const std::filesystem::path file = folder_ / fmt::format("{}.onnx", v);
    KERNWISE_TRY(write_onnx(network, file));
    variant.file = file;
    return Ok{};
  }

  void list_rows() {
    for (std::size_t v = 0; v < variants_.size(); ++v) {
      for (const int64_t batch : request_.batches) {
        for (const Optimizer optimizer : request_.optimizers) {
          TrainingProfileRow row;
          row.network = variants_[v].given.string();
          row.ratio = variants_[v].ratio;
          row.step = {.batch = batch,
                      .inference = request_.inference,
                      .optimizer = optimizer,
                      .weight_decay = request_.weight_decay,
                      .threads = request_.threads};
          out_.rows.push_back(std::move(row));
          variant_.push_back(v);
          if (request_.inference) break;  // no optimizer has a part in it
        }
      }
    }
  }

  Result<LayerGraph> graph_of(std::size_t row) const {
    return unfolded_graph(variants_[variant_[row]].network, out_.rows[row].step.batch, kMost);
  }

  Result<detail::TrainingRecords> known() const {
    KERNWISE_ASSIGN(std::vector<Measurement> stored, store_->query({.device = key_.device,
                                                                    .threads = key_.threads,
                                                                    .protocol = key_.protocol,
                                                                    .libraries = key_.libraries}));
    return detail::TrainingRecords(key_, request_.limit.value, std::move(stored));
  }

  Status measure() {
    KERNWISE_ASSIGN(const detail::TrainingRecords records, known());
    std::vector<std::size_t> todo;
    for (std::size_t i = 0; i < out_.rows.size(); ++i) {
      if (!records.find(variants_[variant_[i]].name, out_.rows[i].step)) todo.push_back(i);
    }
    Rng rng(request_.seed);
    for (std::size_t i = todo.size(); i > 1; --i) {
      std::swap(todo[i - 1],
                todo[static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(i) - 1))]);
    }
    if (todo.empty()) return Ok{};
    const Device device = describe_this_device();
    const double start = now_s();
    std::size_t done = 0;
    for (const std::size_t i : todo) {
      out_.spent = Seconds{now_s() - start};
      if (stop_ || out_.spent >= request_.budget) break;
      KERNWISE_TRY(write_variant(variant_[i]));
      const Variant& variant = variants_[variant_[i]];
      progress_.update("training steps",
                       static_cast<double>(done) / static_cast<double>(todo.size()),
                       fmt::format("{} batch {}", variant.given.string(), out_.rows[i].step.batch));
      MachineContext context = describe_context();
      context.libraries = key_.libraries;
      const Result<TrainingOutcome> outcome = run_job(variant, out_.rows[i].step);
      if (!outcome.ok()) {
        // A stop that was asked for comes first, whatever the worker did.
        if (stop_ || outcome.error().code == ErrorCode::kInterrupted) return interrupted(done);
        // Killed, or too slow: that is no property of the step, so the store is not told, and the
        // next call tries again.
        out_.rows[i].reason = to_string(outcome.error());
        ++out_.unanswered;
        continue;
      }
      KERNWISE_ASSIGN(const LayerGraph graph, graph_of(i));
      KERNWISE_ASSIGN(std::vector<Measurement> measurements,
                      records.measurements(variant.name, out_.rows[i].step, graph, *outcome));
      KERNWISE_ASSIGN(const int64_t session, store_->begin_session(device, context));
      for (Measurement& m : measurements) m.session = session;
      KERNWISE_TRY(store_->append(measurements));
      out_.rows[i].measured_now = true;
      ++done;
    }
    out_.spent = Seconds{now_s() - start};
    out_.unmeasured = static_cast<int64_t>(todo.size() - done) - out_.unanswered;
    progress_.finish("training steps",
                     fmt::format("{} run, {} known before, {} left", done,
                                 out_.rows.size() - todo.size(), out_.unmeasured));
    if (stop_) return interrupted(done);
    if (out_.unanswered > 0) {
      out_.warnings.push_back(
          fmt::format("of {} steps the worker gave no answer (killed, or longer than {}). They are "
                      "not in the store: the same command tries them again",
                      out_.unanswered, format_seconds(request_.timeout)));
    }
    if (out_.unmeasured > 0) {
      out_.warnings.push_back(fmt::format(
          "the budget of {} left {} of {} steps unmeasured. Run the same command again to go on, "
          "or raise --budget",
          format_seconds(request_.budget), out_.unmeasured, out_.rows.size()));
    }
    return Ok{};
  }

  static Error interrupted(std::size_t done) {
    return {ErrorCode::kInterrupted,
            fmt::format("stopped after {} steps", done),
            {},
            "what was measured is kept; the same command goes on from there"};
  }

  Result<TrainingOutcome> run_job(const Variant& variant, const StepOptions& step) const {
    TrainingJob job;
    job.network = std::filesystem::absolute(variant.file).string();
    job.step = step;
    job.steps = request_.steps;
    job.limit_bytes = request_.limit.value;
    job.seed = static_cast<int64_t>(request_.seed);
    job.time_layers = true;
    return run_training_job(job, worker_, request_.timeout);
  }

  Status collect() {
    KERNWISE_ASSIGN(const detail::TrainingRecords records, known());
    int64_t unsteady = 0;
    for (std::size_t i = 0; i < out_.rows.size(); ++i) {
      TrainingProfileRow& row = out_.rows[i];
      const std::string& name = variants_[variant_[i]].name;
      KERNWISE_ASSIGN(const LayerGraph graph, graph_of(i));
      row.predicted_bytes = step_memory(graph, row.step, request_.rules).peak_bytes();
      const auto known = records.find(name, row.step);
      if (!known) {
        if (row.reason.empty()) row.reason = "not measured";
        continue;
      }
      row.status = known->status;
      row.reason = known->reason;
      if (row.status == StepStatus::kOutOfMemory && request_.limit.value > 0) {
        StepRecord record{untimed_step(graph, row.step), row.predicted_bytes, request_.limit.value};
        record.timed.network = row.network;
        record.ran_out = true;
        out_.records.push_back(std::move(record));
      }
      if (row.status != StepStatus::kOk) continue;
      row.allocated_bytes = known->allocated_bytes;
      row.reserved_bytes = known->reserved_bytes;
      row.used_bytes = known->process_bytes;
      row.median_s = known->median_s;
      row.spread = known->spread;
      StepRecord record{records.timed(name, row.step, graph, *known), row.predicted_bytes,
                        row.allocated_bytes, row.reserved_bytes, row.used_bytes};
      // Pruned versions of one network are held out together.
      record.timed.network = row.network;
      record.unsteady = grade_of(row.spread) == 'F';
      unsteady += record.unsteady ? 1 : 0;
      out_.records.push_back(std::move(record));
    }
    if (unsteady > 0) {
      out_.warnings.push_back(fmt::format(
          "{} of {} steps took so different times (grade F) that no time is learned from them; "
          "their memory is",
          unsteady, out_.records.size()));
    }
    return Ok{};
  }

  static constexpr Bytes kMost{int64_t{1} << 46};

  const TrainingProfileRequest& request_;
  Progress& progress_;
  const StopFlag& stop_;
  std::filesystem::path worker_, folder_;
  std::unique_ptr<Store> store_;
  MeasurementKey key_;
  std::vector<Variant> variants_;
  std::vector<std::size_t> variant_;  // per row
  TrainingProfileOutcome out_;
};

}  // namespace

Result<TrainingProfileOutcome> profile_training(const TrainingProfileRequest& request,
                                                Progress& progress, const StopFlag& stop) {
  if (request.networks.empty()) {
    return invalid_input("there is nothing to train", "name networks with --network");
  }
  return Profile(request, progress, stop).run();
}

}  // namespace kernwise
