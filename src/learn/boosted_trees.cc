// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Gradient boosting by XGBoost (Chen & Guestrin 2016) through its C interface. The trees are taken
// out of its JSON and become a Forest, so the library is needed for training only.
#include "forest.h"

#ifdef KERNWISE_XGBOOST

#include <fmt/format.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace kernwise::detail {
namespace {

using Json = nlohmann::json;

struct FreeMatrix {
  void operator()(void* handle) const { XGDMatrixFree(handle); }
};
struct FreeBooster {
  void operator()(void* handle) const { XGBoosterFree(handle); }
};

Error library_error() {
  return internal_error(fmt::format("XGBoost failed: {}", XGBGetLastError()));
}

// Trees of the library's JSON model ("learner" / "gradient_booster" / "model" / "trees").
Result<Forest> forest_from_json(const std::string& text, float base) {
  const Json model = Json::parse(text, nullptr, false);
  if (model.is_discarded()) return internal_error("XGBoost's model is no JSON");
  Forest forest;
  forest.base = base;
  try {
    for (const Json& tree : model.at("learner").at("gradient_booster").at("model").at("trees")) {
      const auto left = tree.at("left_children").get<std::vector<int32_t>>();
      const auto right = tree.at("right_children").get<std::vector<int32_t>>();
      const auto input = tree.at("split_indices").get<std::vector<int32_t>>();
      const auto value = tree.at("split_conditions").get<std::vector<float>>();
      const auto first = static_cast<int32_t>(forest.nodes.size());
      forest.roots.push_back(first);
      for (std::size_t i = 0; i < left.size(); ++i) {
        const bool leaf = left[i] < 0;
        forest.nodes.push_back({leaf ? 0 : input.at(i), leaf ? -1 : first + left[i],
                                leaf ? -1 : first + right.at(i), value.at(i)});
      }
    }
  } catch (const Json::exception& problem) {
    return internal_error(fmt::format("XGBoost's model is not as expected: {}", problem.what()));
  }
  return forest;
}

// Deep enough for leaves of some thirty rows: with 6 throughout, tens of thousands of rows are
// underfitted; with 10, hundreds are learnt by heart.
int depth_for(int64_t rows) {
  return std::clamp(static_cast<int>(std::log2(static_cast<double>(rows) / 30)), 4, 10);
}

Result<Forest> grow(const std::vector<float>& z, int64_t inputs, std::vector<float> t, int trees,
                    uint64_t seed) {
  const auto rows = static_cast<int64_t>(t.size());
  // The mean is taken off here: the library's own base score would be another thing to read back.
  double sum = 0;
  for (const float value : t) sum += double{value};
  const auto base = static_cast<float>(sum / static_cast<double>(rows));
  for (float& value : t) value -= base;
  void* handle = nullptr;
  if (XGDMatrixCreateFromMat(z.data(), static_cast<bst_ulong>(rows), static_cast<bst_ulong>(inputs),
                             NAN, &handle) != 0) {
    return library_error();
  }
  const std::unique_ptr<void, FreeMatrix> matrix(handle);
  if (XGDMatrixSetFloatInfo(handle, "label", t.data(), static_cast<bst_ulong>(rows)) != 0) {
    return library_error();
  }
  void* made = nullptr;
  if (XGBoosterCreate(&handle, 1, &made) != 0) return library_error();
  const std::unique_ptr<void, FreeBooster> booster(made);
  const std::string seed_text = std::to_string(seed % 1000000);
  const std::string depth = std::to_string(depth_for(rows));
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, const char*>>{{"booster", "gbtree"},
                                                                  {"objective", "reg:squarederror"},
                                                                  {"base_score", "0"},
                                                                  {"max_depth", depth.c_str()},
                                                                  {"eta", "0.1"},
                                                                  {"subsample", "0.8"},
                                                                  {"min_child_weight", "2"},
                                                                  {"tree_method", "hist"},
                                                                  {"nthread", "1"},
                                                                  {"verbosity", "0"},
                                                                  {"seed", seed_text.c_str()}}) {
    if (XGBoosterSetParam(made, name, value) != 0) return library_error();
  }
  for (int i = 0; i < trees; ++i) {
    if (XGBoosterUpdateOneIter(made, i, matrix.get()) != 0) return library_error();
  }
  bst_ulong length = 0;
  const char* text = nullptr;
  if (XGBoosterSaveModelToBuffer(made, R"({"format": "json"})", &length, &text) != 0) {
    return library_error();
  }
  return forest_from_json(std::string(text, length), base);
}

}  // namespace

Result<std::unique_ptr<Regressor>> fit_boosted_trees(const FitData& data, const FitOptions& options,
                                                     Rng& rng) {
  std::vector<Forest> forests(static_cast<std::size_t>(data.outputs));
  for (int64_t p = 0; p < data.outputs; ++p) {
    std::vector<float> z, t;
    for (int64_t i = 0; i < data.rows; ++i) {
      const float value = data.t[static_cast<std::size_t>(i * data.outputs + p)];
      if (std::isnan(value)) continue;
      z.insert(z.end(), data.z.begin() + i * data.inputs, data.z.begin() + (i + 1) * data.inputs);
      t.push_back(value);
    }
    if (t.empty()) continue;
    KERNWISE_ASSIGN(forests[static_cast<std::size_t>(p)],
                    grow(z, data.inputs, std::move(t), std::max(1, options.trees), rng.bits()));
  }
  return make_forest_regressor(RegressorKind::kBoostedTrees, data.inputs, std::move(forests));
}

}  // namespace kernwise::detail

#else

namespace kernwise::detail {

Result<std::unique_ptr<Regressor>> fit_boosted_trees(const FitData&, const FitOptions&, Rng&) {
  return unsupported("this build has no boosted trees",
                     "install libxgboost-dev and configure again, or choose another regressor");
}

}  // namespace kernwise::detail

#endif
