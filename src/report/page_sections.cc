// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which document gets which section.
#include <algorithm>
#include <array>

#include "page.h"

namespace kernwise::detail {
namespace {

struct Row {
  std::string_view name;  // of the schema, without "kernwise." and the version
  SectionMaker make;
};

constexpr std::array kSections = {
    Row{"plan", plan_section},
    Row{"predict", predict_section},
    Row{"run", run_section},
    Row{"profile", profile_section},
    Row{"footprint", footprint_section},
    Row{"transfer", transfer_section},
    Row{"fleet", fleet_section},
    Row{"experiment.mulder", mulder_section},
    Row{"experiment.fleet_fewshot", fewshot_section},
    Row{"experiment.fleet_here", plain_section},
    Row{"experiment.fleet_search", plain_section},
    Row{"experiment.halide_schedules", plain_section},
    Row{"experiment.miopen", plain_section},
    Row{"experiment.nnc", plain_section},
    Row{"experiment.nnc_variant_selection", plain_section},
    Row{"experiment.oneproxy", plain_section},
    Row{"experiment.perf4sight", plain_section},
    Row{"experiment.place_programs", plain_section},
    Row{"experiment.virtual_transfer", plain_section},
    Row{"adapt", plain_section},
    Row{"bench", plain_section},
    Row{"compare", plain_section},
    Row{"db", plain_section},
    Row{"doctor", plain_section},
    Row{"explain", plain_section},
    Row{"fit", plain_section},
    Row{"fleet-probe", plain_section},
    Row{"inspect", plain_section},
    Row{"place", plain_section},
    Row{"prune", plain_section},
    Row{"version", plain_section},
};

void add_warnings(const Document& document, PageSection& section) {
  const auto found = document.root.find("warnings");
  if (found == document.root.end() || !found->is_array()) return;
  for (const Json& warning : *found) {
    if (!warning.is_object()) continue;
    const auto message = warning.find("message");
    if (message != warning.end() && message->is_string()) {
      section.warnings.push_back(message->get<std::string>());
    }
  }
}

// Where and by what it was made.
void add_context(const Document& document, PageSection& section, std::string& mistake) {
  if (!document.root.contains("context")) return;  // experiments have none
  const Fields context(document.root["context"], "context", mistake);
  const auto add = [&](const char* name, std::string value) {
    if (!value.empty()) section.facts.emplace_back(name, std::move(value));
  };
  if (context.has("device")) {
    const Fields device = context.object("device");
    add("device", device.text("cpu") + ", " + device.text("isa") +
                      (device.flag("virtual") ? " (virtual)" : ""));
  }
  add("made by", context.text("build"));
  add("made at", context.text("timestamp"));
}

}  // namespace

Result<PageSection> section_of(const Document& document) {
  const auto row = std::ranges::find(kSections, document.name, &Row::name);
  if (row == kSections.end()) {
    return invalid_input("is a document of '" + document.schema + "', which has no page",
                         "leave it out; 'kernwise help report' says what there is a page for")
        .within(document.file);
  }
  PageSection section;
  section.file = document.file;
  section.schema = document.schema;
  std::string mistake;
  row->make(document, section, mistake);
  add_context(document, section, mistake);
  add_warnings(document, section);
  if (!mistake.empty()) {
    return invalid_input(mistake, "make the document again with --json").within(document.file);
  }
  return section;
}

}  // namespace kernwise::detail
