// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>

#include "kernwise/base/file.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/store/store.h"

namespace kernwise::cli {

void declare_common(Arguments& arguments, CommonFlags& flags) {
  arguments.begin_common();
  arguments.flag("--json", flags.json, "the result as JSON on stdout");
  arguments.flag("-q,--quiet", flags.quiet, "no progress and no warnings on stderr");
  arguments.flag("-v,--verbose", flags.verbose, "say more");
  arguments.choice("--color", flags.colour, {"auto", "always", "never"}, "colours (auto)");
  arguments.choice("--progress", flags.progress, {"auto", "always", "never"},
                   "progress on stderr (auto)");
  arguments.integer("--seed", flags.seed, 0, std::numeric_limits<int64_t>::max(),
                    "seed of everything random (1)");
  arguments.integer("--threads", flags.threads, 1, 1 << 16, "threads of the network (1)");
  arguments.choice("--isa", flags.isa, {"sse4.1", "avx2", "avx512"},
                   "hold every kernel and library to it (the machine's best)");
  arguments.path(
      "--store", flags.store, "PLACE",
      "measurements: a file ($XDG_DATA_HOME/kernwise/measurements.db), or postgresql://...");
  arguments.flag("-h", flags.short_help, "the flags of the command");
  arguments.flag("--help", flags.long_help, "help with an example");
}

Session::Session(const CommonFlags& flags, const StopFlag& stop)
    : flags_(flags), stop_(stop),
      progress_(stderr, is_terminal(STDERR_FILENO), parse_when(flags.progress), flags.quiet,
                style_of(STDERR_FILENO, parse_when(flags.colour))),
      result_style_(style_of(STDOUT_FILENO, parse_when(flags.colour))) {}

std::filesystem::path Session::store() const {
  return flags_.store.empty() ? default_store_path() : flags_.store;
}

Status Session::check_threads() const {
  const int cores = describe_this_device().cores;
  if (flags_.threads <= cores) return Ok{};
  return invalid_input(fmt::format("{} threads are more than the {} processor{} of this machine",
                                   flags_.threads, cores, cores == 1 ? "" : "s"),
                       fmt::format("give 1 to {}", cores))
      .within("--threads");
}

void Session::warn(ReportWarning warning) {
  progress_.warn(warning.message + (warning.hint.empty() ? "" : " (" + warning.hint + ")"));
  warnings_.push_back(std::move(warning));
}

void Session::warn_all(const std::vector<std::string>& messages) {
  for (const std::string& message : messages) warn({"notice", message, {}});
}

void Session::stand_on(const Device& device, const std::string& libraries,
                       const std::string& store) {
  recorded_ = {device, libraries, store};
}

Envelope Session::envelope(std::vector<ReportOption> options) const {
  Envelope envelope;
  envelope.device = describe_this_device();
  envelope.context = describe_context();
  envelope.context.libraries = library_versions();
  if (recorded_) {
    envelope.device = recorded_->device;
    envelope.context.libraries = recorded_->libraries;
    options.push_back({"device", "replay:" + shown_location(recorded_->store)});
  }
  options.push_back({"threads", flags_.threads});
  options.push_back({"isa", std::string(to_string(envelope.device.isa))});
  options.push_back({"seed", flags_.seed});
  options.push_back({"store", shown_location(recorded_ ? recorded_->store : store().string())});
  envelope.options = std::move(options);
  envelope.warnings = warnings_;
  return envelope;
}

void Session::deliver_to(const std::filesystem::path& file) {
  file_ = file == "-" ? std::filesystem::path() : file;
  if (file_.empty()) return;
  result_style_.width = 0;
  result_style_.colour = parse_when(flags_.colour) == When::kAlways;
}

Status Session::deliver(const std::string& result) {
  progress_.erase();
  if (!file_.empty()) return write_file(file_, result);
  const bool written = std::fwrite(result.data(), 1, result.size(), stdout) == result.size();
  if (!written || std::fflush(stdout) != 0) {
    return invalid_input(std::string("cannot write the result: ") + std::strerror(errno),
                         "name a file with -o, or look at where stdout goes")
        .within("stdout");
  }
  return Ok{};
}

void Session::introduce() {
  const Device device = describe_this_device();
  say(fmt::format("kernwise {}, {}\ndevice {}: {} ({}{}), {} of {} processors\nstore {}",
                  describe_context().build, library_versions(), device.fingerprint, device.cpu,
                  to_string(device.isa), device.is_virtual ? ", virtual" : "", flags_.threads,
                  device.cores, shown_location(store())));
}

void Session::say(const std::string& text) {
  if (flags_.quiet) return;
  progress_.erase();
  fmt::print(stderr, "{}\n", text);
}

Status check_writable(const std::filesystem::path& file) {
  if (file.empty() || file == "-") return Ok{};
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return invalid_input("is a folder, not a file", "name a file behind -o").within(file.string());
  }
  const bool exists = std::filesystem::exists(file, ignored);
  std::filesystem::path folder = file.parent_path();
  if (folder.empty()) folder = ".";
  // A device is written in place, a file by renaming over it: then the folder counts.
  const bool in_place = exists && !std::filesystem::is_regular_file(file, ignored);
  const std::filesystem::path& target = in_place ? file : folder;
  if (::access(target.c_str(), W_OK) == 0) return Ok{};
  return invalid_input(std::string("cannot write: ") + std::strerror(errno),
                       "name another file behind -o")
      .within(file.string());
}

}  // namespace kernwise::cli
