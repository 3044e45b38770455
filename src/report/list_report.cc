// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/list_report.h"

#include <fmt/format.h>

#include "json.h"
#include "kernwise/graph/layout.h"
#include "kernwise/graph/network.h"
#include "kernwise/graph/zoo.h"
#include "kernwise/primitives/registry.h"
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
                    {"layouts", std::move(layouts)}});
  }
  return list;
}

Table primitives_table(const TextStyle& style) {
  Table table(
      {{"id"}, {"kind"}, {"family"}, {"source"}, {"layout"}, {"revision", Align::kRight, 0}});
  for (const auto& primitive : all_primitives()) {
    const PrimitiveInfo& info = primitive->info();
    table.add({{info.id},
               {std::string(to_string(info.kind))},
               {info.family},
               {info.source},
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
      for (const Layout layout : kAllLayouts) {
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
      for (const Layout layout : kAllLayouts) {
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
