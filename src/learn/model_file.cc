// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// docs/formats/model.md. A model file comes from strangers: every count is checked against what is
// there before it is believed.
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "kernwise/base/file.h"
#include "kernwise/base/hash.h"
#include "kernwise/learn/model.h"
#include "model_builder.h"

namespace kernwise {
namespace {

static_assert(std::endian::native == std::endian::little, "model files are little-endian");

using Json = nlohmann::ordered_json;

constexpr std::string_view kMagic = "KERNWISE-MODEL\n";
constexpr uint32_t kVersion = 1;
constexpr int64_t kMaxFile = int64_t{1} << 30;
constexpr uint64_t kMaxHeader = uint64_t{8} << 20;
constexpr std::size_t kHash = 32;  // hex digits at the end

Json state_json(const Regressor* regressor) {
  if (regressor == nullptr) return nullptr;
  const RegressorState state = regressor->state();
  Json sizes = Json::array();
  for (const auto& tensor : state.tensors) sizes.push_back(tensor.size());
  return {{"kind", to_string(state.kind)},
          {"numbers", state.numbers.size()},
          {"tensors", std::move(sizes)}};
}

void put_state(const Regressor* regressor, std::string& to) {
  if (regressor == nullptr) return;
  const RegressorState state = regressor->state();
  to.append(reinterpret_cast<const char*>(state.numbers.data()),
            state.numbers.size() * sizeof(int64_t));
  for (const auto& tensor : state.tensors) {
    to.append(reinterpret_cast<const char*>(tensor.data()), tensor.size() * sizeof(float));
  }
}

Json card_json(const ModelCard& card) {
  Json errors = Json::array(), inversions = Json::array();
  for (const OutputError& e : card.errors) {
    errors.push_back(
        {{"output", e.output}, {"rows", e.rows}, {"mdrae", e.mdrae}, {"mape", e.mape}});
  }
  for (const Inversion& i : card.inversions) {
    inversions.push_back(
        {{"problem", i.problem}, {"chosen", i.chosen}, {"best", i.best}, {"regret", i.regret}});
  }
  return {{"device", card.device},         {"data_hash", card.data_hash},
          {"split", card.split},           {"seed", card.seed},
          {"train_rows", card.train_rows}, {"transfer", card.transfer},
          {"errors", std::move(errors)},   {"inversions", std::move(inversions)}};
}

// Everything that throws on a wrong type; the caller catches.
ModelCard card_from(const Json& json) {
  ModelCard card;
  card.device = json.at("device").get<std::string>();
  card.data_hash = json.at("data_hash").get<std::string>();
  card.split = json.at("split").get<std::string>();
  card.seed = json.at("seed").get<uint64_t>();
  card.train_rows = json.at("train_rows").get<int64_t>();
  card.transfer = json.at("transfer").get<std::string>();
  for (const Json& e : json.at("errors")) {
    card.errors.push_back({e.at("output").get<std::string>(), e.at("rows").get<int64_t>(),
                           e.at("mdrae").get<double>(), e.at("mape").get<double>()});
  }
  for (const Json& i : json.at("inversions")) {
    card.inversions.push_back({i.at("problem").get<std::string>(),
                               i.at("chosen").get<std::string>(), i.at("best").get<std::string>(),
                               i.at("regret").get<double>()});
  }
  return card;
}

class Tail {
 public:
  explicit Tail(std::string_view bytes) : bytes_(bytes) {}
  template <typename T>
  bool take(uint64_t count, std::vector<T>& to) {
    if (count > bytes_.size() / sizeof(T)) return false;
    to.resize(count);
    if (count > 0) std::memcpy(to.data(), bytes_.data(), count * sizeof(T));
    bytes_.remove_prefix(count * sizeof(T));
    return true;
  }
  bool empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

Error broken(std::string what) {
  return invalid_input(std::move(what), "make the model again with kernwise fit");
}

Result<std::shared_ptr<const Regressor>> read_state(const Json& json, Tail& tail) {
  const auto kind = parse_regressor_kind(json.at("kind").get<std::string>());
  if (!kind) {
    return broken(fmt::format("holds a regressor of the unknown kind '{}'",
                              json.at("kind").get<std::string>().substr(0, 40)));
  }
  RegressorState state;
  state.kind = *kind;
  bool good = tail.take(json.at("numbers").get<uint64_t>(), state.numbers);
  for (const Json& size : json.at("tensors")) {
    state.tensors.emplace_back();
    good = good && tail.take(size.get<uint64_t>(), state.tensors.back());
    if (!good) return broken("ends before its tensors do");
  }
  for (const auto& tensor : state.tensors) {
    for (const float value : tensor) {
      if (!std::isfinite(value)) return broken("holds a number that is not finite");
    }
  }
  KERNWISE_ASSIGN(std::unique_ptr<Regressor> regressor, restore_regressor(state));
  return std::shared_ptr<const Regressor>(std::move(regressor));
}

Result<PerformanceModel> read_model(const Json& header, Tail& tail) {
  using Builder = ModelBuilder;
  PerformanceModel model = Builder::empty();
  FeatureSchema& schema = Builder::schema(model);
  const Json& features = header.at("schema");
  schema.name = features.at("name").get<std::string>();
  schema.version = features.at("version").get<int>();
  for (const Json& feature : features.at("features")) {
    schema.features.push_back(
        {feature.at("name").get<std::string>(), feature.at("reach").get<double>()});
  }
  if (schema.hash() != features.at("hash").get<std::string>()) {
    return broken("has a feature list that does not match its hash");
  }
  Builder::outputs(model) = header.at("outputs").get<std::vector<std::string>>();
  model.card() = card_from(header.at("card"));
  Builder::coverage(model) = header.at("coverage").get<double>();
  Builder::winner_factor(model) = header.at("winner_factor").get<double>();
  Builder::typical_error(model) = header.at("typical_error").get<double>();
  const uint64_t d = schema.features.size(), width = Builder::outputs(model).size();
  const bool calibrated = header.at("calibrated").get<bool>();
  Standardizer &in = Builder::inputs_scale(model), &out = Builder::outputs_scale(model);
  const bool good = tail.take(width, Builder::known(model)) && tail.take(d, in.mean) &&
                    tail.take(d, in.deviation) && tail.take(width, out.mean) &&
                    tail.take(width, out.deviation) && tail.take(d, Builder::low(model)) &&
                    tail.take(d, Builder::high(model)) &&
                    tail.take(calibrated ? width : 0, Builder::half_width(model));
  if (!good) return broken("ends before its scales do");
  for (const auto* values :
       {&in.mean, &in.deviation, &out.mean, &out.deviation, &Builder::low(model),
        &Builder::high(model), &Builder::half_width(model)}) {
    for (const double value : *values) {
      if (!std::isfinite(value)) return broken("holds a number that is not finite");
    }
  }
  if (!(model.coverage() >= 0 && model.coverage() < 1) || !(model.typical_error() >= 0) ||
      !(model.winner_factor() > 0) || !std::isfinite(model.winner_factor()) ||
      !std::isfinite(model.typical_error())) {
    return broken("states a coverage, an error or a factor that cannot be");
  }
  for (const double half : Builder::half_width(model)) {
    if (!(half >= 0)) return broken("has an interval of negative width");
  }
  for (const auto* values : {&in.deviation, &out.deviation}) {
    for (const double value : *values) {
      if (!(value > 0)) return broken("holds a deviation that is not positive");
    }
  }
  KERNWISE_ASSIGN(Builder::regressor(model), read_state(header.at("regressor"), tail));
  if (!header.at("correction").is_null()) {
    KERNWISE_ASSIGN(Builder::correction(model), read_state(header.at("correction"), tail));
  }
  for (const auto& regressor : {Builder::regressor(model), Builder::correction(model)}) {
    if (!regressor) continue;
    if (regressor->inputs() != static_cast<int64_t>(d) ||
        regressor->outputs() != static_cast<int64_t>(width)) {
      return broken("holds a regressor of another size than its features and outputs");
    }
  }
  if (!tail.empty()) return broken("has bytes left over after its last tensor");
  return model;
}

// The parser takes memory for every bracket: what no writer of ours makes is turned away before.
bool too_deep(std::string_view text) {
  int depth = 0;
  for (const char c : text) {
    depth += (c == '[' || c == '{') - (c == ']' || c == '}');
    if (depth > 16) return true;
  }
  return false;
}

}  // namespace

std::string PerformanceModel::to_bytes() const {
  Json features = Json::array();
  for (const Feature& feature : schema_.features) {
    features.push_back({{"name", feature.name}, {"reach", feature.reach}});
  }
  const Json header = {{"schema",
                        {{"name", schema_.name},
                         {"version", schema_.version},
                         {"hash", schema_.hash()},
                         {"features", std::move(features)}}},
                       {"outputs", outputs_},
                       {"card", card_json(card_)},
                       {"coverage", coverage_},
                       {"winner_factor", winner_factor_},
                       {"typical_error", typical_error_},
                       {"calibrated", !half_width_.empty()},
                       {"regressor", state_json(regressor_.get())},
                       {"correction", state_json(correction_.get())}};
  const std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string bytes(kMagic);
  const auto put = [&](const void* data, std::size_t size) {
    bytes.append(static_cast<const char*>(data), size);
  };
  const uint64_t length = text.size();
  put(&kVersion, sizeof kVersion);
  put(&length, sizeof length);
  bytes += text;
  put(known_.data(), known_.size());
  for (const auto* values : {&inputs_scale_.mean, &inputs_scale_.deviation, &outputs_scale_.mean,
                             &outputs_scale_.deviation, &low_, &high_, &half_width_}) {
    put(values->data(), values->size() * sizeof(double));
  }
  put_state(regressor_.get(), bytes);
  put_state(correction_.get(), bytes);
  return bytes + content_hash(bytes);
}

Result<PerformanceModel> PerformanceModel::from_bytes(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) {
    return invalid_input("is no kernwise model: it does not begin as one does");
  }
  std::string_view rest = bytes.substr(kMagic.size());
  uint32_t version = 0;
  uint64_t length = 0;
  if (rest.size() < sizeof version + sizeof length + kHash) return broken("is cut off");
  std::memcpy(&version, rest.data(), sizeof version);
  std::memcpy(&length, rest.data() + sizeof version, sizeof length);
  rest.remove_prefix(sizeof version + sizeof length);
  if (version != kVersion) {
    return broken(fmt::format("has format version {}; this program reads {}", version, kVersion));
  }
  const std::string_view stated = rest.substr(rest.size() - kHash);
  rest.remove_suffix(kHash);
  if (content_hash(bytes.substr(0, bytes.size() - kHash)) != stated) {
    return broken("is cut off or damaged: its checksum does not match");
  }
  if (length > kMaxHeader || length > rest.size()) return broken("has a header longer than itself");
  const std::string_view text = rest.substr(0, length);
  if (too_deep(text)) return broken("has a header that is nested too deeply");
  const Json header = Json::parse(text, nullptr, false);
  if (!header.is_object()) return broken("has a header that is no JSON object");
  Tail tail(rest.substr(length));
  try {
    return read_model(header, tail);
  } catch (const Json::exception& problem) {
    return broken(fmt::format("has a header that is not as expected: {}", problem.what()));
  }
}

Status PerformanceModel::save(const std::filesystem::path& path) const {
  return write_file(path, to_bytes());
}

Result<PerformanceModel> PerformanceModel::load(const std::filesystem::path& path) {
  KERNWISE_ASSIGN(const std::string bytes, read_file(path, Bytes{kMaxFile}));
  Result<PerformanceModel> model = from_bytes(bytes);
  if (!model.ok()) return std::move(model).error().within(path.string());
  return model;
}

Status PerformanceModel::check_schema(const FeatureSchema& schema) const {
  if (schema.hash() == schema_.hash()) return Ok{};
  return invalid_input(
      fmt::format("the model was trained on the features {}/{} ({}), these are {}/{} ({})",
                  schema_.name, schema_.version, schema_.hash().substr(0, 8), schema.name,
                  schema.version, schema.hash().substr(0, 8)),
      "train it again with this version of kernwise fit");
}

}  // namespace kernwise
