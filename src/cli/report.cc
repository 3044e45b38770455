// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include "commands.h"
#include "kernwise/base/file.h"
#include "kernwise/base/format.h"
#include "kernwise/report/page_report.h"

namespace kernwise::cli {
namespace {

constexpr Bytes kLargestDocument{64 << 20};
constexpr Bytes kLargestLibrary{8 << 20};

class Report final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "report", "FILE... -o report.html", "results as one HTML page, with charts and tables",
        "kernwise plan resnet50.onnx --pareto --json > plan.json\n"
        "kernwise run resnet50.plan.json --profile --json > run.json\n"
        "kernwise report plan.json run.json -o report.html",
        "A FILE is what a command printed with --json, or a plan; what it is, is told by its\n"
        "\"schema\". Plans, predictions, runs, profiles, footprints, transfers, fleets and the\n"
        "experiments 'mulder' and 'fleet_fewshot' get charts, other results tables. The page\n"
        "needs no network; without JavaScript it has its tables. Charts are drawn by Chart.js,\n"
        "which Debian's package libjs-chart.js brings."};
  }

  void declare(Arguments& arguments) override {
    arguments.positionals("FILE", files_, "results as JSON");
    arguments.path("-o,--output", output_, "FILE", "where to write the page (stdout)");
    arguments.path("--chart-library", library_, "FILE",
                   fmt::format("Chart.js 3 or 4, one file ({})", kChartLibrary));
    arguments_ = &arguments;
  }

  Result<int> run(Session& session) override {
    if (files_.empty()) {
      return invalid_input("'report' needs results to show",
                           "kernwise report plan.json run.json -o report.html");
    }
    const bool to_stdout = output_.empty() || output_ == "-";
    if (session.json() && to_stdout) {
      return invalid_input("the page and --json both want stdout", "write the page to a file: -o");
    }
    KERNWISE_TRY(check_writable(output_));
    PageRequest request;
    for (const std::string& file : files_) {
      KERNWISE_ASSIGN(std::string text, read_file(file, kLargestDocument));
      request.inputs.push_back({file, std::move(text)});
    }
    KERNWISE_TRY(read_library(session, request));
    KERNWISE_ASSIGN(const Page page, make_page(request));
    const Bytes size{static_cast<int64_t>(page.html.size())};
    if (size > kComfortablePage) {
      session.warn({"large-page",
                    fmt::format("the page has {}: that is much for a browser and for mail",
                                format_bytes(size)),
                    "give it fewer files, or spread them over several pages"});
    }
    if (to_stdout) {
      KERNWISE_TRY(session.deliver(page.html));
      return 0;
    }
    KERNWISE_TRY(write_file(output_, page.html));
    if (session.json()) {
      KERNWISE_TRY(session.deliver(
          page_json(page, output_.string(),
                    session.envelope({{"files", files_}, {"chart_library", library_.string()}}))));
    } else {
      session.say(fmt::format("wrote {} ({})", output_.string(), format_bytes(size)));
    }
    return 0;
  }

 private:
  // One that was named must be there; the usual one may be missing.
  Status read_library(Session& session, PageRequest& request) const {
    const bool named = arguments_->given("--chart-library");
    const std::filesystem::path path = named ? library_ : std::filesystem::path(kChartLibrary);
    auto text = read_file(path, kLargestLibrary);
    if (text.ok()) {
      request.chart_library = std::move(text).value();
      return Ok{};
    }
    if (named) return std::move(text).error();
    request.no_charts_because =
        fmt::format("Chart.js was not found at {} when it was made.", path.string());
    session.warn({"no-charts", "the page has tables only: Chart.js was not found",
                  "install libjs-chart.js, or name the file with --chart-library"});
    return Ok{};
  }

  std::vector<std::string> files_;
  std::filesystem::path output_, library_;
  const Arguments* arguments_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> make_report() { return std::make_unique<Report>(); }

}  // namespace kernwise::cli
