// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Reads problem strings by the table of problem_fields.h. The text is untrusted: one pass, no
// recursion, memory in proportion to the text; positions in messages count characters from 1.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "kernwise/graph/problem.h"
#include "problem_fields.h"

namespace kernwise {
namespace {

using detail::Field;

constexpr std::string_view kPostOpsHint =
    "behind the fields come +bias, +sum and one of +relu, +clipLOW,HIGH, +leakySLOPE, +sigmoid, "
    "+tanh, +hardsigmoidALPHA,BETA, +hardswish or +swish, each at most once and in this order";

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  std::string_view rest() const { return text_.substr(at_); }
  std::size_t position() const { return at_ + 1; }

  bool skip(std::string_view word) {
    if (!rest().starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  std::string_view letters() {
    const std::size_t begin = at_;
    while (is_lower(peek())) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  Result<int64_t> integer(std::string_view of, bool may_be_negative = false) {
    const bool negative = may_be_negative && peek() == '-';
    if (!negative && !is_digit(peek())) {
      return invalid_input(fmt::format("{} needs a whole number at position {}", of, position()));
    }
    return number<int64_t>(of);
  }

  Result<float> real(std::string_view of) { return number<float>(of); }

  // "position 7 ('x')", "position 7 (the end)"
  std::string here() const {
    if (done()) return fmt::format("position {} (the end)", position());
    const auto byte = static_cast<unsigned char>(peek());
    if (byte < ' ' || byte > '~')
      return fmt::format("position {} (byte 0x{:02x})", position(), byte);
    return fmt::format("position {} ('{}')", position(), peek());
  }

 private:
  template <typename T>
  Result<T> number(std::string_view of) {
    T value{};
    const char* const begin = text_.data() + at_;
    const auto [end, code] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (code == std::errc::result_out_of_range) {
      return invalid_input(
          fmt::format("the number of {} at position {} is out of range", of, position()));
    }
    if (code != std::errc()) {
      return invalid_input(fmt::format("{} needs a number at position {}", of, position()));
    }
    at_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// "fields: n ic ih iw oc kh kw sh sw ph pw (or pt pb pl pr) dh dw g"
std::string list_fields(const std::vector<Field>& fields) {
  std::string names;
  for (const Field& field : fields) {
    const bool first_side = field.name == "pt", last_side = field.name == "pr";
    names += fmt::format("{}{}{}{}", names.empty() ? "" : " ", first_side ? "(or " : "", field.name,
                         last_side ? ")" : "");
  }
  return names;
}

std::string fields_hint(const Operator& blank) {
  Operator op = blank;
  const std::string_view kind = to_string(static_cast<ProblemKind>(op.index()));
  std::string hint;
  for (const auto& group : detail::field_groups(op)) {
    hint += fmt::format("{}{}", hint.empty() ? "" : " - ", list_fields(group));
  }
  return fmt::format("the fields of {} are {}, each followed by its number", kind, hint);
}

class FieldReader {
 public:
  FieldReader(Cursor& cursor, std::vector<Field> fields)
      : cursor_(cursor), fields_(std::move(fields)) {}

  // Up to the first character that cannot begin a field's name.
  Status read() {
    while (is_lower(cursor_.peek())) {
      const std::size_t position = cursor_.position();
      const std::string_view name = cursor_.letters();
      const auto field = std::find_if(fields_.begin(), fields_.end(),
                                      [name](const Field& f) { return f.name == name; });
      if (field == fields_.end()) {
        constexpr std::size_t kShown = 16;
        return invalid_input(fmt::format("unknown field '{}{}' at position {}",
                                         name.substr(0, kShown), name.size() > kShown ? "..." : "",
                                         position));
      }
      KERNWISE_TRY(read_value(*field, position));
    }
    return fill_in();
  }

 private:
  Status read_value(const Field& field, std::size_t position) {
    if (field.list != nullptr) {
      KERNWISE_ASSIGN(const int64_t value, cursor_.integer(field.name, field.low < 0));
      field.list->push_back(value);
      return Ok{};
    }
    if (is_given(field.size) || is_given(field.real) || is_given(field.other_side)) {
      return invalid_input(
          fmt::format("'{}' at position {} is given already", field.name, position));
    }
    if (field.real != nullptr) {
      KERNWISE_ASSIGN(*field.real, cursor_.real(field.name));
    } else {
      KERNWISE_ASSIGN(*field.size, cursor_.integer(field.name));
    }
    if (field.other_side != nullptr) *field.other_side = *field.size;
    for (const void* target :
         {static_cast<const void*>(field.size), static_cast<const void*>(field.real),
          static_cast<const void*>(field.other_side)}) {
      if (target != nullptr) given_.push_back(target);
    }
    return Ok{};
  }

  // Defaults, in the table's order: a field may take the value of one before it.
  Status fill_in() {
    for (const Field& field : fields_) {
      const bool missing = (field.list != nullptr && field.list->empty()) ||
                           (field.size != nullptr && !is_given(field.size)) ||
                           (field.real != nullptr && !is_given(field.real));
      if (!missing || field.use == Field::Use::kBothSides) continue;
      if (field.size != nullptr && field.default_size()) {
        *field.size = *field.default_size();
      } else if (field.real != nullptr && field.real_fallback) {
        *field.real = *field.real_fallback;
      } else {
        return invalid_input(fmt::format("'{}' is missing before {}", field.name, cursor_.here()));
      }
    }
    return Ok{};
  }

  bool is_given(const void* target) const {
    return target != nullptr && std::find(given_.begin(), given_.end(), target) != given_.end();
  }

  Cursor& cursor_;
  std::vector<Field> fields_;
  std::vector<const void*> given_;  // what was set, so that ph and pt cannot both set it
};

Result<ProblemKind> read_kind(Cursor& cursor) {
  std::string names;
  for (std::size_t i = 0; i < std::variant_size_v<Operator>; ++i) {
    const auto kind = static_cast<ProblemKind>(i);
    if (cursor.skip(fmt::format("{}:", to_string(kind)))) return kind;
    names += fmt::format("{}{}:", i == 0 ? "" : " ", to_string(kind));
  }
  return invalid_input("no known kind at position 1",
                       "begin with one of " + names + " as in conv:ic64ih56oc128kh3ph1");
}

// The operator with the longest keyword that the text goes on with: nchw8c before nchw.
Result<Operator> read_keyword(Cursor& cursor, ProblemKind kind) {
  const std::vector<Operator> blanks = detail::blank_operators(kind);
  const Operator* best = nullptr;
  std::string best_word, words;
  for (const Operator& blank : blanks) {
    const std::string word = detail::keyword(blank);
    words += fmt::format("{}{}", words.empty() ? "" : " ", word);
    if (!cursor.rest().starts_with(word)) continue;
    if (best == nullptr || word.size() > best_word.size()) {
      best = &blank;
      best_word = word;
    }
  }
  if (best == nullptr) {
    return invalid_input(fmt::format("no known {} at {}", to_string(kind), cursor.here()),
                         fmt::format("go on with one of {}", words));
  }
  cursor.skip(best_word);
  if (!best_word.empty()) cursor.skip(":");  // people may leave it out
  return *best;
}

// The two numbers behind "clip" or "hardsigmoid".
Result<Activation> read_pair(Cursor& cursor, ActivationKind kind, const std::string& name,
                             const char* first, const char* second) {
  Activation activation{.kind = kind};
  KERNWISE_ASSIGN(activation.alpha, cursor.real(fmt::format("{}'s {}", name, first)));
  if (!cursor.skip(",")) {
    return invalid_input(fmt::format("{} needs a comma at {}", name, cursor.here()));
  }
  KERNWISE_ASSIGN(activation.beta, cursor.real(fmt::format("{}'s {}", name, second)));
  return activation;
}

// Of kind kNone where the text goes on with no activation.
Result<Activation> read_activation(Cursor& cursor) {
  if (cursor.skip("clip")) {
    return read_pair(cursor, ActivationKind::kClip, "clip", "lower bound", "upper bound");
  }
  if (cursor.skip("hardsigmoid")) {
    return read_pair(cursor, ActivationKind::kHardSigmoid, "hardsigmoid", "alpha", "beta");
  }
  Activation activation;
  if (cursor.skip("leaky")) {
    activation.kind = ActivationKind::kLeakyRelu;
    KERNWISE_ASSIGN(activation.alpha, cursor.real("leaky's slope"));
    return activation;
  }
  static constexpr std::array<std::pair<std::string_view, ActivationKind>, 5> kPlain = {{
      {"relu", ActivationKind::kRelu},
      {"sigmoid", ActivationKind::kSigmoid},
      {"tanh", ActivationKind::kTanh},
      {"hardswish", ActivationKind::kHardSwish},
      {"swish", ActivationKind::kSwish},
  }};
  for (const auto& [word, kind] : kPlain) {
    if (!cursor.skip(word)) continue;
    activation.kind = kind;
    break;
  }
  return activation;
}

Result<PostOps> read_post_ops(Cursor& cursor) {
  PostOps post_ops;
  int last = 0;  // order of the last one read: bias 1, sum 2, activation 3
  while (!cursor.done()) {
    const std::string place = cursor.here();
    if (!cursor.skip("+")) return invalid_input("unexpected text at " + place);
    int order = 0;
    if (cursor.skip("bias")) {
      post_ops.bias = true;
      order = 1;
    } else if (cursor.skip("sum")) {
      post_ops.residual = true;
      order = 2;
    } else {
      KERNWISE_ASSIGN(const Activation activation, read_activation(cursor));
      if (activation.kind == ActivationKind::kNone) {
        return invalid_input("unknown post-operator at " + place);
      }
      if (last < 3) post_ops.activation = activation;
      order = 3;
    }
    if (order <= last) return invalid_input("post-operator out of order at " + place);
    last = order;
  }
  return post_ops;
}

Error with_hint(Error error, std::string_view hint) {
  if (error.hint.empty()) error.hint = hint;
  return error;
}

Result<Problem> read_problem(std::string_view text) {
  Cursor cursor(text);
  KERNWISE_ASSIGN(const ProblemKind kind, read_kind(cursor));
  KERNWISE_ASSIGN(Operator op, read_keyword(cursor, kind));
  bool first = true;
  for (std::vector<Field>& group : detail::field_groups(op)) {
    if (!first && !cursor.skip("-")) {
      return with_hint(invalid_input("expected '-' at " + cursor.here()), fields_hint(op));
    }
    first = false;
    Status status = FieldReader(cursor, std::move(group)).read();
    if (!status.ok()) return with_hint(std::move(status).error(), fields_hint(op));
  }
  if (!cursor.done() && cursor.peek() != '+') {
    return with_hint(invalid_input("unexpected text at " + cursor.here()),
                     fields_hint(op) + "; " + std::string(kPostOpsHint));
  }
  Result<PostOps> post_ops = read_post_ops(cursor);
  if (!post_ops.ok()) return with_hint(std::move(post_ops).error(), kPostOpsHint);
  Problem problem{std::move(op), *post_ops};
  KERNWISE_TRY(detail::check_problem(problem));
  return problem;
}

}  // namespace

Result<Problem> parse_problem(std::string_view text) {
  Result<Problem> problem = read_problem(text);
  if (problem.ok()) return problem;
  return std::move(problem).error().within(detail::problem_place(text));
}

}  // namespace kernwise
