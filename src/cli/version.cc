// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "commands.h"
#include "kernwise/report/version_report.h"

namespace kernwise::cli {
namespace {

class Version final : public Command {
 public:
  CommandHelp help() const override {
    return {"version", "", "version, build, libraries and schemas", "kernwise version", ""};
  }
  void declare(Arguments&) override {}
  Result<int> run(Session& session) override {
    const Envelope envelope = session.envelope({});
    KERNWISE_TRY(session.deliver(session.json() ? version_json(envelope)
                                                : version_text(envelope, session.style())));
    return 0;
  }
};

}  // namespace

std::unique_ptr<Command> make_version() { return std::make_unique<Version>(); }

}  // namespace kernwise::cli
