// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// docs/formats/pack.md. Packs come from strangers: every count is checked against what is there.
#include "kernwise/runtime/pack.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "kernwise/base/file.h"
#include "kernwise/base/hash.h"
#include "pack_graph.h"

namespace kernwise {
namespace {

static_assert(std::endian::native == std::endian::little, "packs are little-endian");

using Json = nlohmann::ordered_json;

constexpr std::string_view kStart("KERNWISE-PACK\n\0\0", 16);
constexpr uint64_t kVersion = 1;
constexpr uint64_t kMaxText = uint64_t{64} << 20;
constexpr std::size_t kFixed = 16 + 3 * 8;  // magic; version, bytes of plan and of network
constexpr std::size_t kAlignment = 64;      // of the weights within the file
constexpr std::size_t kHash = 32;           // hex digits at the end
constexpr std::size_t kMostDimensions = 16;
constexpr int64_t kLargestDimension = int64_t{1} << 40;

std::size_t weights_begin(std::size_t texts) {
  return (kFixed + texts + kAlignment - 1) / kAlignment * kAlignment;
}

Json graph_json(const LayerGraph& graph) {
  Json values = Json::array(), layers = Json::array();
  for (const Value& value : graph.values) {
    values.push_back({{"name", value.name}, {"dims", value.dims}});
  }
  for (const Layer& layer : graph.layers) {
    layers.push_back({{"name", layer.name},
                      {"problem", to_string(layer.problem)},
                      {"inputs", layer.inputs},
                      {"residual", layer.residual ? Json(*layer.residual) : Json(nullptr)},
                      {"output", layer.output}});
  }
  return {{"hash", graph.content_hash},
          {"inputs", graph.inputs},
          {"outputs", graph.outputs},
          {"values", std::move(values)},
          {"layers", std::move(layers)}};
}

void put_floats(const std::vector<float>& from, std::string& to) {
  to.append(reinterpret_cast<const char*>(from.data()), from.size() * sizeof(float));
}

// What throws on a wrong type; the caller catches.
Value value_from(const Json& json) {
  Value value;
  value.name = json.at("name").get<std::string>();
  value.dims = json.at("dims").get<std::vector<int64_t>>();
  return value;
}

Status check_dims(const Value& value) {
  int64_t elements = 1;
  bool good = value.dims.size() <= kMostDimensions;
  for (std::size_t i = 0; good && i < value.dims.size(); ++i) {
    good = value.dims[i] >= 1 && value.dims[i] <= kLargestDimension / elements;
    if (good) elements *= value.dims[i];
  }
  if (good) return Ok{};
  return invalid_input("value '" + value.name + "' has absurd dimensions");
}

Result<Layer> layer_from(const Json& json) {
  Layer layer;
  layer.name = json.at("name").get<std::string>();
  auto problem = parse_problem(json.at("problem").get<std::string>());
  if (!problem.ok()) return std::move(problem).error().within(layer.name);
  layer.problem = std::move(problem).value();
  layer.inputs = json.at("inputs").get<std::vector<ValueId>>();
  layer.output = json.at("output").get<ValueId>();
  const Json& residual = json.at("residual");
  if (!residual.is_null()) layer.residual = residual.get<ValueId>();
  return layer;
}

Result<LayerGraph> graph_from(const Json& json) {
  LayerGraph graph;
  graph.content_hash = json.at("hash").get<std::string>();
  graph.inputs = json.at("inputs").get<std::vector<ValueId>>();
  graph.outputs = json.at("outputs").get<std::vector<ValueId>>();
  for (const Json& one : json.at("values")) {
    Value value = value_from(one);
    KERNWISE_TRY(check_dims(value));
    value.shape = view_of(value.dims);
    graph.values.push_back(std::move(value));
  }
  for (const Json& one : json.at("layers")) {
    KERNWISE_ASSIGN(Layer layer, layer_from(one));
    graph.layers.push_back(std::move(layer));
  }
  return graph;
}

Result<LayerGraph> parse_graph(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return invalid_input("the network of the pack is no JSON object");
  try {
    return graph_from(json);
  } catch (const Json::exception& e) {
    return invalid_input(std::string("the network of the pack is not as it should be: ") +
                         e.what());
  }
}

// Gives the layers their weights, which lie one behind the other.
Status take_weights(std::string_view bytes, LayerGraph& graph) {
  const auto take = [&](int64_t count, std::vector<float>& to) -> Status {
    if (count < 0 || static_cast<uint64_t>(count) > bytes.size() / sizeof(float)) {
      return invalid_input("the pack ends before its weights do");
    }
    to.resize(static_cast<std::size_t>(count));
    if (count > 0) std::memcpy(to.data(), bytes.data(), to.size() * sizeof(float));
    bytes.remove_prefix(to.size() * sizeof(float));
    return Ok{};
  };
  for (Layer& layer : graph.layers) {
    auto folded = std::make_shared<FoldedWeights>();
    KERNWISE_TRY(take(weight_elements(layer.problem), folded->weights));
    KERNWISE_TRY(take(bias_elements(layer.problem), folded->bias));
    layer.weights.folded = std::move(folded);
  }
  if (bytes.empty()) return Ok{};
  return invalid_input("the pack holds more weights than its layers have");
}

Error no_pack(const char* why) {
  return invalid_input(std::string("this is no pack: ") + why, "make one with 'kernwise pack'");
}

}  // namespace

bool is_pack(std::string_view bytes) { return bytes.starts_with(kStart); }

bool is_pack_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string start(kStart.size(), '\0');
  return file.read(start.data(), static_cast<std::streamsize>(start.size())) && is_pack(start);
}

Result<std::string> pack_bytes(const LayerGraph& graph, const Plan& plan) {
  const std::string planned = plan_to_json(plan);
  const std::string network =
      graph_json(graph).dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string bytes(kStart);
  const uint64_t fixed[3] = {kVersion, planned.size(), network.size()};
  bytes.append(reinterpret_cast<const char*>(fixed), sizeof fixed);
  bytes += planned;
  bytes += network;
  bytes.resize(weights_begin(planned.size() + network.size()), '\0');
  for (const Layer& layer : graph.layers) {
    const FoldedWeights folded = fold_weights(layer);
    const bool whole =
        static_cast<int64_t>(folded.weights.size()) == weight_elements(layer.problem) &&
        static_cast<int64_t>(folded.bias.size()) == bias_elements(layer.problem);
    if (!whole) return internal_error("the weights of '" + layer.name + "' are not there");
    put_floats(folded.weights, bytes);
    put_floats(folded.bias, bytes);
  }
  bytes += content_hash(bytes);
  return bytes;
}

Result<Pack> parse_pack(std::string_view bytes, Bytes limit) {
  if (!is_pack(bytes)) return no_pack("it begins otherwise");
  if (bytes.size() < kFixed + kHash) return no_pack("it is cut off");
  uint64_t fixed[3];
  std::memcpy(fixed, bytes.data() + kStart.size(), sizeof fixed);
  if (fixed[0] != kVersion) {
    return invalid_input(
        fmt::format("the pack has version {}, this program reads {}", fixed[0], kVersion),
        "make it anew with 'kernwise pack'");
  }
  const std::string_view body = bytes.substr(0, bytes.size() - kHash);
  if (fixed[1] > kMaxText || fixed[2] > kMaxText ||
      weights_begin(fixed[1] + fixed[2]) > body.size()) {
    return no_pack("it is cut off");
  }
  if (content_hash(body) != bytes.substr(body.size())) {
    return no_pack("its checksum is wrong: it is damaged or cut off");
  }
  Pack pack;
  KERNWISE_ASSIGN(pack.plan, plan_from_json(body.substr(kFixed, fixed[1])));
  KERNWISE_ASSIGN(pack.graph, parse_graph(body.substr(kFixed + fixed[1], fixed[2])));
  KERNWISE_TRY(take_weights(body.substr(weights_begin(fixed[1] + fixed[2])), pack.graph));
  KERNWISE_TRY(detail::check_graph(pack.graph));
  if (pack.plan.network_hash != pack.graph.content_hash) {
    return invalid_input("the pack's plan is one of another network");
  }
  KERNWISE_TRY(detail::check_sizes(pack.graph, pack.plan, limit));
  return pack;
}

Status save_pack(const LayerGraph& graph, const Plan& plan, const std::filesystem::path& path) {
  KERNWISE_ASSIGN(const std::string bytes, pack_bytes(graph, plan));
  return write_file(path, bytes);
}

Result<Pack> load_pack(const std::filesystem::path& path, Bytes limit) {
  KERNWISE_ASSIGN(const std::string bytes, read_file(path, kMaxPack));
  auto pack = parse_pack(bytes, limit);
  if (!pack.ok()) return std::move(pack).error().within(path.string());
  return pack;
}

}  // namespace kernwise
