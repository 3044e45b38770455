// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Progress on stderr. On a terminal: one line, rewritten at most ten times a second, erased at the
// end. In a pipe: one plain line for every tenth of a stage, but none within a second of
// the last. Nothing for work of under a second.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

#include "kernwise/base/progress.h"
#include "kernwise/report/text_style.h"
#include "terminal.h"

namespace kernwise::cli {

class TerminalProgress final : public Progress {
 public:
  // kAuto: a line if `terminal`, plain text otherwise. kAlways: a line anyhow. kNever: nothing, as
  // with `quiet`, which silences warnings too.
  TerminalProgress(std::FILE* out, bool terminal, When when, bool quiet, TextStyle style);
  ~TerminalProgress() override;

  void update(std::string_view stage, double share, std::string_view detail) override;
  void finish(std::string_view stage, std::string_view summary) override;
  void warn(std::string_view message) override;
  // Takes the line away, so that something else can be written.
  void erase();

 private:
  using Clock = std::chrono::steady_clock;

  void enter(std::string_view stage);
  std::string remaining(double share, Clock::time_point now) const;
  void draw(double share, std::string_view detail, Clock::time_point now);

  std::FILE* out_;
  bool line_;
  bool shown_;
  bool quiet_;
  TextStyle style_;
  std::string stage_;
  Clock::time_point begin_{};  // of all work
  Clock::time_point stage_begin_{};
  Clock::time_point drawn_{};
  int tenths_ = 0;     // of the stage, already told in plain text
  int on_screen_ = 0;  // columns that erase() must blank
};

}  // namespace kernwise::cli
