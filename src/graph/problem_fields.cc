// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "problem_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kernwise::detail {
namespace {

using Fields = std::vector<Field>;

Field required(std::string_view name, int64_t& size) { return {.name = name, .size = &size}; }

Field optional(std::string_view name, int64_t& size, int64_t fallback) {
  return {.name = name, .size = &size, .fallback = fallback};
}

// Left out, the w part of a pair equals its h part.
Field like(std::string_view name, int64_t& size, const int64_t& other) {
  return {.name = name, .size = &size, .like = &other};
}

Field real(std::string_view name, float& value, std::optional<float> fallback) {
  return {.name = name, .real = &value, .real_fallback = fallback};
}

Field window(Field field) {
  field.high = kMaxWindow;
  return field;
}

template <typename T>
void add_kernel(Fields& fields, T& p) {
  fields.push_back(window(required("kh", p.kh)));
  fields.push_back(window(like("kw", p.kw, p.kh)));
  fields.push_back(window(optional("sh", p.sh, 1)));
  fields.push_back(window(like("sw", p.sw, p.sh)));
}

template <typename T>
void add_padding(Fields& fields, T& p) {
  using Use = Field::Use;
  const auto add = [&](Field field, Use use, int64_t* other_side) {
    field = window(field);
    field.low = 0;
    field.use = use;
    field.other_side = other_side;
    fields.push_back(field);
  };
  add(optional("ph", p.pt, 0), Use::kBothSides, &p.pb);
  add(like("pw", p.pl, p.pt), Use::kBothSides, &p.pr);
  add(optional("pt", p.pt, 0), Use::kOneSide, nullptr);
  add(optional("pb", p.pb, 0), Use::kOneSide, nullptr);
  add(like("pl", p.pl, p.pt), Use::kOneSide, nullptr);
  add(like("pr", p.pr, p.pb), Use::kOneSide, nullptr);
}

Fields shape_fields(Shape4& shape) {
  return {optional("n", shape.n, 1), required("c", shape.c), optional("h", shape.h, 1),
          like("w", shape.w, shape.h)};
}

std::vector<Fields> groups_of(ConvProblem& p) {
  Fields fields = {optional("n", p.n, 1), required("ic", p.ic), required("ih", p.ih),
                   like("iw", p.iw, p.ih), required("oc", p.oc)};
  add_kernel(fields, p);
  add_padding(fields, p);
  fields.push_back(window(optional("dh", p.dh, 1)));
  fields.push_back(window(like("dw", p.dw, p.dh)));
  fields.push_back(optional("g", p.g, 1));
  return {std::move(fields)};
}

std::vector<Fields> groups_of(PoolProblem& p) {
  Fields fields = {optional("n", p.n, 1), required("c", p.c), required("ih", p.ih),
                   like("iw", p.iw, p.ih)};
  add_kernel(fields, p);
  add_padding(fields, p);
  return {std::move(fields)};
}

std::vector<Fields> groups_of(FcProblem& p) {
  return {{optional("n", p.n, 1), required("ic", p.ic), optional("ih", p.ih, 1),
           like("iw", p.iw, p.ih), required("oc", p.oc)}};
}

std::vector<Fields> groups_of(ConcatProblem& p) {
  return {{optional("n", p.n, 1), optional("h", p.h, 1), like("w", p.w, p.h),
           Field{.name = "c", .list = &p.channels}}};
}

std::vector<Fields> groups_of(LrnProblem& p) {
  Fields fields = shape_fields(p.shape);
  fields.push_back(window(required("size", p.size)));
  fields.push_back(real("alpha", p.alpha, 1e-4F));  // ONNX's defaults
  fields.push_back(real("beta", p.beta, 0.75F));
  fields.push_back(real("k", p.k, 1.0F));
  return {std::move(fields)};
}

std::vector<Fields> groups_of(ReshapeProblem& p) {
  return {shape_fields(p.from), shape_fields(p.to)};
}

// Eltwise, scale, binary, softmax, transform.
std::vector<Fields> groups_of(auto& p) { return {shape_fields(p.shape)}; }

}  // namespace

std::vector<Fields> field_groups(Operator& op) {
  return std::visit([](auto& p) { return groups_of(p); }, op);
}

bool padding_is_even(const Fields& fields) {
  return std::all_of(fields.begin(), fields.end(), [](const Field& field) {
    return field.other_side == nullptr || *field.size == *field.other_side;
  });
}

std::string keyword(const Operator& op) {
  if (const auto* pool = std::get_if<PoolProblem>(&op)) {
    switch (pool->kind) {
      case PoolKind::kMax: return "max";
      case PoolKind::kAvgIncludePad: return "avgpad";
      case PoolKind::kAvgExcludePad: return "avg";
    }
  }
  if (const auto* binary = std::get_if<BinaryProblem>(&op)) {
    return binary->kind == BinaryKind::kAdd ? "add" : "mul";
  }
  if (const auto* transform = std::get_if<TransformProblem>(&op)) {
    return fmt::format("{}-{}", to_string(transform->from), to_string(transform->to));
  }
  return "";
}

std::vector<Operator> blank_operators(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::kConv: return {ConvProblem{}};
    case ProblemKind::kPool:
      return {PoolProblem{.kind = PoolKind::kMax}, PoolProblem{.kind = PoolKind::kAvgIncludePad},
              PoolProblem{.kind = PoolKind::kAvgExcludePad}};
    case ProblemKind::kFc: return {FcProblem{}};
    case ProblemKind::kEltwise: return {EltwiseProblem{}};
    case ProblemKind::kScale: return {ScaleProblem{}};
    case ProblemKind::kBinary:
      return {BinaryProblem{.kind = BinaryKind::kAdd}, BinaryProblem{.kind = BinaryKind::kMul}};
    case ProblemKind::kConcat: return {ConcatProblem{}};
    case ProblemKind::kLrn: return {LrnProblem{}};
    case ProblemKind::kSoftmax: return {SoftmaxProblem{}};
    case ProblemKind::kReshape: return {ReshapeProblem{}};
    case ProblemKind::kTransform: break;
  }
  std::vector<Operator> transforms;
  for (const Layout from : kAllLayouts) {
    for (const Layout to : kAllLayouts) {
      transforms.push_back(TransformProblem{.from = from, .to = to});
    }
  }
  return transforms;
}

std::string problem_place(std::string_view text) {
  constexpr std::size_t kShown = 100;
  std::string shown;
  for (const char c : text.substr(0, kShown)) {
    const bool printable = c >= ' ' && c <= '~';
    shown +=
        printable ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return fmt::format("problem '{}{}'", shown, text.size() > kShown ? "..." : "");
}

}  // namespace kernwise::detail
