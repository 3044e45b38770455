// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/recorded_device.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "kernwise/primitives/registry.h"
#include "kernwise/profile/protocol.h"

namespace kernwise {
namespace {

// The versions that a device was measured with on its processor, the latest last.
Result<std::map<std::string, std::vector<std::string>>> measured_libraries(const Store& store) {
  std::map<std::string, std::vector<std::string>> found;
  KERNWISE_TRY(store.visit([&](const RecordView& record) -> Status {
    if (record.protocol != kColdProtocol && record.protocol != kWarmProtocol) return Ok{};
    std::vector<std::string>& versions = found[std::string(record.device)];
    if (!versions.empty() && versions.back() == record.libraries) return Ok{};
    std::erase(versions, record.libraries);
    versions.emplace_back(record.libraries);
    return Ok{};
  }));
  return found;
}

bool is_fingerprint(std::string_view text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string label_of(const Device& device) {
  return fmt::format("{} ({}{}) [{}]", device.cpu, to_string(device.isa),
                     device.is_virtual ? ", virtual" : "", device.fingerprint);
}

}  // namespace

bool is_replay(std::string_view text) { return text.starts_with(kReplayPrefix); }

Result<RecordedDevice> find_recorded_device(std::string_view text) {
  const char* hint = "write it as replay:STORE or replay:STORE#FINGERPRINT";
  if (!is_replay(text)) {
    return invalid_input("'" + std::string(text) + "' is no recorded device", hint);
  }
  RecordedDevice recorded;
  recorded.store = text.substr(kReplayPrefix.size());
  std::string wanted;
  const std::size_t mark = recorded.store.rfind('#');
  if (mark != std::string::npos &&
      is_fingerprint(std::string_view(recorded.store).substr(mark + 1))) {
    wanted = recorded.store.substr(mark + 1);
    recorded.store.resize(mark);
  }
  if (recorded.store.empty()) return invalid_input("replay: names no store", hint);
  KERNWISE_ASSIGN(const auto store, open_store(recorded.store, StoreMode::kReadOnly));
  KERNWISE_ASSIGN(const auto libraries, measured_libraries(*store));
  KERNWISE_ASSIGN(std::vector<Device> devices, store->devices());
  std::erase_if(devices, [&](const Device& d) { return !libraries.contains(d.fingerprint); });
  const std::string where = shown_location(recorded.store);
  if (devices.empty()) {
    return invalid_input("it holds no measurements of a processor",
                         "'kernwise profile --store' makes some")
        .within(where);
  }
  if (wanted.empty() && devices.size() > 1) {
    std::vector<std::string> names;
    for (const Device& device : devices) names.push_back(label_of(device));
    return invalid_input(
               fmt::format("it knows {} devices: {}", devices.size(), fmt::join(names, "; ")),
               fmt::format("choose one: --device replay:{}#{}", where, devices.front().fingerprint))
        .within(where);
  }
  const auto device =
      wanted.empty() ? devices.begin() : std::ranges::find(devices, wanted, &Device::fingerprint);
  if (device == devices.end()) {
    return invalid_input("it holds no measurements of device " + wanted,
                         "'kernwise db stat' lists those that it knows")
        .within(where);
  }
  recorded.device = *device;
  recorded.other_libraries = libraries.at(device->fingerprint);
  recorded.libraries = std::move(recorded.other_libraries.back());
  recorded.other_libraries.pop_back();
  return recorded;
}

Device device_of(const std::optional<RecordedDevice>& recorded) {
  return recorded ? recorded->device : describe_this_device();
}

MeasurementKey key_of(const std::optional<RecordedDevice>& recorded,
                      const ProfileOptions& options) {
  MeasurementKey key = key_template(device_of(recorded), options);
  if (recorded) key.libraries = recorded->libraries;
  return key;
}

std::filesystem::path store_to_ask(const std::optional<RecordedDevice>& recorded,
                                   const std::filesystem::path& given) {
  if (recorded) return recorded->store;
  return given.empty() ? default_store_path() : given;
}

Status check_recorded(const RecordedDevice& recorded, const MeasurementKey& key,
                      const std::vector<Measurement>& known, const std::vector<Problem>& problems) {
  std::set<std::string> answered;
  for (const Measurement& m : known) {
    const Primitive* primitive = find_primitive(m.key.primitive);
    if (primitive == nullptr || primitive->info().revision != m.key.revision) continue;
    answered.insert(m.key.problem);
  }
  std::string first;
  std::size_t missing = 0;
  for (const Problem& problem : problems) {
    const std::string name = to_string(problem);
    if (answered.contains(name)) continue;
    if (missing++ == 0) first = name;
  }
  if (missing == 0) return Ok{};
  return unsupported(
             fmt::format("there is no record of {}{} (device {}, {} thread{}, {}, {})", first,
                         missing == 1 ? "" : fmt::format(" and {} other problems", missing - 1),
                         key.device, key.threads, key.threads == 1 ? "" : "s", key.protocol,
                         key.libraries),
             "measure it on that device with 'kernwise profile --store FILE', or plan for "
             "another number of --threads")
      .within(shown_location(recorded.store));
}

std::string notice_of(const RecordedDevice& recorded) {
  std::string text =
      fmt::format("all times are recorded ones of {}, read from {}: nothing was measured here",
                  label_of(recorded.device), shown_location(recorded.store));
  if (!recorded.other_libraries.empty()) {
    text += fmt::format("; of {} sets of library versions the one measured last answered: {}",
                        recorded.other_libraries.size() + 1, recorded.libraries);
  }
  return text;
}

}  // namespace kernwise
