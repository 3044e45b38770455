// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/zoo.h"

#include "commands.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/report/version_report.h"
#include "model_flags.h"

namespace kernwise::cli {
namespace {

class Zoo final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "zoo", "NAME [-o FILE] [--batch N]", "write a built-in network as an ONNX file",
        "kernwise zoo resnet50 -o resnet50.onnx",
        "'kernwise list zoo' names the networks. Their weights are random, He-initialised from\n"
        "--seed: good for timing and for checking numbers, not for recognising cats."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("NAME", name_, "of the network");
    arguments.path("-o,--output", output_, "FILE", "where to write it (NAME.onnx)");
    arguments.integer("--batch", batch_, 1, 4096, "images at once (1)");
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(required(name_, "zoo", "the name of a network", "'kernwise list zoo' names them"));
    if (output_ == "-") {
      return invalid_input("'zoo' writes a file, not to stdout", "name a file behind -o");
    }
    const std::filesystem::path file =
        output_.empty() ? std::filesystem::path(name_ + ".onnx") : output_;
    KERNWISE_ASSIGN(const Network network, build_zoo_network(name_, batch_, session.seed()));
    KERNWISE_TRY(check_writable(file));
    KERNWISE_TRY(write_onnx(network, file));
    const WrittenNetwork written{.name = name_,
                                 .file = file.string(),
                                 .batch = batch_,
                                 .seed = session.seed(),
                                 .parameters = parameter_count(network),
                                 .nodes = static_cast<int64_t>(network.nodes.size())};
    KERNWISE_TRY(session.deliver(
        session.json() ? zoo_json(written, session.envelope({{"name", name_}, {"batch", batch_}}))
                       : zoo_text(written, session.style())));
    return 0;
  }

 private:
  std::string name_;
  std::filesystem::path output_;
  int64_t batch_ = 1;
};

}  // namespace

std::unique_ptr<Command> make_zoo() { return std::make_unique<Zoo>(); }

}  // namespace kernwise::cli
