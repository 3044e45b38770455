// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "campaign.h"

#include <fmt/format.h>

#include <utility>

#include "kernwise/base/format.h"
#include "kernwise/device/device.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/graph/zoo.h"
#include "kernwise/workflow/profile_training.h"

namespace kernwise::footprint_here {
namespace {

class Spoken final : public Progress {
 public:
  explicit Spoken(const Say& say) : say_(say) {}
  void update(std::string_view stage, double share, std::string_view detail) override {
    if (share < next_) return;
    next_ = share + 0.05;
    say_(fmt::format("{} {:.0f} %: {}", stage, 100 * share, detail));
  }
  void finish(std::string_view stage, std::string_view summary) override {
    say_(fmt::format("{}: {}", stage, summary));
  }
  void warn(std::string_view message) override { say_(std::string(message)); }

 private:
  const Say& say_;
  double next_ = 0;
};

// The network of the zoo with images of another size, which lies in a file as a user's would.
Status write_network(const std::string& name, int64_t image, const std::filesystem::path& file) {
  if (std::filesystem::exists(file)) return Ok{};
  std::filesystem::path whole = file;
  whole.replace_extension("full-size.onnx");
  KERNWISE_ASSIGN(const Network built, build_zoo_network(name));
  KERNWISE_TRY(write_onnx(built, whole));
  OnnxOptions options;
  options.shapes[built.inputs.front().name] = {1, 3, image, image};
  KERNWISE_ASSIGN(const Network smaller, read_onnx(whole, options));
  KERNWISE_TRY(write_onnx(smaller, file));
  std::error_code kept;
  std::filesystem::remove(whole, kept);
  return Ok{};
}

Result<TrainingProfileRequest> request_of(const Options& options) {
  TrainingProfileRequest request;
  request.batches = options.batches;
  request.ratios = options.ratios;
  request.optimizers.clear();
  for (const std::string& name : options.optimizers) {
    KERNWISE_ASSIGN(request.optimizers.emplace_back(), parse_optimizer(name));
  }
  request.threads = options.threads;
  request.seed = options.seed;
  request.budget = Seconds{options.budget_s};
  request.store = options.store.empty() ? options.work / "training.db" : options.store;
  request.device = describe_this_device().fingerprint;
  const Isa isa = isa_in_use();
  request.rules = {.vector_floats = isa == Isa::kAvx512 ? 16 : isa == Isa::kSse41 ? 4 : 8};
  return request;
}

}  // namespace

Result<Data> measure(const Options& options, const Say& say) {
  Data data;
  KERNWISE_ASSIGN(TrainingProfileRequest request, request_of(options));
  for (const std::string& name : options.networks) {
    data.names.push_back(name);
    data.files.push_back(options.work / fmt::format("{}-{}.onnx", name, options.image));
    KERNWISE_TRY(write_network(name, options.image, data.files.back()));
  }
  request.networks = data.files;
  Spoken progress(say);
  const StopFlag stop{false};
  KERNWISE_ASSIGN(const TrainingProfileOutcome outcome, profile_training(request, progress, stop));
  data.library = outcome.library;
  data.unmeasured = outcome.unmeasured;
  data.plain = plain_step_device(request.rules.vector_floats, options.threads);
  // The same networks again, for their graphs: profile_training() prunes with the same seed.
  for (const std::filesystem::path& file : data.files) {
    KERNWISE_ASSIGN(const Network network, read_onnx(file, {.shapes = {}, .weights = false}));
    for (const double ratio : options.ratios) {
      Rng rng(options.seed);
      KERNWISE_ASSIGN(PrunedNetwork pruned,
                      prune_channels(network, {ratio, {}, request.strategy}, rng, kMost));
      data.variants.push_back(without_weights(pruned.network));
    }
  }
  const std::size_t each = options.batches.size() * options.optimizers.size();
  std::size_t next = 0;
  for (std::size_t i = 0; i < outcome.rows.size(); ++i) {
    const TrainingProfileRow& row = outcome.rows[i];
    if (row.status != StepStatus::kOk) {
      data.failed += row.reason == "not measured" ? 0 : 1;
      continue;
    }
    const std::size_t variant = i / each;
    data.rows.push_back(
        {variant / options.ratios.size(), variant, row.ratio, outcome.records[next++], row.spread});
  }
  return data;
}

Result<std::vector<TrainingProfileRow>> steps_of(const Options& options,
                                                 const std::vector<std::filesystem::path>& files,
                                                 int64_t batch, const Say& say) {
  KERNWISE_ASSIGN(TrainingProfileRequest request, request_of(options));
  request.networks = files;
  request.ratios = {0};
  request.batches = {batch};
  request.optimizers.resize(1);
  Spoken progress(say);
  const StopFlag stop{false};
  KERNWISE_ASSIGN(TrainingProfileOutcome outcome, profile_training(request, progress, stop));
  return std::move(outcome.rows);
}

}  // namespace kernwise::footprint_here
