// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What every command is given: the flags common to all commands, where to talk and where to
// deliver. Results go to stdout (or -o), everything else to stderr.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "arguments.h"
#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "terminal_progress.h"

namespace kernwise::cli {

struct CommonFlags {
  bool short_help = false, long_help = false;
  bool json = false, quiet = false, verbose = false;
  std::string colour = "auto", progress = "auto";
  int64_t seed = 1;
  int64_t threads = 1;
  bool threads_given = false;
  std::string isa;              // empty: all that the machine has
  std::filesystem::path store;  // empty: the default one
};

void declare_common(Arguments& arguments, CommonFlags& flags);

class Session {
 public:
  Session(const CommonFlags& flags, const StopFlag& stop);

  const CommonFlags& flags() const { return flags_; }
  bool json() const { return flags_.json; }
  int threads() const { return static_cast<int>(flags_.threads); }
  uint64_t seed() const { return static_cast<uint64_t>(flags_.seed); }
  std::filesystem::path store() const;  // the effective one
  Progress& progress() { return progress_; }
  const StopFlag& stop() const { return stop_; }
  TextStyle style() const { return result_style_; }  // of where the result goes

  // `--threads` must be from 1 to the processors of this machine.
  Status check_threads() const;

  // Shows a warning and keeps it for the JSON result.
  void warn(ReportWarning warning);
  // Those of a workflow.
  void warn_all(const std::vector<std::string>& messages);

  // Results are those of a recorded device from now on, not of this machine.
  void stand_on(const Device& device, const std::string& libraries, const std::string& store);

  // Device, machine, warnings so far; `options` and those that are common to all commands.
  Envelope envelope(std::vector<ReportOption> options) const;

  // Where the result goes instead of stdout; "-" and "" are stdout. To be called before style().
  void deliver_to(const std::filesystem::path& file);
  // Writes the result. A full disk or a closed pipe is an error.
  Status deliver(const std::string& result);

  // Says on stderr what everything stands on: build, device, threads, store.
  void introduce();
  // A line on stderr, unless -q.
  void say(const std::string& text);

 private:
  const CommonFlags& flags_;
  const StopFlag& stop_;
  TerminalProgress progress_;
  TextStyle result_style_;
  std::filesystem::path file_;
  std::vector<ReportWarning> warnings_;
  struct Recorded {
    Device device;
    std::string libraries, store;
  };
  std::optional<Recorded> recorded_;
};

// Fails early if `file` could not be written later: its folder is missing or read-only.
Status check_writable(const std::filesystem::path& file);

}  // namespace kernwise::cli
