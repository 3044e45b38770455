// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/place/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "program_lexer.h"
#include "task_shapes.h"

namespace kernwise {
namespace {

using detail::OperationForm;
using detail::shown;
using detail::Word;
using detail::WordKind;

constexpr std::size_t kMostErrors = 20;
constexpr int64_t kLargestSize = int64_t{1} << 30;
constexpr int64_t kMostElements = int64_t{1} << 40;  // of a tensor; as of a problem
constexpr const char* kHint =
    "one statement a line: NAME = OPERATION(...), or output NAME, ...; '#' begins a comment";

class Parser {
 public:
  Result<Program> parse(std::string_view text) {
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      ++line_;
      words_ = detail::words_of(line);
      at_ = 0;
      if (peek().kind != WordKind::kEnd) statement();
    }
    if (errors_ == 0) check_whole();
    if (errors_ == 0) return std::move(program_);
    return failure();
  }

 private:
  struct Argument {
    int tensor = -1;  // -2: its definition has failed
    int64_t number = 0;
    int column = 0;
  };
  static constexpr int kBroken = -2;

  const Word& peek() const { return words_[at_]; }
  const Word& next() { return words_[peek().kind == WordKind::kEnd ? at_ : at_++]; }

  void fail(int line, int column, std::string_view message, std::string_view hint = {}) {
    if (errors_++ >= kMostErrors) return;
    if (!message_.empty()) message_ += "\n  ";
    message_ += fmt::format("line {}, column {}: {}", line, column, message);
    if (hint_.empty()) hint_ = hint;
  }
  void fail_here(const std::string& message) { fail(line_, peek().column, message, kHint); }

  Error failure() {
    if (errors_ > kMostErrors) {
      message_ += fmt::format("\n  and {} more", errors_ - kMostErrors);
    }
    if (errors_ > 1) message_ = fmt::format("{} errors:\n  {}", errors_, message_);
    return invalid_input(std::move(message_), std::move(hint_));
  }

  bool expect(std::string_view sign) {
    if (peek().is(sign)) return next(), true;
    fail_here(fmt::format("'{}' is missing before {}", sign, shown(peek())));
    return false;
  }
  bool expect_end() {
    if (peek().kind == WordKind::kEnd) return true;
    fail_here(fmt::format("{} stands behind the end of the statement", shown(peek())));
    return false;
  }

  void statement() {
    const Word first = next();
    if (first.kind != WordKind::kName) {
      fail(line_, first.column, fmt::format("a line begins with a name, not {}", shown(first)),
           kHint);
      return;
    }
    if (first.text == "output" && !peek().is("=")) return outputs();
    const bool fresh = !ids_.contains(std::string(first.text));
    if (!fresh) {
      const int id = ids_.at(std::string(first.text));
      fail(line_, first.column,
           fmt::format("{} is defined already{}", shown(first.text),
                       id >= 0 ? fmt::format(" in line {}", tensor(id).line) : std::string()),
           "each name is defined once");
    }
    std::optional<Tensor> made = definition();
    if (!fresh) return;
    if (!made) {
      ids_.emplace(first.text, kBroken);
      return;
    }
    made->name = first.text;
    made->line = line_;
    const int id = static_cast<int>(program_.tensors.size());
    columns_.push_back(first.column);
    ids_.emplace(first.text, id);
    if (made->maker >= 0) program_.tasks.back().output = id;
    program_.tensors.push_back(std::move(*made));
  }

  // Behind the name.
  std::optional<Tensor> definition() {
    if (!expect("=")) return std::nullopt;
    const Word operation = next();
    const OperationForm* form = detail::find_operation(operation.text);
    const bool input = operation.text == "input";
    if (operation.kind != WordKind::kName || (form == nullptr && !input)) {
      fail(line_, operation.column, fmt::format("{} is no operation", shown(operation)),
           fmt::format("there are {}", detail::operation_names()));
      return std::nullopt;
    }
    std::vector<Argument> arguments;
    if (!expect("(") || !list(arguments) || !expect(")") || !expect_end()) return std::nullopt;
    return input ? make_input(arguments, operation.column)
                 : make_task(*form, arguments, operation.column);
  }

  bool list(std::vector<Argument>& arguments) {
    if (peek().is(")")) return true;
    for (;;) {
      Argument argument;
      if (!read_argument(argument)) return false;
      arguments.push_back(argument);
      if (!peek().is(",")) return true;
      next();
    }
  }

  bool read_argument(Argument& to) {
    const Word word = peek();
    to.column = word.column;
    if (word.kind == WordKind::kName) {
      to.tensor = find(word);
    } else if (word.kind == WordKind::kNumber) {
      to.number = size(word);
    } else {
      fail_here(fmt::format("a name or a whole number is missing before {}", shown(word)));
      return false;
    }
    next();
    return true;
  }

  int find(const Word& word) {
    const auto found = ids_.find(std::string(word.text));
    if (found != ids_.end()) return found->second;
    fail(line_, word.column, fmt::format("{} is not defined", shown(word)),
         "a name is defined in a line above its first use");
    return kBroken;
  }

  // 1 stands in for a size that is wrong, with the statement marked as failed.
  int64_t size(const Word& word) {
    if (word.number >= 1 && word.number <= kLargestSize) return word.number;
    fail(line_, word.column, fmt::format("{} is no size: from 1 to {}", shown(word), kLargestSize));
    return 0;
  }

  std::optional<Tensor> make_input(const std::vector<Argument>& arguments, int column) {
    const bool sizes = std::all_of(arguments.begin(), arguments.end(),
                                   [](const Argument& a) { return a.tensor == -1; });
    if (!sizes || arguments.empty() || arguments.size() > 2) {
      fail(line_, column, "an input has one size (a vector) or two (rows and columns)",
           "input(256) or input(512, 256)");
      return std::nullopt;
    }
    Tensor made;
    made.rows = arguments[0].number;
    made.columns = arguments.size() > 1 ? arguments[1].number : 1;
    made.vector = arguments.size() == 1;
    if (made.rows == 0 || made.columns == 0) return std::nullopt;  // said already
    return within_limits(std::move(made), column);
  }

  std::optional<Tensor> make_task(const OperationForm& form, const std::vector<Argument>& arguments,
                                  int column) {
    std::vector<int> inputs;
    std::vector<int64_t> numbers;
    bool in_order = true;
    for (const Argument& a : arguments) {
      if (a.tensor == kBroken || (a.tensor == -1 && a.number == 0)) return std::nullopt;
      in_order = in_order && (a.tensor < 0 || numbers.empty());
      if (a.tensor < 0) {
        numbers.push_back(a.number);
      } else {
        inputs.push_back(a.tensor);
      }
    }
    if (!in_order || inputs.size() != form.tensors || numbers.size() < form.least_numbers ||
        numbers.size() > form.most_numbers) {
      fail(line_, column, fmt::format("{} does not have these operands", to_string(form.kind)),
           fmt::format("{}", form.usage));
      return std::nullopt;
    }
    std::vector<const Tensor*> operands;
    for (const int id : inputs) operands.push_back(&tensor(id));
    Result<detail::InferredTask> inferred = detail::infer_task(form.kind, operands, numbers);
    if (!inferred.ok()) {
      fail(line_, column, inferred.error().message, inferred.error().hint);
      return std::nullopt;
    }
    Tensor made;
    made.rows = inferred->rows;
    made.columns = inferred->columns;
    made.vector = inferred->vector;
    made.maker = static_cast<int>(program_.tasks.size());
    std::optional<Tensor> allowed = within_limits(std::move(made), column);
    if (!allowed) return std::nullopt;
    for (const int id : inputs) {
      std::vector<int>& readers = tensor(id).readers;
      if (readers.empty() || readers.back() != allowed->maker) readers.push_back(allowed->maker);
    }
    program_.tasks.push_back({.kind = form.kind,
                              .problem = std::move(inferred->problem),
                              .inputs = std::move(inputs),
                              .output = -1,
                              .line = line_});
    return allowed;
  }

  std::optional<Tensor> within_limits(Tensor made, int column) {
    if (made.rows <= kMostElements / made.columns) return made;
    fail(line_, column, fmt::format("a {} has more than 2^40 elements", detail::shape_text(made)));
    return std::nullopt;
  }

  void outputs() {
    for (;;) {
      const Word word = peek();
      if (word.kind != WordKind::kName) {
        fail_here(fmt::format("a name is missing before {}", shown(word)));
        return;
      }
      next();
      const int id = find(word);
      if (id >= 0 && tensor(id).maker < 0) {
        fail(line_, word.column, fmt::format("{} is an input: nothing computes it", shown(word)));
      } else if (id >= 0) {
        tensor(id).output = true;
      }
      if (!peek().is(",")) break;
      next();
    }
    expect_end();
  }

  void check_whole() {
    for (std::size_t i = 0; i < program_.tensors.size(); ++i) {
      Tensor& t = program_.tensors[i];
      if (!t.readers.empty()) continue;
      if (t.maker < 0) {
        fail(t.line, columns_[i], fmt::format("no operation reads {}", shown(t.name)),
             "take the line out, or use the name");
      }
      t.output = t.maker >= 0;
    }
    if (program_.tasks.empty() && errors_ == 0) {
      fail(std::max(line_, 1), 1, "the program computes nothing",
           fmt::format("there are {}", detail::operation_names()));
    }
  }

  Tensor& tensor(int id) { return program_.tensors[static_cast<std::size_t>(id)]; }

  Program program_;
  std::unordered_map<std::string, int> ids_;
  std::vector<int> columns_;  // of each tensor's name
  std::vector<Word> words_;
  std::size_t at_ = 0;
  int line_ = 0;
  std::size_t errors_ = 0;
  std::string message_, hint_;
};

}  // namespace

std::string_view to_string(TaskKind kind) {
  switch (kind) {
    case TaskKind::kMatmul: return "matmul";
    case TaskKind::kMatvec: return "matvec";
    case TaskKind::kConv2d: return "conv2d";
    case TaskKind::kMaxpool: return "maxpool";
  }
  return "";
}

Result<Program> parse_program(std::string_view text) {
  if (static_cast<int64_t>(text.size()) > kLargestProgram.value) {
    return invalid_input(fmt::format("a program of {} bytes is over the limit of {}", text.size(),
                                     kLargestProgram.value));
  }
  return Parser().parse(text);
}

}  // namespace kernwise
