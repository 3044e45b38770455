// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/version_report.h"

#include <fmt/format.h>

#include <array>

#include "json.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

// Every schema that this program writes. A new major version of one is a new entry.
constexpr std::array<std::string_view, 17> kSchemas = {
    "kernwise.adapt/1", "kernwise.bench/1",   "kernwise.db/1",        "kernwise.doctor/1",
    "kernwise.error/1", "kernwise.explain/1", "kernwise.footprint/1", "kernwise.inspect/1",
    "kernwise.jobs/1",  "kernwise.list/1",    "kernwise.plan/1",      "kernwise.profile/1",
    "kernwise.prune/1", "kernwise.run/1",     "kernwise.version/1",   "kernwise.worker/1",
    "kernwise.zoo/1"};

}  // namespace

std::string version_json(const Envelope& envelope) {
  return detail::envelope_text("version", envelope,
                               {{"build", envelope.context.build},
                                {"compiler", envelope.context.compiler},
                                {"libraries", envelope.context.libraries},
                                {"schemas", kSchemas}});
}

std::string version_text(const Envelope& envelope, const TextStyle& style) {
  return fmt::format(
      "{}\ncompiled with {}\nlibraries {}\n", printable(envelope.context.build, style),
      printable(envelope.context.compiler, style), printable(envelope.context.libraries, style));
}

std::string zoo_json(const WrittenNetwork& network, const Envelope& envelope) {
  return detail::envelope_text("zoo", envelope,
                               {{"name", network.name},
                                {"file", network.file},
                                {"batch", network.batch},
                                {"seed", network.seed},
                                {"parameters", network.parameters},
                                {"nodes", network.nodes}});
}

std::string zoo_text(const WrittenNetwork& network, const TextStyle& style) {
  return fmt::format("wrote {}: {}, batch {}, {}, {} parameters, weights of seed {}\n",
                     printable(network.file, style), network.name, network.batch,
                     detail::plural(network.nodes, "node"), network.parameters, network.seed);
}

}  // namespace kernwise
