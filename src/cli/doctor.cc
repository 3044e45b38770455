// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <iterator>

#include "commands.h"
#include "kernwise/primitives/libraries.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/primitives/resource.h"
#include "kernwise/report/doctor_report.h"

namespace kernwise::cli {
namespace {

class Doctor final : public Command {
 public:
  CommandHelp help() const override {
    return {"doctor", "[--strict]", "is this machine fit to measure?", "kernwise doctor",
            "Takes about a second. Grades: A below 1 % of noise, B 2 %, C 5 %, D 10 %, E 25 %, F\n"
            "beyond; what is graded F is not taken as truth."};
  }

  void declare(Arguments& arguments) override {
    arguments.flag("--strict", strict_, "exit 1 if the machine is not fit to measure");
    arguments.path("-o,--output", output_, "FILE", "write the result there");
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(check_writable(output_));
    session.deliver_to(output_);
    DoctorReport report = examine_this_machine();
    report.context.libraries = library_versions();
    std::ranges::move(check_libraries(), std::back_inserter(report.checks));
    report.checks.push_back(check_resources());
    Envelope envelope = session.envelope({{"strict", strict_}});
    envelope.device = report.device;
    envelope.context = report.context;
    KERNWISE_TRY(session.deliver(session.json() ? doctor_json(report, envelope)
                                                : doctor_text(report, session.style())));
    return strict_ && !fit_to_measure(report) ? static_cast<int>(ErrorCode::kCriterionFailed) : 0;
  }

 private:
  bool strict_ = false;
  std::filesystem::path output_;
};

}  // namespace

std::unique_ptr<Command> make_doctor() { return std::make_unique<Doctor>(); }

}  // namespace kernwise::cli
