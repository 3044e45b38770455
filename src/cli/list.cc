// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "commands.h"
#include "kernwise/primitives/resource.h"
#include "kernwise/report/list_report.h"
#include "kernwise/store/store.h"
#include "model_flags.h"
#include "suggest.h"

namespace kernwise::cli {
namespace {

constexpr std::array<std::pair<std::string_view, Listing>, 4> kListings = {
    {{"primitives", Listing::kPrimitives},
     {"layouts", Listing::kLayouts},
     {"operators", Listing::kOperators},
     {"zoo", Listing::kZoo}}};

constexpr const char* kWords = "primitives, layouts, operators, zoo, devices or resources";

std::vector<KnownResource> known_resources() {
  std::vector<KnownResource> list;
  for (const auto& resource : all_resources())
    list.push_back({resource->name(), resource->description(), resource->refusal(),
                    resource->shares_processors(), resource->memory()});
  return list;
}

// A store that is not there yet knows no devices.
Result<std::vector<KnownDevice>> known_devices(const std::filesystem::path& path) {
  if (!is_database_location(path.string()) && !std::filesystem::exists(path))
    return std::vector<KnownDevice>{};
  KERNWISE_ASSIGN(const std::unique_ptr<Store> store, open_store(path, StoreMode::kReadOnly));
  KERNWISE_ASSIGN(const std::vector<Measurement> rows, store->query({}));
  std::map<std::string, KnownDevice> devices;
  std::map<std::string, std::set<std::string>> problems;
  for (const Measurement& m : rows) {
    KnownDevice& device = devices[m.key.device];
    device.fingerprint = m.key.device;
    ++device.measurements;
    problems[m.key.device].insert(m.key.problem);
  }
  std::vector<KnownDevice> list;
  for (auto& [fingerprint, device] : devices) {
    device.problems = static_cast<int64_t>(problems[fingerprint].size());
    list.push_back(std::move(device));
  }
  return list;
}

class List final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "list", "primitives|layouts|operators|zoo|devices|resources",
        "what there is to choose from", "kernwise list primitives",
        "devices are those that the store has measurements of; resources are what this machine\n"
        "can run primitives on, and looking for them starts the drivers."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("WHAT", what_, kWords);
    arguments.path("-o,--output", output_, "FILE", "write the result there");
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(required(what_, "list", "to know what", std::string(kWords)));
    KERNWISE_TRY(check_writable(output_));
    session.deliver_to(output_);
    const std::vector<ReportOption> options = {{"what", what_}};
    if (what_ == "devices") {
      KERNWISE_ASSIGN(const auto known, known_devices(session.store()));
      const Device here = describe_this_device();
      KERNWISE_TRY(session.deliver(session.json()
                                       ? devices_json(here, known, session.envelope(options))
                                       : devices_text(here, known, session.style())));
      return 0;
    }
    if (what_ == "resources") {
      const auto known = known_resources();
      KERNWISE_TRY(session.deliver(session.json() ? resources_json(known, session.envelope(options))
                                                  : resources_text(known, session.style())));
      return 0;
    }
    const auto* found = std::ranges::find(kListings, what_, [](const auto& l) { return l.first; });
    if (found == kListings.end()) {
      std::vector<std::string> names = {"devices", "resources"};
      for (const auto& [name, listing] : kListings) names.emplace_back(name);
      const std::string meant = nearest(what_, names);
      return invalid_input("there is no list of '" + what_ + "'",
                           meant.empty() ? std::string(kWords) : "did you mean '" + meant + "'?");
    }
    KERNWISE_TRY(session.deliver(session.json()
                                     ? list_json(found->second, session.envelope(options))
                                     : list_text(found->second, session.style())));
    return 0;
  }

 private:
  std::string what_;
  std::filesystem::path output_;
};

}  // namespace

std::unique_ptr<Command> make_list() { return std::make_unique<List>(); }

}  // namespace kernwise::cli
