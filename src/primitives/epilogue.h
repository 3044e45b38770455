// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Post-operators in the form in which our kernels apply them while a result is still in registers:
//
//   y = curve(min(max(x + bias[channel] + y_before, low), high))
//
// No activation is the interval (-inf, inf), so there is one code path for it, relu and clip. The
// other activations are curves over that interval; activation_inl.h computes them on vectors.
#pragma once

#include <limits>

#include "kernwise/graph/problem.h"

namespace kernwise::detail {

struct Epilogue {
  const float* bias = nullptr;  // nullptr: none
  bool residual = false;        // the residual lies in the output
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
  Activation curve = {};  // no curve unless the activation is no interval

  bool empty() const { return *this == Epilogue{}; }
  friend bool operator==(const Epilogue&, const Epilogue&) = default;
};

inline Epilogue make_epilogue(const PostOps& post_ops, const float* bias) {
  Epilogue epilogue;
  epilogue.bias = post_ops.bias ? bias : nullptr;
  epilogue.residual = post_ops.residual;
  switch (post_ops.activation.kind) {
    case ActivationKind::kNone: break;
    case ActivationKind::kRelu: epilogue.low = 0; break;
    case ActivationKind::kClip:
      epilogue.low = post_ops.activation.alpha;
      epilogue.high = post_ops.activation.beta;
      break;
    default: epilogue.curve = post_ops.activation;
  }
  return epilogue;
}

}  // namespace kernwise::detail
