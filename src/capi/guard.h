// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the parts of the C interface share: errors as values, and no exception beyond it.
#pragma once

#include <new>
#include <string>
#include <string_view>

#include "kernwise/base/result.h"
#include "kernwise/runtime/executor.h"
#include "kernwise/select/plan.h"
#include "kernwise_c.h"

struct kernwise_plan {
  kernwise::Plan plan;
  std::size_t inputs = 0, outputs = 0;
  kernwise::Executor executor;
};

namespace kernwise::capi {

kernwise_status fail(const Error& failure, kernwise_error* error);
kernwise_status succeed(kernwise_error* error);
Error missing(const char* argument);
// As much of `text` as fits, cut between characters of UTF-8.
void copy_text(std::string_view text, char* to, std::size_t size);

// Calls `body`, which returns a Status. What libraries below throw ends here.
template <typename Body>
kernwise_status guarded(kernwise_error* error, Body&& body) {
  try {
    const Status done = body();
    return done.ok() ? succeed(error) : fail(done.error(), error);
  } catch (const std::bad_alloc&) {
    return fail(unsupported("there is not enough memory"), error);
  } catch (const std::exception& thrown) {
    return fail(internal_error(thrown.what()), error);
  } catch (...) {
    return fail(internal_error("an unknown exception"), error);
  }
}

}  // namespace kernwise::capi
