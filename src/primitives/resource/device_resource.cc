// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "resource/device_resource.h"

namespace kernwise::detail {

Status DeviceResource::state() const {
  const std::lock_guard lock(failure_mutex_);
  if (failure_) return *failure_;
  return Ok{};
}

void DeviceResource::note_failure(Error error) const {
  const std::lock_guard lock(failure_mutex_);
  if (!failure_) failure_ = std::move(error);
}

std::string without_blanks(std::string_view text) {
  std::string words;
  for (const char c : text) {
    const bool printable = static_cast<unsigned char>(c) > ' ' && c != '\x7f';
    if (printable)
      words += c;
    else if (!words.empty() && words.back() != '-')
      words += '-';
  }
  while (!words.empty() && words.back() == '-') words.pop_back();
  return words;
}

}  // namespace kernwise::detail
