// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A performance model: from the features of a problem to the time of every primitive, with an
// interval, and a flag where the problem lies outside of what was trained on. It holds a regressor,
// the scaling of inputs and outputs (training data only), the training range, and, after transfer,
// a correction. Immutable once calibrated; predicting is thread-safe with a Workspace per thread
// and allocates nothing after the first call.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/learn/regressor.h"
#include "kernwise/learn/samples.h"

namespace kernwise {

// What `inspect` shows: where a model comes from and how wrong it was on data held out.
struct OutputError {
  std::string output;
  int64_t rows = 0;
  double mdrae = 0;  // median of |predicted - measured| / measured
  double mape = 0;   // mean of it
  friend bool operator==(const OutputError&, const OutputError&) = default;
};
struct Inversion {  // what was predicted best though something else was
  std::string problem, chosen, best;
  double regret = 0;  // measured time of the chosen over that of the best, minus one
  friend bool operator==(const Inversion&, const Inversion&) = default;
};
struct ModelCard {
  std::string device;     // fingerprint or name
  std::string data_hash;  // of the samples it was trained on
  std::string split;      // in words
  uint64_t seed = 0;
  int64_t train_rows = 0;
  std::string transfer;  // method and source, "" if trained from nothing
  std::vector<OutputError> errors;
  std::vector<Inversion> inversions;
  friend bool operator==(const ModelCard&, const ModelCard&) = default;
};

class PerformanceModel {
 public:
  // Scratch memory of one thread; grows at the first use.
  struct Workspace {
    std::vector<float> floats;
  };
  struct Prediction {
    // Per output; NaN where nothing was learnt or asked.
    std::vector<double> time_s, low_s, high_s;
    bool in_range = true;  // every feature within its training range
  };

  static Result<PerformanceModel> fit(RegressorKind kind, const Samples& samples,
                                      const FitOptions& options, Rng& rng);

  PerformanceModel(PerformanceModel&&) noexcept = default;
  PerformanceModel& operator=(PerformanceModel&&) noexcept = default;
  PerformanceModel(const PerformanceModel&) = default;  // shares the regressor, which is immutable
  PerformanceModel& operator=(const PerformanceModel&) = default;

  const FeatureSchema& schema() const { return schema_; }
  const std::vector<std::string>& outputs() const { return outputs_; }
  bool knows(std::size_t output) const { return known_[output] != 0; }
  const Regressor& regressor() const { return *regressor_; }
  bool corrected() const { return correction_ != nullptr; }
  ModelCard& card() { return card_; }
  const ModelCard& card() const { return card_; }

  // Logarithms of seconds, without interval: what training and transfer work with.
  void predict_logs(std::span<const double> features, std::span<double> to, Workspace& w,
                    std::span<const uint8_t> wanted = {}) const;
  // Rows x outputs.
  std::vector<double> predict_logs(const Samples& samples) const;
  // `wanted` (one for each output; empty: all) names the outputs that apply to the problem.
  void predict(std::span<const double> features, Prediction& to, Workspace& w,
               std::span<const uint8_t> wanted = {}) const;
  // Within the range of the training data, with a tenth of a logarithm to spare.
  bool in_range(std::span<const double> features) const;

  // Split-conformal intervals (Lei et al. 2018, algorithm 2), scaled by each output's own error,
  // and the bias of winners: both from samples that were not trained on, whole groups of them.
  void calibrate(const Samples& held_out, double coverage = 0.9);
  // The same from predictions (rows x outputs, logarithms) that models of other rows made, as
  // cross-validation does.
  void calibrate_predictions(std::span<const double> predicted, const Samples& held_out,
                             double coverage = 0.9);
  // The same from errors (rows x outputs; measured minus predicted logarithm, NaN where missing).
  void calibrate_errors(std::span<const double> errors, double coverage = 0.9);

  // The optimiser's curse (Smith & Winkler 2006): the least of many noisy predictions is too low.
  // What the predicted total of a plan is to be multiplied with, learnt from the winners of the
  // calibration samples; 1 before calibration.
  double winner_factor() const { return winner_factor_; }
  // What a choice goes by, from the logarithm that was predicted of an output: the time multiplied
  // with winner_factor(), and bounds that hold it (infinite before calibration).
  struct Estimate {
    double time_s = 0, low_s = 0, high_s = 0;
  };
  double candidate_time(double log) const;
  Estimate candidate(std::size_t output, double log) const;
  double coverage() const { return coverage_; }
  // Median over the calibration errors of |measured / predicted - 1|; 0 before calibration.
  double typical_error() const { return typical_error_; }

  // File: docs/formats/model.md. Reading takes any bytes and says what is wrong with them.
  std::string to_bytes() const;
  static Result<PerformanceModel> from_bytes(std::string_view bytes);
  Status save(const std::filesystem::path& path) const;
  static Result<PerformanceModel> load(const std::filesystem::path& path);
  // kInvalidInput unless the model was trained on exactly these features.
  Status check_schema(const FeatureSchema& schema) const;

  friend struct ModelBuilder;

 private:
  PerformanceModel() = default;

  FeatureSchema schema_;
  std::vector<std::string> outputs_;
  std::vector<uint8_t> known_;  // per output: had samples
  Standardizer inputs_scale_, outputs_scale_;
  std::vector<double> low_, high_;  // training range of each feature
  std::shared_ptr<const Regressor> regressor_;
  double half_width(std::size_t output) const;
  std::shared_ptr<const Regressor> correction_;  // adds logarithms; may be null
  std::vector<double> half_width_;  // of the interval, logarithm; per output; empty: not calibrated
  double coverage_ = 0;
  double winner_factor_ = 1;
  double typical_error_ = 0;
  ModelCard card_;
};

// Content hash of samples, for the card.
std::string data_hash(const Samples& samples);

}  // namespace kernwise
