// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/footprint_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "familiar_trees.h"
#include "kernwise/base/check.h"
#include "kernwise/learn/conformal.h"

namespace kernwise {
namespace {

constexpr double kNearCeiling = 0.94;
constexpr int kDesignFolds = 3;

Status check_rows(const PhysicalForm& form, std::span<const FootprintRow> rows) {
  bool usable = false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const FootprintRow& row = rows[i];
    const auto bad = [&](std::string_view what) {
      return invalid_input(fmt::format("row {} of the footprint measurements {}", i, what));
    };
    if (row.at.terms.size() != form.terms.size()) return bad("has a wrong number of terms");
    if (row.at.coordinates.empty() || row.at.coordinates.size() != rows[0].at.coordinates.size() ||
        row.at.features.size() != rows[0].at.features.size()) {
      return bad("has a wrong number of coordinates or features");
    }
    for (const double term : row.at.terms) {
      if (!std::isfinite(term) || term < 0) return bad("has a term that is no size");
    }
    for (const auto* values : {&row.at.coordinates, &row.at.features}) {
      for (const double value : *values) {
        if (!std::isfinite(value)) return bad("has a coordinate or feature that is not finite");
      }
    }
    if (!std::isfinite(row.figure) || row.figure <= 0)
      return bad("has a figure that is not above 0");
    usable = usable || !row.censored;
  }
  if (!usable) return invalid_input("there is no measurement to learn a footprint from");
  return Ok{};
}

// Rows by a key of theirs.
template <typename Key>
std::map<int, std::vector<std::size_t>> rows_by(std::span<const FootprintRow> rows, Key key) {
  std::map<int, std::vector<std::size_t>> by;
  for (std::size_t i = 0; i < rows.size(); ++i) by[key(rows[i])].push_back(i);
  return by;
}

// The share of sorted errors that are at most `error`.
double share_below(const std::vector<double>& errors, double error) {
  const auto above = std::upper_bound(errors.begin(), errors.end(), error);
  return static_cast<double>(above - errors.begin()) / static_cast<double>(errors.size());
}

// Of a new design, where no error was ever seen.
double assumed_error() { return std::hypot(kAssumedRowError, kAssumedDesignError); }

// P(|x| <= width) = coverage for a normal x with the assumed deviation.
double assumed_half_width(double coverage) {
  double low = 0, high = 10;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (std::erf(middle / std::sqrt(2.0)) < coverage ? low : high) = middle;
  }
  return assumed_error() * low;
}

double half_width(const std::vector<double>& errors, double coverage) {
  if (errors.empty()) return assumed_half_width(coverage);
  std::vector<double> magnitudes;
  for (const double error : errors) magnitudes.push_back(std::abs(error));
  return conformal_half_width(std::move(magnitudes), coverage);
}

}  // namespace

FootprintModel::FootprintModel() = default;
FootprintModel::FootprintModel(FootprintModel&&) noexcept = default;
FootprintModel& FootprintModel::operator=(FootprintModel&&) noexcept = default;
FootprintModel::FootprintModel(const FootprintModel&) = default;
FootprintModel& FootprintModel::operator=(const FootprintModel&) = default;
FootprintModel::~FootprintModel() = default;

Result<FootprintModel> FootprintModel::fit(const PhysicalForm& form,
                                           std::span<const FootprintRow> rows,
                                           const FootprintOptions& options, Rng& rng) {
  KERNWISE_TRY(check_rows(form, rows));
  FootprintModel model;
  model.form_ = form;
  model.ceiling_ = options.ceiling;
  model.coverage_ = options.coverage;
  std::vector<PhysicalRow> physical;
  for (const FootprintRow& row : rows) {
    const bool cut = options.ceiling > 0 && row.figure > kNearCeiling * options.ceiling;
    physical.push_back({row.at.terms, row.figure, row.design, row.censored || cut});
  }
  model.weights_ = fit_physical_form(form, physical);
  if (options.trees) {
    for (const auto& [network, members] :
         rows_by(rows, [](const FootprintRow& row) { return row.at.network; })) {
      std::vector<const FootprintRow*> own;
      std::vector<double> estimates;
      std::set<int> designs;
      for (const std::size_t i : members) {
        if (network < 0 || rows[i].censored) continue;
        own.push_back(&rows[i]);
        estimates.push_back(physical_estimate(form, model.weights_, rows[i].at.terms));
        designs.insert(rows[i].design);
      }
      if (std::ssize(designs) < FamiliarTrees::kFewestDesigns) continue;
      KERNWISE_ASSIGN(auto trees, FamiliarTrees::fit(own, estimates, options.trees_each, rng));
      model.familiar_.push_back(std::move(trees));
    }
  }
  if (options.coverage > 0) KERNWISE_TRY(model.calibrate(rows, options, rng));
  return model;
}

Status FootprintModel::calibrate(std::span<const FootprintRow> rows,
                                 const FootprintOptions& options, Rng& rng) {
  FootprintOptions plain = options;
  plain.coverage = 0;  // the models of the folds need no calibration of their own
  const auto errors_without = [&](const std::vector<std::size_t>& left_out,
                                  std::vector<double>& to) -> Status {
    std::vector<FootprintRow> rest;
    std::size_t next = 0;
    bool usable = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (next < left_out.size() && left_out[next] == i) {
        ++next;
        continue;
      }
      rest.push_back(rows[i]);
      usable = usable || !rows[i].censored;
    }
    if (!usable) return Ok{};
    KERNWISE_ASSIGN(const FootprintModel model, FootprintModel::fit(form_, rest, plain, rng));
    for (const std::size_t i : left_out) {
      if (rows[i].censored) continue;
      to.push_back(std::log(rows[i].figure / model.median(rows[i].at, nullptr)));
    }
    return Ok{};
  };
  const auto networks = rows_by(rows, [](const FootprintRow& row) { return row.at.network; });
  const auto designs = rows_by(rows, [](const FootprintRow& row) { return row.design; });
  plain.trees = false;
  if (networks.size() > 1 || designs.size() > 1) {
    for (const auto& [key, members] : networks.size() > 1 ? networks : designs) {
      KERNWISE_TRY(errors_without(members, errors_new_));
    }
  }
  if (!familiar_.empty()) {
    plain.trees = true;
    std::vector<std::vector<std::size_t>> folds(kDesignFolds);
    std::size_t fold = 0;
    for (const auto& [key, members] : designs) {
      auto& to = folds[fold++ % kDesignFolds];
      to.insert(to.end(), members.begin(), members.end());
    }
    for (auto& left_out : folds) {
      std::sort(left_out.begin(), left_out.end());
      KERNWISE_TRY(errors_without(left_out, errors_familiar_));
    }
  }
  std::sort(errors_new_.begin(), errors_new_.end());
  std::sort(errors_familiar_.begin(), errors_familiar_.end());
  return Ok{};
}

double FootprintModel::demand(const FootprintQuery& query) const {
  return physical_estimate(form_, weights_, query.terms);
}

double FootprintModel::median(const FootprintQuery& query, FootprintEstimate* notes) const {
  double log = std::log(demand(query));
  for (const auto& trees : familiar_) {
    if (trees->network() != query.network) continue;
    const bool in_range = trees->in_range(query);
    log = in_range ? trees->interpolated(query, log) : trees->corrected(query, log);
    if (notes != nullptr) {
      notes->measured_network = true;
      notes->in_range = in_range;
    }
  }
  const double figure = std::exp(log);
  return ceiling_ > 0 ? std::min(figure, ceiling_) : figure;
}

FootprintEstimate FootprintModel::predict(const FootprintQuery& query) const {
  KERNWISE_CHECK(query.terms.size() == form_.terms.size());
  FootprintEstimate estimate;
  estimate.median = median(query, &estimate);
  const bool familiar = estimate.measured_network && !errors_familiar_.empty();
  estimate.calibrated = familiar || !errors_new_.empty();
  const double factor = std::exp(half_width(familiar ? errors_familiar_ : errors_new_, coverage_));
  estimate.low = estimate.median / factor;
  estimate.high = estimate.median * factor;
  return estimate;
}

double FootprintModel::probability_within(const FootprintQuery& query, double limit) const {
  FootprintEstimate notes;
  const double figure = median(query, &notes);
  const bool familiar = notes.measured_network && !errors_familiar_.empty();
  const std::vector<double>& errors = familiar ? errors_familiar_ : errors_new_;
  if (errors.empty()) {
    return 0.5 * std::erfc(-std::log(limit / figure) / (assumed_error() * std::sqrt(2.0)));
  }
  return share_below(errors, std::log(limit / figure));
}

}  // namespace kernwise
