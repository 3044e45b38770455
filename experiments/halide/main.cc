// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// halide_schedules: schedules of image pipelines chosen by a tiny model, run beside those of
// Halide's three autoschedulers (Srivastava et al. 2020 compared with one).
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "../program.h"
#include "autoschedulers.h"
#include "kernwise/base/format.h"
#include "printing.h"
#include "study.h"

namespace kernwise::halide {
namespace {

using experiments::failed;

struct Command {
  Options options;
  std::vector<std::string> pipelines;
  std::string cache, image, budget = "18m";
  bool json = false, quiet = false;
};

void describe(CLI::App& app, Command& c) {
  Options& o = c.options;
  app.add_option("--pipelines", c.pipelines, "blur, conv_relu_pool, separable7; default: all")
      ->delimiter(',');
  app.add_option("--sides", o.sides, "of the square images: powers of two")->delimiter(',');
  app.add_option("--threads", o.threads, "numbers of threads")
      ->delimiter(',')
      ->check(CLI::Range(1, 256));
  app.add_option("--pool", o.pool, "random schedules of the space that are looked at")
      ->check(CLI::Range(2, 100000));
  app.add_option("--first", o.first, "of them measured to begin with, at most")
      ->check(CLI::Range(2, 500));
  app.add_option("--rounds", o.rounds, "in which the model asks for more")
      ->check(CLI::Range(0, 20));
  app.add_option("--round-size", o.round_size, "schedules of a round")->check(CLI::Range(1, 100));
  app.add_option("--held-out", o.held_out, "measured to judge the order")
      ->check(CLI::Range(2, 1000));
  app.add_option("--held-out-largest", o.held_out_largest, "of these, at the largest side too")
      ->check(CLI::Range(2, 1000));
  app.add_option("--top", o.top, "predicted best that are run")->check(CLI::Range(1, 50));
  app.add_option("--seed", o.seed, "of samples, models and the made image");
  app.add_option("--image", c.image, "PNG or JPEG to work on; default: a natural-like one is made");
  app.add_option("--cache", c.cache, "file of measured schedules; an interrupted study goes on");
  app.add_option("--budget", c.budget, "time for all of it, e.g. 18m");
  app.add_flag("--json", c.json, "JSON on standard output");
  app.add_flag("-q,--quiet", c.quiet, "no progress on standard error");
}

Result<std::vector<const Workload*>> chosen_workloads(const std::vector<std::string>& names) {
  std::vector<const Workload*> chosen;
  for (const Workload& workload : workloads()) {
    if (names.empty() || std::count(names.begin(), names.end(), workload.name) > 0) {
      chosen.push_back(&workload);
    }
  }
  for (const std::string& name : names) {
    const bool known = std::any_of(workloads().begin(), workloads().end(),
                                   [&](const Workload& w) { return w.name == name; });
    if (!known) {
      return invalid_input(fmt::format("there is no pipeline '{}'", name),
                           "--pipelines takes blur, conv_relu_pool and separable7");
    }
  }
  return chosen;
}

Status check_sides(std::vector<int64_t>& sides) {
  std::sort(sides.begin(), sides.end());
  sides.erase(std::unique(sides.begin(), sides.end()), sides.end());
  for (const int64_t n : sides) {
    if (n < 128 || n > 16384 || (n & (n - 1)) != 0) {
      return invalid_input(fmt::format("a side of {} is not possible", n),
                           "--sides takes powers of two from 128 to 16384");
    }
  }
  return sides.empty() ? Status(invalid_input("no side is given", "--sides 1024,2048")) : Ok{};
}

// One line of progress every few seconds; the time left is that of the budget's share.
class Talk {
 public:
  Talk(std::function<double()> elapsed_s, bool quiet)
      : elapsed_s_(std::move(elapsed_s)), quiet_(quiet) {}

  void begin(std::string_view workload, double end_s) {
    workload_ = workload;
    end_s_ = end_s;
    last_s_ = -10;
  }
  void say(const std::string& what, double share) {
    if (quiet_ || (elapsed_s_() - last_s_ < 5 && share < 1)) return;
    last_s_ = elapsed_s_();
    fmt::print(stderr, "{:6.0f} s  {}: {} {:3.0f} %, at most {:.0f} s of its time left\n", last_s_,
               workload_, what, 100 * share, std::max(0.0, end_s_ - last_s_));
  }

 private:
  std::function<double()> elapsed_s_;
  bool quiet_;
  std::string workload_;
  double end_s_ = 0, last_s_ = -10;
};

Result<Report> study(Command& command) {
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed_s = [start] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  Options& options = command.options;
  KERNWISE_ASSIGN(const std::vector<const Workload*> chosen, chosen_workloads(command.pipelines));
  KERNWISE_TRY(check_sides(options.sides));
  KERNWISE_ASSIGN(const Seconds budget, parse_duration(command.budget));
  if (options.pool < options.held_out + options.first + options.rounds * options.round_size) {
    return invalid_input("the pool is smaller than what is to be measured of it",
                         "raise --pool, or lower --first, --round-size or --held-out");
  }
  Report report;
  report.budget_s = budget.value;
  report.device = describe_this_device();
  report.context = describe_context();
  report.target = study_target().to_string();
  KERNWISE_TRY(load_autoschedulers());
  KERNWISE_ASSIGN(Cache cache,
                  Cache::open(command.cache, report.device.fingerprint, report.target));
  Rng rng(options.seed);
  Picture picture;
  if (command.image.empty()) {
    picture = make_picture(rng);
  } else {
    KERNWISE_ASSIGN(picture, read_picture(command.image));
  }
  report.picture = picture.source;
  Talk talk(elapsed_s, command.quiet);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const double begin_s = elapsed_s();
    const double end_s =
        begin_s + (budget.value - begin_s) / static_cast<double>(chosen.size() - i);
    talk.begin(chosen[i]->name, end_s);
    const Clock clock{elapsed_s, begin_s, end_s,
                      [&](const std::string& what, double share) { talk.say(what, share); }};
    KERNWISE_ASSIGN(WorkloadResult result,
                    study_workload(*chosen[i], picture, options, report.device, cache, clock));
    report.workloads.push_back(std::move(result));
  }
  report.options = options;
  report.took_s = elapsed_s();
  return report;
}

int run(int argc, char** argv) {
  Command command;
  CLI::App app("Halide schedules chosen by a tiny model, beside those of three autoschedulers");
  describe(app, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  const Result<Report> report = study(command);
  if (!report.ok()) return failed(report.error());
  fmt::print("{}", command.json ? as_json(*report) : as_text(*report));
  return 0;
}

}  // namespace
}  // namespace kernwise::halide

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::halide::run, argc, argv);
}
