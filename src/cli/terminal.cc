// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "terminal.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <cstring>

namespace kernwise::cli {
namespace {

bool locale_is_utf8() {
  std::setlocale(LC_CTYPE, "");
  return std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0;
}

bool colours_fit(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  return is_terminal(fd) && term != nullptr && std::strcmp(term, "dumb") != 0;
}

}  // namespace

When parse_when(std::string_view text) {
  return text == "always" ? When::kAlways : text == "never" ? When::kNever : When::kAuto;
}

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

TextStyle style_of(int fd, When colour) {
  TextStyle style;
  style.utf8 = locale_is_utf8();
  style.colour = colour == When::kAlways || (colour == When::kAuto && colours_fit(fd));
  winsize size{};
  if (is_terminal(fd) && ::ioctl(fd, TIOCGWINSZ, &size) == 0) style.width = size.ws_col;
  return style;
}

}  // namespace kernwise::cli
