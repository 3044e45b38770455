// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "problem_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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

Field from_zero(Field field) {
  field.low = 0;
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

std::vector<Fields> groups_of(DeconvProblem& p) {
  Fields fields = {optional("n", p.n, 1),  required("ic", p.ic), required("ih", p.ih),
                   like("iw", p.iw, p.ih), required("oc", p.oc), required("oh", p.oh),
                   like("ow", p.ow, p.oh)};
  add_kernel(fields, p);
  fields.push_back(window(from_zero(optional("ph", p.pt, 0))));
  fields.push_back(window(from_zero(like("pw", p.pl, p.pt))));
  fields.push_back(window(optional("dh", p.dh, 1)));
  fields.push_back(window(like("dw", p.dw, p.dh)));
  fields.push_back(optional("g", p.g, 1));
  return {std::move(fields)};
}

std::vector<Fields> groups_of(BroadcastProblem& p) {
  return {shape_fields(p.a), shape_fields(p.b)};
}

std::vector<Fields> groups_of(StridedProblem& p) {
  Field stride{.name = "s", .list = &p.strides};
  stride.low = -kMaxElements;
  return {shape_fields(p.from),
          shape_fields(p.to),
          {from_zero(optional("o", p.offset, 0)), Field{.name = "d", .list = &p.sizes}, stride}};
}

std::vector<Fields> groups_of(SliceProblem& p) {
  Fields fields = shape_fields(p.shape);
  fields.push_back(from_zero(optional("first", p.first, 0)));
  fields.push_back(required("count", p.count));
  return {std::move(fields)};
}

std::vector<Fields> groups_of(ShuffleProblem& p) {
  Fields fields = shape_fields(p.shape);
  fields.push_back(required("g", p.g));
  return {std::move(fields)};
}

std::vector<Fields> groups_of(PadProblem& p) {
  Fields fields = shape_fields(p.shape);
  const std::pair<std::string_view, int64_t*> sides[] = {
      {"nb", &p.nb}, {"na", &p.na}, {"cb", &p.cb}, {"ca", &p.ca},
      {"hb", &p.hb}, {"ha", &p.ha}, {"wb", &p.wb}, {"wa", &p.wa}};
  for (const auto& [name, size] : sides) {
    fields.push_back(window(from_zero(optional(name, *size, 0))));
  }
  fields.push_back(real("value", p.value, 0.0F));
  return {std::move(fields)};
}

std::vector<Fields> groups_of(ResizeProblem& p) {
  return {{optional("n", p.n, 1), required("c", p.c), required("ih", p.ih), like("iw", p.iw, p.ih),
           required("oh", p.oh), like("ow", p.ow, p.oh), real("yscale", p.yscale, {}),
           real("xscale", p.xscale, {})}};
}

std::vector<Fields> groups_of(MatmulProblem& p) { return {shape_fields(p.a), shape_fields(p.b)}; }

std::vector<Fields> groups_of(GemmProblem& p) {
  return {{required("m", p.m), required("n", p.n), required("k", p.k)}};
}

std::vector<Fields> groups_of(GemvProblem& p) { return {{required("m", p.m), required("n", p.n)}}; }

std::vector<Fields> groups_of(MatconvProblem& p) {
  return {{required("h", p.h), like("w", p.w, p.h), window(required("r", p.r))}};
}

// Eltwise, scale, binary, softmax, transform.
std::vector<Fields> groups_of(auto& p) { return {shape_fields(p.shape)}; }

constexpr std::array<std::string_view, 5> kBinaryWords = {"add", "mul", "sub", "div", "prelu"};
constexpr std::array<std::string_view, 3> kPadWords = {"constant", "reflect", "edge"};
constexpr std::array<std::string_view, 5> kCoordinateWords = {"half", "asymmetric", "corners",
                                                              "pytorch", "symmetric"};
constexpr std::array<std::string_view, 4> kRoundingWords = {"floor", "ceil", "preferfloor",
                                                            "preferceil"};

template <std::size_t count, typename Kind>
std::string_view word_of(const std::array<std::string_view, count>& words, Kind kind) {
  return words[static_cast<std::size_t>(kind)];
}

std::string word_of(const ResizeProblem& resize) {
  const std::string_view coordinates = word_of(kCoordinateWords, resize.coordinates);
  if (resize.kind == ResizeKind::kLinear) return fmt::format("linear-{}", coordinates);
  return fmt::format("nearest-{}-{}", coordinates, word_of(kRoundingWords, resize.rounding));
}

// "mul", "const-sub" (the first operand is a constant), "sub-const".
std::string word_of(const BroadcastProblem& broadcast) {
  return fmt::format("{}{}{}", broadcast.constant == ConstantOperand::kFirst ? "const-" : "",
                     word_of(kBinaryWords, broadcast.kind),
                     broadcast.constant == ConstantOperand::kSecond ? "-const" : "");
}

std::vector<Operator> blank_resizes() {
  std::vector<Operator> blanks;
  for (std::size_t i = 0; i < kCoordinateWords.size(); ++i) {
    const auto coordinates = static_cast<ResizeCoordinates>(i);
    blanks.push_back(ResizeProblem{.kind = ResizeKind::kLinear, .coordinates = coordinates});
    for (std::size_t j = 0; j < kRoundingWords.size(); ++j) {
      blanks.push_back(
          ResizeProblem{.coordinates = coordinates, .rounding = static_cast<ResizeRounding>(j)});
    }
  }
  return blanks;
}

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
    return std::string(word_of(kBinaryWords, binary->kind));
  }
  if (const auto* broadcast = std::get_if<BroadcastProblem>(&op)) return word_of(*broadcast);
  if (const auto* pad = std::get_if<PadProblem>(&op)) {
    return std::string(word_of(kPadWords, pad->kind));
  }
  if (const auto* resize = std::get_if<ResizeProblem>(&op)) return word_of(*resize);
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
    case ProblemKind::kBinary: {
      std::vector<Operator> blanks;
      for (std::size_t i = 0; i < kBinaryWords.size(); ++i) {
        blanks.push_back(BinaryProblem{.kind = static_cast<BinaryKind>(i)});
      }
      return blanks;
    }
    case ProblemKind::kConcat: return {ConcatProblem{}};
    case ProblemKind::kLrn: return {LrnProblem{}};
    case ProblemKind::kSoftmax: return {SoftmaxProblem{}};
    case ProblemKind::kReshape: return {ReshapeProblem{}};
    case ProblemKind::kDeconv: return {DeconvProblem{}};
    case ProblemKind::kBroadcast: {
      std::vector<Operator> blanks;
      for (std::size_t i = 0; i < kBinaryWords.size(); ++i) {
        for (const auto constant :
             {ConstantOperand::kNone, ConstantOperand::kFirst, ConstantOperand::kSecond}) {
          blanks.push_back(
              BroadcastProblem{.kind = static_cast<BinaryKind>(i), .constant = constant});
        }
      }
      return blanks;
    }
    case ProblemKind::kStrided: return {StridedProblem{}};
    case ProblemKind::kSlice: return {SliceProblem{}};
    case ProblemKind::kShuffle: return {ShuffleProblem{}};
    case ProblemKind::kPad:
      return {PadProblem{.kind = PadKind::kConstant}, PadProblem{.kind = PadKind::kReflect},
              PadProblem{.kind = PadKind::kEdge}};
    case ProblemKind::kResize: return blank_resizes();
    case ProblemKind::kMatmul: return {MatmulProblem{}};
    case ProblemKind::kGemm: return {GemmProblem{}};
    case ProblemKind::kGemv: return {GemvProblem{}};
    case ProblemKind::kMatconv: return {MatconvProblem{}};
    case ProblemKind::kTransform: break;
  }
  std::vector<Operator> transforms;
  for (const Layout from : kEveryLayout) {
    for (const Layout to : kEveryLayout) {
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
