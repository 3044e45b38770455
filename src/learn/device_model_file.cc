// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// docs/formats/model.md, "Device models": a card and one model file after the other.
#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "kernwise/base/file.h"
#include "kernwise/base/hash.h"
#include "kernwise/learn/device_model.h"

namespace kernwise {
namespace {

static_assert(std::endian::native == std::endian::little, "model files are little-endian");

using Json = nlohmann::ordered_json;

constexpr std::string_view kMagic = "KERNWISE-DEVICE\n";
constexpr uint32_t kVersion = 1;
constexpr int64_t kMaxFile = int64_t{1} << 30;
constexpr uint32_t kMaxCard = 1 << 16;
constexpr std::size_t kHash = 32;  // hex digits at the end

Error broken(std::string what) {
  return invalid_input(std::move(what), "make the model again with kernwise fit");
}

Json card_json(const DeviceModelCard& card) {
  return {{"device", card.device},     {"label", card.label},
          {"isa", card.isa},           {"cores", card.cores},
          {"threads", card.threads},   {"trained_threads", card.trained_threads},
          {"protocol", card.protocol}, {"libraries", card.libraries},
          {"created", card.created},   {"build", card.build},
          {"source", card.source},     {"resource", card.resource}};
}

// Throws on a wrong type; the caller catches.
DeviceModelCard card_from(const Json& json) {
  DeviceModelCard card;
  card.device = json.at("device").get<std::string>();
  card.label = json.at("label").get<std::string>();
  card.isa = json.at("isa").get<std::string>();
  card.cores = json.at("cores").get<int>();
  card.threads = json.at("threads").get<int>();
  card.trained_threads = json.at("trained_threads").get<int>();
  card.protocol = json.at("protocol").get<std::string>();
  card.libraries = json.at("libraries").get<std::string>();
  card.created = json.at("created").get<std::string>();
  card.build = json.at("build").get<std::string>();
  card.source = json.at("source").get<std::string>();
  card.resource = json.value("resource", "cpu");  // files before there were others
  return card;
}

template <typename T>
bool take(std::string_view& bytes, T& value) {
  if (bytes.size() < sizeof value) return false;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return true;
}

}  // namespace

std::string DeviceModel::to_bytes() const {
  std::string bytes(kMagic);
  const auto put = [&](auto value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  const std::string text = card_json(card).dump(-1, ' ', false, Json::error_handler_t::replace);
  put(kVersion);
  put(static_cast<uint32_t>(text.size()));
  bytes += text;
  put(static_cast<uint32_t>(models.size()));
  for (const auto& [kind, model] : models) {
    const std::string part = model.to_bytes();
    put(static_cast<uint32_t>(kind));
    put(static_cast<uint64_t>(part.size()));
    bytes += part;
  }
  return bytes + content_hash(bytes);
}

Result<DeviceModel> DeviceModel::from_bytes(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) {
    return invalid_input("is no model of a device: it does not begin as one does",
                         "'kernwise fit' and 'kernwise transfer' make one");
  }
  if (bytes.size() < kMagic.size() + kHash) return broken("is cut off");
  const std::string_view stated = bytes.substr(bytes.size() - kHash);
  bytes.remove_suffix(kHash);
  if (content_hash(bytes) != stated) {
    return broken("is cut off or damaged: its checksum does not match");
  }
  bytes.remove_prefix(kMagic.size());
  uint32_t version = 0, length = 0, count = 0;
  if (!take(bytes, version) || !take(bytes, length)) return broken("is cut off");
  if (version != kVersion) {
    return broken(fmt::format("has format version {}; this program reads {}", version, kVersion));
  }
  if (length > kMaxCard || length > bytes.size()) return broken("has a card longer than itself");
  const Json json = Json::parse(bytes.substr(0, length), nullptr, false);
  if (!json.is_object()) return broken("has a card that is no JSON object");
  bytes.remove_prefix(length);
  DeviceModel device;
  try {
    device.card = card_from(json);
  } catch (const Json::exception& problem) {
    return broken(fmt::format("has a card that is not as expected: {}", problem.what()));
  }
  if (device.card.threads < 1 || device.card.trained_threads < 1)
    return broken("is of a device without threads");
  if (!take(bytes, count)) return broken("is cut off");
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t number = 0;
    uint64_t size = 0;
    if (!take(bytes, number) || !take(bytes, size)) return broken("is cut off");
    if (size > bytes.size()) return broken("ends before its models do");
    if (number >= std::variant_size_v<Operator>) {
      return broken(fmt::format("holds a model of the unknown kind of problem {}", number));
    }
    const auto kind = static_cast<ProblemKind>(number);
    auto model = PerformanceModel::from_bytes(bytes.substr(0, size));
    if (!model.ok()) {
      return std::move(model).error().within(fmt::format("its model of {}", to_string(kind)));
    }
    KERNWISE_TRY(check_features(model->schema(), kind));
    bytes.remove_prefix(size);
    if (!device.models.emplace(kind, std::move(model).value()).second) {
      return broken(fmt::format("holds two models of {}", to_string(kind)));
    }
  }
  if (!bytes.empty()) return broken("has bytes left over after its last model");
  return device;
}

Status DeviceModel::save(const std::filesystem::path& path) const {
  return write_file(path, to_bytes());
}

Result<DeviceModel> DeviceModel::load(const std::filesystem::path& path) {
  KERNWISE_ASSIGN(const std::string bytes, read_file(path, Bytes{kMaxFile}));
  Result<DeviceModel> model = from_bytes(bytes);
  if (!model.ok()) return std::move(model).error().within(path.string());
  return model;
}

}  // namespace kernwise
