// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Activations on vectors, for kernels that Highway compiles once for each instruction set. Included
// after <hwy/highway.h>, outside of all namespaces; once per target, hence the unusual guard.

#if defined(KERNWISE_ACTIVATION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef KERNWISE_ACTIVATION_INL_H_
#undef KERNWISE_ACTIVATION_INL_H_
#else
#define KERNWISE_ACTIVATION_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>

#include "kernwise/graph/problem.h"

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {

template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_INLINE V sigmoid(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  // exp() has 1 / float's largest as its limit; beyond, the quotient is 0 or 1 to the last bit.
  const V power = hn::Exp(d, hn::Min(hn::Neg(x), hn::Set(d, 88.0F)));
  const V one = hn::Set(d, 1.0F);
  return hn::Div(one, hn::Add(one, power));
}

// The kinds that are no interval. Out of line: they are rare, and long.
template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_NOINLINE V curved(D d, V x, const Activation& activation) {
  namespace hn = hwy::HWY_NAMESPACE;
  const V zero = hn::Zero(d), one = hn::Set(d, 1.0F);
  switch (activation.kind) {
    case ActivationKind::kLeakyRelu:
      return hn::IfThenElse(hn::Lt(x, zero), hn::Mul(x, hn::Set(d, activation.alpha)), x);
    case ActivationKind::kSigmoid: return sigmoid(d, x);
    case ActivationKind::kTanh: return hn::Tanh(d, x);
    case ActivationKind::kHardSigmoid: {
      const V line = hn::MulAdd(x, hn::Set(d, activation.alpha), hn::Set(d, activation.beta));
      return hn::Min(hn::Max(line, zero), one);
    }
    case ActivationKind::kHardSwish: {
      const V line = hn::MulAdd(x, hn::Set(d, 1.0F / 6), hn::Set(d, 0.5F));
      return hn::Mul(x, hn::Min(hn::Max(line, zero), one));
    }
    case ActivationKind::kSwish: return hn::Mul(x, sigmoid(d, x));
    default: return x;
  }
}

// The last step of an epilogue, for a value that lies between its bounds already.
template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_INLINE V bent(D d, V x, const Activation& curve) {
  return HWY_UNLIKELY(curve.kind != ActivationKind::kNone) ? curved(d, x, curve) : x;
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
