// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise inspect FILE`: what an ONNX network, a plan or a measurement store holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/network.h"
#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/select/plan.h"
#include "kernwise/store/measurement.h"

namespace kernwise {

struct NetworkCard {
  std::string path;
  Network network;
  std::optional<LayerGraph> graph;  // absent if it cannot be lowered; `obstacle` says why
  std::optional<Error> obstacle;
};

// `layers`: list every lowered layer.
std::string network_json(const NetworkCard& card, bool layers, const Envelope& envelope);
std::string network_text(const NetworkCard& card, bool layers, const TextStyle& style);

std::string plan_card_json(const Plan& plan, const std::string& path, bool layers,
                           const Envelope& envelope);
std::string plan_card_text(const Plan& plan, const std::string& path, bool layers,
                           const TextStyle& style);

std::string store_card_json(const std::vector<Measurement>& measurements, const std::string& path,
                            const Envelope& envelope);
std::string store_card_text(const std::vector<Measurement>& measurements, const std::string& path,
                            const TextStyle& style);

}  // namespace kernwise
