// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "onnxruntime.h"

#include <stdlib.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "kernwise/base/file.h"
#include "kernwise/base/temporary_folder.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

constexpr Seconds kStartTimeout{120};  // VGG-19 is half a gigabyte to read and to pack
constexpr Seconds kAnswerTimeout{60};

std::string_view bytes_of(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

}  // namespace

std::filesystem::path find_onnxruntime_script() {
  std::error_code ignored;
  const std::filesystem::path name = "bench/onnxruntime.mjs";
  std::vector<std::filesystem::path> roots = {std::filesystem::current_path(ignored)};
  // build/<preset>/bin/kernwise lies three folders below the root of a source tree.
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  for (auto folder = program.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    roots.push_back(folder);
  }
  for (const auto& root : roots) {
    if (std::filesystem::exists(root / name, ignored)) return root / name;
  }
  return {};
}

Result<OnnxRuntimePeer> OnnxRuntimePeer::start(const std::filesystem::path& script,
                                               const LoadedModel& model,
                                               const std::vector<std::vector<float>>& inputs,
                                               int threads) {
  if (script.empty() || !std::filesystem::exists(script)) {
    return unsupported("bench/onnxruntime.mjs was not found",
                       "run from the source tree after bench/setup, or name it with "
                       "--onnxruntime-script");
  }
  KERNWISE_ASSIGN(const TemporaryFolder folder, TemporaryFolder::make());
  Json question = {{"model", std::filesystem::absolute(model.path).string()},
                   {"threads", threads},
                   {"inputs", Json::object()}};
  for (std::size_t i = 0; i < model.network.inputs.size(); ++i) {
    const ValueShape& input = model.network.inputs[i];
    const auto file = folder.path() / ("input" + std::to_string(i));
    // An input that no node reads is none of the lowered graph, but the file still asks for it.
    int64_t elements = 1;
    for (const int64_t dim : input.dims) elements *= dim;
    std::vector<float> values(static_cast<std::size_t>(elements), 0.0F);
    for (std::size_t j = 0; j < model.graph.inputs.size(); ++j) {
      const auto id = static_cast<std::size_t>(model.graph.inputs[j]);
      if (model.graph.values[id].name == input.name) values = inputs[j];
    }
    KERNWISE_TRY(write_file(file, bytes_of(values)));
    question["inputs"][input.name] = {{"shape", input.dims}, {"file", file.string()}};
  }
  KERNWISE_ASSIGN(ChildProcess child, ChildProcess::start({"node", script.string()}));
  OnnxRuntimePeer peer(std::move(child));
  KERNWISE_TRY(peer.child_.write_line(question.dump()));
  auto answer = peer.child_.read_line(kStartTimeout);
  if (!answer.ok()) {
    Error error = std::move(answer).error();
    if (error.code != ErrorCode::kInterrupted) {
      error.hint = "bench/setup installs what the contestant needs";
    }
    return std::move(error).within("onnxruntime");
  }
  const Json ready = Json::parse(*answer, nullptr, /*allow_exceptions=*/false);
  if (!ready.is_object() || !ready.contains("ready")) {
    return unsupported("it could not load the model: " + *answer,
                       "bench/setup installs what the contestant needs")
        .within("onnxruntime");
  }
  peer.version_ = ready.value("version", "unknown");
  return peer;
}

Result<std::string> OnnxRuntimePeer::ask(const std::string& question) {
  auto sent = child_.write_line(question);
  if (!sent.ok()) return std::move(sent).error().within("onnxruntime");
  auto answer = child_.read_line(kAnswerTimeout);
  if (!answer.ok()) return std::move(answer).error().within("onnxruntime");
  return answer;
}

Result<double> OnnxRuntimePeer::run() {
  KERNWISE_ASSIGN(const std::string line, ask(R"({"run":1})"));
  const Json answer = Json::parse(line, nullptr, false);
  if (!answer.is_object() || !answer.contains("seconds") || !answer["seconds"].is_array() ||
      answer["seconds"].empty() || !answer["seconds"][0].is_number()) {
    return unsupported("unexpected answer: " + line).within("onnxruntime");
  }
  return answer["seconds"][0].get<double>();
}

Result<std::vector<float>> OnnxRuntimePeer::output() {
  KERNWISE_ASSIGN(const TemporaryFolder folder, TemporaryFolder::make());
  const auto file = folder.path() / "output";
  KERNWISE_ASSIGN(const std::string line, ask(Json{{"output", file.string()}}.dump()));
  if (line.find("\"written\"") == std::string::npos) {
    return unsupported("unexpected answer: " + line).within("onnxruntime");
  }
  KERNWISE_ASSIGN(const std::string bytes, read_file(file, Bytes{int64_t{1} << 32}));
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

Result<int64_t> OnnxRuntimePeer::peak_bytes() {
  KERNWISE_ASSIGN(const std::string line, ask(R"({"memory":true})"));
  const Json answer = Json::parse(line, nullptr, false);
  if (!answer.is_object() || !answer.contains("peak_rss_bytes")) {
    return unsupported("unexpected answer: " + line).within("onnxruntime");
  }
  return answer["peak_rss_bytes"].get<int64_t>();
}

}  // namespace kernwise
