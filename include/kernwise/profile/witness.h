// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Tells whether somebody else is using the processor right now. On a shared host the other half of
// a core may belong to another machine, which slows kernels that live in the first-level cache by
// 30 %, and two of our processors may be the two halves of one core, which slows a kernel on both
// of them by 100 %; for seconds or minutes, in ways that nothing inside of the machine shows.
//
// The witness is a loop over the first-level cache that takes microseconds and is always the same.
// Runs of a kernel are kept or not by what it says, never by their own times: the choice knows
// nothing of the kernel, so it favours none.
//
// Thread-safety: of one thread, which OpenMP's threads serve.
#pragma once

#include <map>

namespace kernwise {

class Witness {
 public:
  // Of the loop's time over the least that was ever seen, minus one: disturbed above it.
  static constexpr double kTolerance = 0.1;

  // How much slower the loop is now than at its best with as many threads, on each of `threads` at
  // once (the slowest counts). The first calls for a number of threads look for its best time, for
  // a fifth of a second.
  double slowdown(int threads);
  // The same one after the other on each processor that the calling thread may use, for kernels
  // that are run by threads of others. They run on it in turn.
  double slowdown_of_each();

  bool disturbed(int threads) { return noted(slowdown(threads)); }
  bool disturbed_anywhere() { return noted(slowdown_of_each()); }

  long asked() const { return asked_; }
  long refused() const { return refused_; }  // how often it said "disturbed"

 private:
  bool noted(double slowdown);
  double time_of(int threads);

  std::map<int, double> best_;  // seconds, by threads
  long asked_ = 0, refused_ = 0;
};

}  // namespace kernwise
