// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Our operators other than convolutions, each for one layout.
#pragma once

#include <memory>

#include "kernwise/primitives/primitive.h"

namespace kernwise::detail {

std::unique_ptr<const Primitive> make_lrn(Layout layout);     // "lrn-<layout>"; not nchw8c
std::unique_ptr<const Primitive> make_concat(Layout layout);  // "concat-<layout>"
std::unique_ptr<const Primitive> make_gemv(Layout layout);    // "gemv-<layout>", output in nchw
std::unique_ptr<const Primitive> make_reshape();              // "copy-nchw"
std::unique_ptr<const Primitive> make_concat_view(Layout layout);  // "concat-view-<layout>"
std::unique_ptr<const Primitive> make_reshape_view();              // "reshape-view-nchw"
std::unique_ptr<const Primitive> make_eltwise(Layout layout);      // "eltwise-<layout>"
std::unique_ptr<const Primitive> make_binary(Layout layout);       // "binary-<layout>"
std::unique_ptr<const Primitive> make_broadcast(Layout layout);    // "broadcast-<layout>"
std::unique_ptr<const Primitive> make_slice(Layout layout);        // "slice-<layout>"
std::unique_ptr<const Primitive> make_shuffle(Layout layout);      // "shuffle-<layout>"
std::unique_ptr<const Primitive> make_resize(Layout layout);       // "resize-<layout>"
std::unique_ptr<const Primitive> make_strided();                   // "strided-nchw"
std::unique_ptr<const Primitive> make_pad();                       // "pad-nchw"
std::unique_ptr<const Primitive> make_matmul();                    // "sgemm-nchw"
std::unique_ptr<const Primitive> make_deconv();                    // "col2im-nchw"

}  // namespace kernwise::detail
