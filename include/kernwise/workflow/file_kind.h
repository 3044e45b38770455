// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What kind of file something is, by its content and never by its name.
#pragma once

#include <cstdint>
#include <string>

namespace kernwise {

//  kStore    SQLite, or the location of a PostgreSQL database
//  kModel    of a device (.kwm)
//  kJson     an object in JSON: a plan, or what a command printed with --json
//  kNetwork  anything else: ONNX has no magic number, its reader says what is wrong
enum class FileKind : uint8_t { kNetwork = 0, kJson = 1, kStore = 2, kModel = 3 };
FileKind file_kind(const std::string& location);

}  // namespace kernwise
