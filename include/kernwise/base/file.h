// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Whole-file reading and writing with errors that name the file. A written file appears whole or
// not at all: it is written beside its target, flushed to disk and renamed over it, so that a kill
// or a full disk leaves what was there before. The file keeps its permissions, and a link to it
// stays a link. Devices and pipes (/dev/stdout) are written in place.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"

namespace kernwise {

// Fails on a missing or unreadable file, on a folder, and on more than `limit` bytes.
Result<std::string> read_file(const std::filesystem::path& path, Bytes limit);

Status write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace kernwise
