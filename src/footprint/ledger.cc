// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "ledger.h"

#include <utility>

#include "kernwise/base/check.h"

namespace kernwise::detail {

BufferId Ledger::allocate(TensorClass tensor_class, int64_t bytes, int layer) {
  buffers_.push_back({tensor_class, bytes, layer, 1});
  now_[static_cast<std::size_t>(tensor_class)] += bytes;
  total_ += bytes;
  if (tensor_class == TensorClass::kActivations && layer >= 0) {
    if (activations_.size() <= index(layer)) activations_.resize(index(layer) + 1, 0);
    activations_[index(layer)] += bytes;
  }
  note(0);
  return static_cast<BufferId>(buffers_.size()) - 1;
}

void Ledger::retain(BufferId buffer) { ++buffers_[index(buffer)].references; }

void Ledger::release(BufferId buffer) {
  Buffer& b = buffers_[index(buffer)];
  KERNWISE_CHECK(b.references > 0);
  if (--b.references > 0) return;
  now_[static_cast<std::size_t>(b.tensor_class)] -= b.bytes;
  total_ -= b.bytes;
  if (b.tensor_class == TensorClass::kActivations && b.layer >= 0) {
    activations_[index(b.layer)] -= b.bytes;
  }
}

void Ledger::touch(int64_t workspace) { note(workspace); }

void Ledger::note(int64_t workspace) {
  if (total_ + workspace <= peak_.bytes) return;
  peak_.bytes = total_ + workspace;
  peak_.classes = now_;
  peak_.classes[static_cast<std::size_t>(TensorClass::kWorkspace)] += workspace;
  peak_.layer = layer_;
  peak_.activation_bytes = activations_;
}

Ledger::Moment Ledger::close_phase() {
  Moment closed = std::exchange(peak_, {});
  note(0);
  return closed;
}

}  // namespace kernwise::detail
