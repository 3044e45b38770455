// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "operator_trace.h"

#include <ATen/record_function.h>

#include <cstdio>
#include <memory>

#include "counting_allocator.h"

namespace kernwise::torch_worker {
namespace {

struct Begin final : at::ObserverContext {
  int64_t bytes = 0;
};

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction&) {
  auto context = std::make_unique<Begin>();
  context->bytes = allocated_bytes();
  return context;
}

void end(const at::RecordFunction& function, at::ObserverContext* context) {
  std::fprintf(stderr, "trace %s %s %lld %lld\n",
               function.scope() == at::RecordScope::BACKWARD_FUNCTION ? "backward" : "operator",
               function.name(), static_cast<long long>(static_cast<Begin*>(context)->bytes),
               static_cast<long long>(allocated_bytes()));
}

}  // namespace

void start_operator_trace() {
  at::addGlobalCallback(
      at::RecordFunctionCallback(begin, end)
          .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
}

}  // namespace kernwise::torch_worker
