// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Costs of all designs on a new device from a handful of its measurements, by a Gaussian process
// over designs whose covariance is learned from the devices that are known.
//
// The cost, relative to its geometric mean, is a constant plus a mixture of covariances: what the
// known devices say (their common pattern, their differences), how a known pattern may be bent
// (per kind of choice, per position, per weight), and what the encoding allows beside (additive,
// pairs, smooth). How much of each is learned by leaving one known device out at a time and
// predicting it from few samples by the others. Several mixtures are kept, each as likely
// beforehand as it predicted the left-out devices; the samples of the target then weight them by
// their evidence (Bayesian model averaging; Rasmussen & Williams 2006, chapter 5). The overall
// scale is integrated out.
//
// Only the target's samples are ever looked at of the target. Thread-safety: const after `learn`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/fleet/latency_table.h"

namespace kernwise {

// Measurements of one target. A failed one is NaN: it costs a measurement and says nothing.
struct DeviceSamples {
  std::vector<std::size_t> rows;  // of the table
  std::vector<double> costs;      // in the table's unit
};

struct DeviceForecast {
  std::vector<double> cost;    // of each row asked for, > 0: the median
  std::vector<double> log_sd;  // standard deviation of its logarithm, noise of measuring included
};

struct DevicePriorOptions {
  int kept = 1000;                      // mixtures; fewer are faster
  std::vector<int> samples = {10, 20};  // that left-out devices are sampled with
  int draws = 5;                        // of samples, for each left-out device and number
  std::size_t max_rows = 1500;          // designs that a known device's smoother is fitted to
  // Ordered pairs of known devices that alone() learns from, one as proxy and one as target; 0:
  // for it all mixtures are equally likely. With fewer than three devices there are none.
  int pairs = 0;
};

class DevicePrior {
 public:
  // `devices` are the known ones, `known` the rows whose costs may be looked at. With fewer than
  // three devices nothing can be left out, and all mixtures are equally likely. The table must
  // outlive the prior.
  // kInvalidInput: no device, or fewer than 3 known rows.
  static Result<DevicePrior> learn(const LatencyTable& table, std::span<const std::size_t> devices,
                                   std::span<const std::size_t> known,
                                   const DevicePriorOptions& options, Rng& rng);

  // With samples at `sampled` (at most 512), costs at `rows`. What depends on the designs alone is
  // done once, so that a fleet of devices measured at the same designs costs little each.
  class Plan {
   public:
    // `costs` of `sampled`, in order; at least one is finite. `with_sd`: else log_sd is empty.
    DeviceForecast predict(std::span<const double> costs, bool with_sd = true) const;

   private:
    friend class DevicePrior;
    struct Parts;
    std::shared_ptr<const Parts> parts_;
  };
  Plan plan(std::span<const std::size_t> sampled, std::span<const std::size_t> rows) const;

  // plan(...).predict(...) in one. At least one sample has a cost.
  DeviceForecast predict(const DeviceSamples& samples, std::span<const std::size_t> rows) const;

  // What is believed when of the known devices only this one (a column of the table, one of
  // `devices`) is at hand. Takes milliseconds.
  DevicePrior alone(std::size_t device) const;

  // Functions drawn from what is believed of target after target at the same designs. It keeps what
  // does not depend on the target: not for several threads at once.
  class Drawer {
   public:
    // What measuring the designs may show after the samples, noise included, in the table's unit:
    // `count` draws of rows.size() costs. At least one sample has a cost.
    std::vector<std::vector<double>> draw(const DeviceSamples& samples, int count, Rng& rng);

   private:
    friend class DevicePrior;
    struct Kept;
    std::shared_ptr<Kept> kept_;
  };
  Drawer drawer(std::span<const std::size_t> rows) const;  // at most 500

  // The next designs to measure, best first: those of `candidates` (at most about 500; others are
  // thinned out) that tell most about the rest of them, given what was measured and what it says of
  // the mixtures: the greatest fall of the summed variance. Never one that is in `so_far`.
  std::vector<std::size_t> choose(const DeviceSamples& so_far,
                                  std::span<const std::size_t> candidates, std::size_t count) const;

  // One line for people: what the mixtures hold most of.
  std::string describe() const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace kernwise
