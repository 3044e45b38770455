// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Who holds how many bytes right now, and the highest moment so far. Buffers are counted by
// references, as tensors that share storage are.
#pragma once

#include <cstdint>
#include <vector>

#include "kernwise/footprint/step_memory.h"

namespace kernwise::detail {

using BufferId = int;  // -1: none

class Ledger {
 public:
  // With one reference. `layer` is the index of the layer that it belongs to, -1 for none.
  BufferId allocate(TensorClass tensor_class, int64_t bytes, int layer);
  void retain(BufferId buffer);
  void release(BufferId buffer);
  int references(BufferId buffer) const { return buffers_[index(buffer)].references; }
  int64_t bytes(BufferId buffer) const { return buffers_[index(buffer)].bytes; }

  // For one moment `workspace` bytes more are taken, some of them under another name.
  void touch(int64_t workspace);

  // Whose operator runs from now on.
  void enter(int layer) { layer_ = layer; }

  struct Moment {
    int64_t bytes = 0;
    ClassBytes classes = {};
    int layer = -1;
    std::vector<int64_t> activation_bytes;  // per layer
  };
  // The highest moment since the last call; the next one starts from what is held now.
  Moment close_phase();

 private:
  struct Buffer {
    TensorClass tensor_class;
    int64_t bytes;
    int layer;
    int references;
  };
  static std::size_t index(BufferId buffer) { return static_cast<std::size_t>(buffer); }
  void note(int64_t workspace);

  std::vector<Buffer> buffers_;
  ClassBytes now_ = {};
  int64_t total_ = 0;
  int layer_ = -1;
  std::vector<int64_t> activations_;  // per layer, now
  Moment peak_;
};

}  // namespace kernwise::detail
