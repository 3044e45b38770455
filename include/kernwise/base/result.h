// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Errors as values. Everything that depends on a file, a user or a device returns a Result; a
// broken invariant inside kernwise is a CHECK (check.h) and can never be reached from input.
//
// An Error answers three questions: what went wrong (`message`), where (`context`, outermost
// first: file, node, offset), and what to do next (`hint`, which names the flag to use).
// Thread-safety: plain values.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "kernwise/base/check.h"

namespace kernwise {

// The values are the exit codes of the command line (`kernwise help exit-codes`). Frozen.
enum class ErrorCode : int {
  kCriterionFailed = 1,  // the asked criterion does not hold (verification failed, does not fit)
  kInvalidInput = 2,     // usage error, or a file that is not what it should be
  kUnsupported = 3,      // valid, but not supported here; every reason is listed
  kInternal = 4,         // a defect of kernwise, or of a library under it
  kInterrupted = 130,    // stopped by a signal; what was finished is kept
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;               // what; one sentence, no trailing period
  std::vector<std::string> context;  // where; outermost first
  std::string hint;                  // what to do next; may be empty

  // Adds an outer place ("model.onnx", "node 41 (Conv)") and returns the error for chaining.
  Error within(std::string place) && {
    context.insert(context.begin(), std::move(place));
    return std::move(*this);
  }
};

inline Error invalid_input(std::string message, std::string hint = {}) {
  return {ErrorCode::kInvalidInput, std::move(message), {}, std::move(hint)};
}
inline Error unsupported(std::string message, std::string hint = {}) {
  return {ErrorCode::kUnsupported, std::move(message), {}, std::move(hint)};
}
inline Error internal_error(std::string message) {
  return {ErrorCode::kInternal, std::move(message), {}, {}};
}

// "message\n  at outer: inner\n  hint: ..." — the one rendering of an error for people.
std::string to_string(const Error& error);

// Either a value or an Error. Access to the wrong one is a bug and aborts.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    KERNWISE_CHECK(ok());
    return std::get<0>(state_);
  }
  const T& value() const& {
    KERNWISE_CHECK(ok());
    return std::get<0>(state_);
  }
  T&& value() && {
    KERNWISE_CHECK(ok());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    KERNWISE_CHECK(!ok());
    return std::get<1>(state_);
  }
  Error&& error() && {
    KERNWISE_CHECK(!ok());
    return std::get<1>(std::move(state_));
  }

 private:
  std::variant<T, Error> state_;
};

struct Ok {};
using Status = Result<Ok>;  // `return Ok{};` on success

}  // namespace kernwise

// Early return on error; the expression is a Status or a Result.
#define KERNWISE_TRY(expression)                                      \
  do {                                                                \
    auto kernwise_try_ = (expression);                                \
    if (!kernwise_try_.ok()) return std::move(kernwise_try_).error(); \
  } while (false)

// Early return on error, otherwise binds the value:  KERNWISE_ASSIGN(auto text, read_file(path));
#define KERNWISE_ASSIGN(declaration, expression) \
  KERNWISE_ASSIGN_(declaration, expression, KERNWISE_CONCAT(kernwise_result_, __LINE__))
#define KERNWISE_ASSIGN_(declaration, expression, name) \
  auto name = (expression);                             \
  if (!name.ok()) return std::move(name).error();       \
  declaration = std::move(name).value()
#define KERNWISE_CONCAT(a, b) KERNWISE_CONCAT_(a, b)
#define KERNWISE_CONCAT_(a, b) a##b
