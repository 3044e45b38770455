// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Text in HTML: names of layers and files come from others and must stay text.
#pragma once

#include <string>
#include <string_view>

namespace kernwise::detail {

// For element content and for attributes in double or single quotes. Control characters but newline
// and tab, and bytes that are no UTF-8, become U+FFFD.
std::string escaped(std::string_view text);

// JSON between <script> tags: no '<', so that no tag and no comment can begin there.
std::string json_for_script(std::string_view json);

// A library's code between <script> tags: "</script" and "<!--", which may stand in its strings and
// regular expressions, get a backslash that changes nothing there.
std::string code_for_script(std::string_view code);

}  // namespace kernwise::detail
