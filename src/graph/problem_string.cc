// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <array>
#include <charconv>
#include <string>

#include "kernwise/graph/problem.h"
#include "problem_fields.h"

namespace kernwise {
namespace {

using detail::Field;

enum class Form { kCanonical, kShort };

// The shortest digits that read back as the same float. Minus zero becomes zero, which equals it:
// equal problems have equal strings. The exponent loses its plus, which separates post-operators.
std::string shortest(float value) {
  std::array<char, 32> buffer{};
  if (value == 0) value = 0;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  if (const auto exponent = text.find("e+"); exponent != std::string::npos) {
    text.erase(exponent + 1, 1);
  }
  return text;
}

void append(std::string& text, const Field& field, Form form) {
  const bool complete = form == Form::kCanonical;
  if (field.size != nullptr) {
    if (!complete && *field.size == field.default_size()) return;
    text.append(field.name).append(std::to_string(*field.size));
  } else if (field.real != nullptr) {
    if (!complete && *field.real == field.real_fallback) return;
    text.append(field.name).append(shortest(*field.real));
  } else {
    for (const int64_t value : *field.list) text.append(field.name).append(std::to_string(value));
  }
}

void append(std::string& text, const std::vector<Field>& fields, Form form) {
  const auto left_out =
      detail::padding_is_even(fields) ? Field::Use::kOneSide : Field::Use::kBothSides;
  for (const Field& field : fields) {
    if (field.use != left_out) append(text, field, form);
  }
}

void append(std::string& text, const PostOps& post_ops) {
  if (post_ops.bias) text += "+bias";
  if (post_ops.residual) text += "+sum";
  const Activation& activation = post_ops.activation;
  switch (activation.kind) {
    case ActivationKind::kNone: break;
    case ActivationKind::kRelu: text += "+relu"; break;
    case ActivationKind::kClip:
      text += "+clip" + shortest(activation.alpha) + "," + shortest(activation.beta);
      break;
    case ActivationKind::kLeakyRelu: text += "+leaky" + shortest(activation.alpha); break;
    case ActivationKind::kSigmoid: text += "+sigmoid"; break;
    case ActivationKind::kTanh: text += "+tanh"; break;
    case ActivationKind::kHardSigmoid:
      text += "+hardsigmoid" + shortest(activation.alpha) + "," + shortest(activation.beta);
      break;
    case ActivationKind::kHardSwish: text += "+hardswish"; break;
    case ActivationKind::kSwish: text += "+swish"; break;
  }
}

std::string spell(const Problem& problem, Form form) {
  std::string text(to_string(problem.kind()));
  text += ':';
  if (const std::string word = detail::keyword(problem.op); !word.empty()) text += word + ":";
  Operator op = problem.op;  // the fields point into a copy
  bool first = true;
  for (const std::vector<Field>& group : detail::field_groups(op)) {
    if (!first) text += '-';
    first = false;
    append(text, group, form);
  }
  append(text, problem.post_ops);
  return text;
}

}  // namespace

std::string to_string(const Problem& problem) { return spell(problem, Form::kCanonical); }
std::string to_short_string(const Problem& problem) { return spell(problem, Form::kShort); }

}  // namespace kernwise
