// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How long work talks to whoever started it, and how it is told to stop. Library code never prints;
// it reports here, and looks at `stop` between units of work.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "kernwise/base/units.h"

namespace kernwise {

class Progress {
 public:
  virtual ~Progress() = default;
  // `share` of this stage that is done, in [0, 1]; `detail` is what is being worked on.
  virtual void update(std::string_view stage, double share, std::string_view detail) = 0;
  virtual void finish(std::string_view stage, std::string_view summary) = 0;
  // A statement about the work that is not an error.
  virtual void warn(std::string_view message) = 0;
};

// Says nothing.
class SilentProgress final : public Progress {
 public:
  void update(std::string_view, double, std::string_view) override {}
  void finish(std::string_view, std::string_view) override {}
  void warn(std::string_view) override {}
};

// Set by a signal handler; long work returns kInterrupted soon after, with finished parts kept.
using StopFlag = std::atomic<bool>;

}  // namespace kernwise
