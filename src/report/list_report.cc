// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/list_report.h"

#include <fmt/format.h>

#include "json.h"
#include "kernwise/base/format.h"
#include "kernwise/graph/layout.h"
#include "kernwise/graph/network.h"
#include "kernwise/graph/zoo.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/primitives/resource.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

std::string_view order_of(Layout layout) {
  switch (layout) {
    case Layout::kNchw: return "n, c, h, w";
    case Layout::kNhwc: return "n, h, w, c";
    case Layout::kNchw8c: return "n, c in groups of 8, h, w, 8 channels of the group";
    case Layout::kNchw16c: return "n, c in groups of 16, h, w, 16 channels of the group";
    case Layout::kNhwcU8: return "n, h, w, c; bytes, 0 to 255 steps of the tensor's own worth";
    case Layout::kNhwcS8: return "n, h, w, c; bytes, -127 to 127 steps of the tensor's own worth";
  }
  return "";
}

// A transform primitive takes its layouts from the problem.
bool any_layout(const PrimitiveInfo& info) { return info.kind == ProblemKind::kTransform; }

Json primitives_json() {
  Json list = Json::array();
  for (const auto& primitive : all_primitives()) {
    const PrimitiveInfo& info = primitive->info();
    Json layouts = any_layout(info)
                       ? Json(nullptr)
                       : Json{{"in", to_string(info.in)}, {"out", to_string(info.out)}};
    list.push_back({{"id", info.id},
                    {"kind", to_string(info.kind)},
                    {"family", info.family},
                    {"source", info.source},
                    {"revision", info.revision},
                    {"resource", info.resource},
                    {"precision", to_string(info.precision)},
                    {"layouts", std::move(layouts)}});
  }
  return list;
}

Table primitives_table(const TextStyle& style) {
  Table table({{"id"},
               {"kind"},
               {"family"},
               {"source"},
               {"resource"},
               {"layout"},
               {"revision", Align::kRight, 0}});
  for (const auto& primitive : all_primitives()) {
    const PrimitiveInfo& info = primitive->info();
    table.add({{info.id},
               {std::string(to_string(info.kind))},
               {info.family},
               {info.source},
               {info.resource},
               {any_layout(info) ? "any" : detail::layouts(info.in, info.out, style)},
               {std::to_string(info.revision), Ink::kDim}});
  }
  return table;
}

Json zoo_json() {
  Json list = Json::array();
  for (const ZooEntry& entry : zoo_entries()) {
    list.push_back({{"name", entry.name},
                    {"parameters", entry.parameters},
                    {"published_gmacs", detail::number(entry.gmacs)},
                    {"image_size", entry.image_size},
                    {"source", entry.source}});
  }
  return list;
}

Table zoo_table() {
  Table table({{"name", Align::kLeft, 0},
               {"parameters", Align::kRight, 0},
               {"GMAC", Align::kRight, 0},
               {"image", Align::kRight, 0},
               {"source", Align::kLeft, 24}});
  for (const ZooEntry& entry : zoo_entries()) {
    table.add({{std::string(entry.name)},
               {std::to_string(entry.parameters)},
               {fmt::format("{:.2f}", entry.gmacs)},
               {std::to_string(entry.image_size)},
               {std::string(entry.source), Ink::kDim}});
  }
  return table;
}

}  // namespace

std::string list_json(Listing listing, const Envelope& envelope) {
  Json result = Json::object();
  switch (listing) {
    case Listing::kPrimitives: result["primitives"] = primitives_json(); break;
    case Listing::kLayouts: {
      Json list = Json::array();
      for (const Layout layout : kEveryLayout) {
        list.push_back({{"id", to_string(layout)}, {"order", order_of(layout)}});
      }
      result["layouts"] = std::move(list);
      break;
    }
    case Listing::kOperators: result["operators"] = supported_operators(); break;
    case Listing::kZoo: result["zoo"] = zoo_json(); break;
  }
  return detail::envelope_text("list", envelope, std::move(result));
}

std::string list_text(Listing listing, const TextStyle& style) {
  switch (listing) {
    case Listing::kPrimitives: return primitives_table(style).render(style);
    case Listing::kLayouts: {
      Table table({{"layout", Align::kLeft, 0}, {"order in memory", Align::kLeft, 0}});
      for (const Layout layout : kEveryLayout) {
        std::vector<Cell> row;
        row.push_back({std::string(to_string(layout))});
        row.push_back({std::string(order_of(layout))});
        table.add(std::move(row));
      }
      return table.render(style);
    }
    case Listing::kOperators: {
      std::string text;
      for (const std::string& name : supported_operators()) text += name + "\n";
      return text;
    }
    case Listing::kZoo: return zoo_table().render(style);
  }
  return {};
}

std::string devices_json(const Device& here, const std::vector<KnownDevice>& known,
                         const Envelope& envelope) {
  Json list = Json::array();
  for (const KnownDevice& device : known) {
    list.push_back({{"fingerprint", device.fingerprint},
                    {"this_device", device.fingerprint == here.fingerprint},
                    {"measurements", device.measurements},
                    {"problems", device.problems}});
  }
  return detail::envelope_text(
      "list", envelope, {{"this_device", detail::to_json(here)}, {"devices", std::move(list)}});
}

std::string resources_json(const std::vector<KnownResource>& resources, const Envelope& envelope) {
  Json list = Json::array();
  for (const KnownResource& resource : resources) {
    list.push_back({{"name", resource.name},
                    {"class", resource_class(resource.name)},
                    {"description", resource.description},
                    {"usable", resource.refusal.empty()},
                    {"refusal", detail::text_or_null(resource.refusal)},
                    {"shares_processors", resource.shares_processors},
                    {"memory_bytes", resource.memory.value}});
  }
  return detail::envelope_text("list", envelope, {{"resources", std::move(list)}});
}

std::string resources_text(const std::vector<KnownResource>& resources, const TextStyle& style) {
  Table table({{"resource", Align::kLeft, 0},
               {"usable", Align::kLeft, 0},
               {"memory", Align::kRight, 0},
               {"runs on", Align::kLeft, 0},
               {"what it is, or why not usable", Align::kLeft, 24}});
  for (const KnownResource& resource : resources) {
    const bool usable = resource.refusal.empty();
    table.add({{resource.name},
               {usable ? "yes" : "no", usable ? Ink::kGood : Ink::kWarning},
               {resource.memory.value > 0 ? format_bytes(resource.memory) : "unknown"},
               {resource.shares_processors ? "the processors" : "itself"},
               {printable(usable ? resource.description : resource.refusal, style), Ink::kDim}});
  }
  return table.render(style);
}

std::string devices_text(const Device& here, const std::vector<KnownDevice>& known,
                         const TextStyle& style) {
  std::string text =
      fmt::format("this device: {}  {} ({}{}), {}\n", here.fingerprint, printable(here.cpu, style),
                  to_string(here.isa), here.is_virtual ? ", virtual" : "",
                  detail::plural(here.cores, "processor"));
  if (known.empty()) return text + "the store holds no measurements\n";
  Table table({{"in the store", Align::kLeft, 0},
               {"measurements", Align::kRight, 0},
               {"problems", Align::kRight, 0},
               {"", Align::kLeft, 0}});
  for (const KnownDevice& device : known) {
    const bool this_one = device.fingerprint == here.fingerprint;
    table.add({{device.fingerprint, this_one ? Ink::kGood : Ink::kPlain},
               {std::to_string(device.measurements)},
               {std::to_string(device.problems)},
               {this_one ? "this device" : "", Ink::kDim}});
  }
  return text + table.render(style);
}

}  // namespace kernwise
