// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Successive halving as a function of the runs made so far: who is run again, and who is cut. The
// profiler follows it, and asks it of stored runs whether a profile is complete.
#pragma once

#include <vector>

namespace kernwise {

// A first run slower than this times the problem's best so far is the last one.
inline constexpr double kHopeless = 8;

// May a candidate with these runs (at least one) enter the round, when its problem's best median is
// `best`? Judged by its fastest run, not its median: a spike must not cut.
bool enters_round(const std::vector<double>& runs, double best, int round);

// Does a candidate that is in the round need another run to leave it?
bool wants_run(const std::vector<double>& runs, int round);

// How many runs a candidate leaves the round with.
int runs_of_round(int round);

// Has the contest of one problem been carried through? Everybody has run, whoever is fastest now
// has been through every round that all survivors go through, and nobody who would enter the last
// round is still uncertain. (Replaying each cut would not do: the best median, against which they
// were made, moves with later runs.)
bool halving_finished(const std::vector<const std::vector<double>*>& rivals);

}  // namespace kernwise
