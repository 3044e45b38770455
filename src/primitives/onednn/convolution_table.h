// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// oneDNN's convolution implementations by the names it gives them, and the layouts in which each
// was seen to be offered (oneDNN 2.6.3 under every instruction set it can be held to, some six
// thousand random shapes, one and two threads). Ids made from here are frozen by a test.
#pragma once

#include <oneapi/dnnl/dnnl.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "kernwise/graph/layout.h"

namespace kernwise::detail {

// What an implementation is for, so that most problems are refused without asking oneDNN.
enum class ConvRole : uint8_t { kGeneral, kPointwise, kDepthwise, kWinograd, kGemm };

struct ConvLayouts {
  Layout in = Layout::kNchw, out = Layout::kNchw;
};

struct ConvImplementation {
  std::string_view name;    // oneDNN's
  std::string_view slug;    // ours, part of the id
  std::string_view family;  // PrimitiveInfo::family
  ConvRole role = ConvRole::kGeneral;
  dnnl_cpu_isa_t isa = dnnl_cpu_isa_sse41;
  std::array<std::optional<ConvLayouts>, 4> layouts;
};

inline constexpr ConvLayouts kConvNchw{Layout::kNchw, Layout::kNchw};
inline constexpr ConvLayouts kConvNhwc{Layout::kNhwc, Layout::kNhwc};
inline constexpr ConvLayouts kConv8c{Layout::kNchw8c, Layout::kNchw8c};
inline constexpr ConvLayouts kConv16c{Layout::kNchw16c, Layout::kNchw16c};
inline constexpr ConvLayouts kConvTo8c{Layout::kNchw, Layout::kNchw8c};    // few input channels
inline constexpr ConvLayouts kConvTo16c{Layout::kNchw, Layout::kNchw16c};  // few input channels

inline constexpr std::array<ConvImplementation, 18> kConvImplementations = {{
    {"brgconv:avx512_core", "brgconv-avx512", "direct", ConvRole::kGeneral,
     dnnl_cpu_isa_avx512_core, {kConvNhwc}},
    {"brgconv_1x1:avx512_core", "brgconv-1x1-avx512", "direct", ConvRole::kPointwise,
     dnnl_cpu_isa_avx512_core, {kConvNhwc}},
    {"brdgmm_dw:avx512_core", "brdgmm-dw-avx512", "depthwise", ConvRole::kDepthwise,
     dnnl_cpu_isa_avx512_core, {kConvNhwc}},
    {"jit:avx512_core", "jit-avx512", "direct", ConvRole::kGeneral, dnnl_cpu_isa_avx512_core,
     {kConvNhwc, kConv16c, kConvTo16c, kConv8c}},
    {"jit_1x1:avx512_core", "jit-1x1-avx512", "direct", ConvRole::kPointwise,
     dnnl_cpu_isa_avx512_core, {kConvNhwc, kConv16c}},
    {"jit_dw:avx512_core", "jit-dw-avx512", "depthwise", ConvRole::kDepthwise,
     dnnl_cpu_isa_avx512_core, {kConvNhwc, kConv16c}},
    {"jit:avx2", "jit-avx2", "direct", ConvRole::kGeneral, dnnl_cpu_isa_avx2,
     {kConvNhwc, kConv8c, kConvTo8c}},
    {"jit_1x1:avx2", "jit-1x1-avx2", "direct", ConvRole::kPointwise, dnnl_cpu_isa_avx2,
     {kConvNhwc, kConv8c}},
    {"jit_dw:avx2", "jit-dw-avx2", "depthwise", ConvRole::kDepthwise, dnnl_cpu_isa_avx2,
     {kConvNhwc, kConv8c}},
    {"jit:avx", "jit-avx", "direct", ConvRole::kGeneral, dnnl_cpu_isa_avx,
     {kConvNhwc, kConv8c, kConvTo8c}},
    {"jit_1x1:avx", "jit-1x1-avx", "direct", ConvRole::kPointwise, dnnl_cpu_isa_avx,
     {kConvNhwc, kConv8c}},
    {"jit:sse41", "jit-sse41", "direct", ConvRole::kGeneral, dnnl_cpu_isa_sse41,
     {kConvNhwc, kConv8c, kConvTo8c}},
    {"jit_1x1:sse41", "jit-1x1-sse41", "direct", ConvRole::kPointwise, dnnl_cpu_isa_sse41,
     {kConvNhwc, kConv8c}},
    {"jit_dw:sse41", "jit-dw-sse41", "depthwise", ConvRole::kDepthwise, dnnl_cpu_isa_sse41,
     {kConvNhwc, kConv8c}},
    {"x64:gemm:jit", "gemm", "gemm", ConvRole::kGemm, dnnl_cpu_isa_sse41,
     {kConvNhwc, kConvNchw}},
    {"jit_fp32_wino_2x3:avx512_core", "winograd-2x3-avx512", "winograd", ConvRole::kWinograd,
     dnnl_cpu_isa_avx512_core, {kConv16c}},
    {"jit_wino_4x3:avx512_core", "winograd-4x3-avx512", "winograd", ConvRole::kWinograd,
     dnnl_cpu_isa_avx512_core, {kConv16c}},
    // Known, and never a primitive: plain loops.
    {"ref:any", "", "", ConvRole::kGeneral, dnnl_cpu_isa_sse41, {}},
}};

// Null if kernwise does not know the name.
const ConvImplementation* find_conv_implementation(std::string_view name);

// "onednn-jit-avx512-nhwc", "onednn-jit-avx512-nchw-nchw16c".
std::string conv_id(const ConvImplementation& implementation, const ConvLayouts& layouts);

}  // namespace kernwise::detail
