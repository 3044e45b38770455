// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/result.h"

namespace kernwise {

std::string to_string(const Error& error) {
  std::string text = error.message;
  if (!error.context.empty()) {
    text += "\n  at ";
    for (std::size_t i = 0; i < error.context.size(); ++i) {
      if (i > 0) text += ": ";
      text += error.context[i];
    }
  }
  if (!error.hint.empty()) text += "\n  hint: " + error.hint;
  return text;
}

}  // namespace kernwise
