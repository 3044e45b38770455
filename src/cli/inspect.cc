// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "commands.h"
#include "kernwise/report/inspect_report.h"
#include "kernwise/report/model_report.h"
#include "kernwise/select/plan.h"
#include "kernwise/store/store.h"
#include "kernwise/workflow/file_kind.h"
#include "model_flags.h"

namespace kernwise::cli {
namespace {

class Inspect final : public Command {
 public:
  CommandHelp help() const override {
    return {"inspect", "FILE [--layers]", "describe an ONNX network, a plan, a store or a model",
            "kernwise inspect resnet50.onnx --layers",
            "What kind of file it is, is decided by its content."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("FILE", file_, "network, plan, store or model of a device");
    arguments.flag("--layers", layers_, "list every layer, or every primitive of a model");
    declare_model_flags(arguments, onnx_);
    arguments.path("-o,--output", output_, "FILE", "write the result there");
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(required(file_, "inspect", "a file", "kernwise inspect network.onnx"));
    KERNWISE_TRY(check_writable(output_));
    session.deliver_to(output_);
    switch (file_kind(file_)) {
      case FileKind::kNetwork: return network(session);
      case FileKind::kJson: return plan(session);
      case FileKind::kStore: return store(session);
      case FileKind::kModel: return model(session);
    }
    return 0;
  }

 private:
  std::vector<ReportOption> options() const {
    std::vector<ReportOption> list = {{"file", shown_location(file_)}, {"layers", layers_}};
    list_model_options(onnx_, list);
    return list;
  }

  Result<int> network(Session& session) {
    NetworkCard card;
    card.path = file_;
    KERNWISE_ASSIGN(card.network, read_onnx(file_, onnx_));
    auto graph = lower(card.network, onnx_.max_model_memory);
    if (graph.ok()) {
      card.graph = std::move(graph).value();
    } else if (graph.error().code == ErrorCode::kUnsupported) {
      // There is something to show all the same; the reasons go with it.
      session.warn({"unsupported", to_string(graph.error()), {}});
      card.obstacle = std::move(graph).error();
    } else {
      return std::move(graph).error().within(file_);
    }
    KERNWISE_TRY(session.deliver(session.json()
                                     ? network_json(card, layers_, session.envelope(options()))
                                     : network_text(card, layers_, session.style())));
    return 0;
  }

  Result<int> plan(Session& session) {
    KERNWISE_ASSIGN(const Plan plan, load_plan(file_));
    KERNWISE_TRY(session.deliver(
        session.json() ? plan_card_json(plan, file_, layers_, session.envelope(options()))
                       : plan_card_text(plan, file_, layers_, session.style())));
    return 0;
  }

  Result<int> store(Session& session) {
    KERNWISE_ASSIGN(const std::unique_ptr<Store> store, open_store(file_, StoreMode::kReadOnly));
    KERNWISE_ASSIGN(const std::vector<Measurement> rows, store->query({}));
    KERNWISE_TRY(session.deliver(
        session.json() ? store_card_json(rows, store->location(), session.envelope(options()))
                       : store_card_text(rows, store->location(), session.style())));
    return 0;
  }

  Result<int> model(Session& session) {
    KERNWISE_ASSIGN(const DeviceModel model, DeviceModel::load(file_));
    KERNWISE_TRY(session.deliver(
        session.json() ? model_card_json(model, file_, layers_, session.envelope(options()))
                       : model_card_text(model, file_, layers_, session.style())));
    return 0;
  }

  std::string file_;
  bool layers_ = false;
  OnnxOptions onnx_;
  std::filesystem::path output_;
};

}  // namespace

std::unique_ptr<Command> make_inspect() { return std::make_unique<Inspect>(); }

}  // namespace kernwise::cli
