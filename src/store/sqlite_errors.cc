// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "sqlite_errors.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace kernwise::detail {
namespace {

Error full_disk(std::string_view reason) {
  return invalid_input(
      fmt::format("cannot be written: {}; what was stored before is intact", reason),
      "free some space, or give a file elsewhere with --store");
}

bool is_full(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

}  // namespace

Error store_error(const SQLite::Exception& exception, int system_error, std::string_view doing,
                  const std::filesystem::path& path) {
  const auto classify = [&]() -> Error {
    switch (exception.getErrorCode() & 0xff) {
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return invalid_input("is held by another process that does not let go",
                             "end that process or wait for it, or give another file with --store");
      case SQLITE_READONLY:
        return invalid_input("cannot be written: the file or its folder is read-only",
                             "make both writable, or give a file elsewhere with --store");
      case SQLITE_FULL: return full_disk("the disk is full");
      case SQLITE_NOTADB:
        return invalid_input("is no kernwise store (it is not an SQLite database)",
                             "give another file with --store");
      case SQLITE_CORRUPT:
        return invalid_input(
            fmt::format("is damaged ({})", exception.what()),
            "keep it for `sqlite3 FILE .recover`, and give another file with --store");
      case SQLITE_CANTOPEN:
      case SQLITE_PERM:
      case SQLITE_AUTH:
        return invalid_input(
            fmt::format("cannot be opened{}",
                        system_error != 0 ? std::string(": ") + std::strerror(system_error) : ""),
            "the file and its folder must be readable and writable; or give another with --store");
      case SQLITE_IOERR:
        // Only "no space" has a code of its own; quotas and limits on file sizes look like this.
        if (is_full(system_error) ||
            (system_error == 0 && (exception.getExtendedErrorCode() == SQLITE_IOERR_WRITE ||
                                   exception.getExtendedErrorCode() == SQLITE_IOERR_SHMSIZE))) {
          return full_disk("the disk is full, or a quota or a limit on file sizes is reached");
        }
        return invalid_input(
            fmt::format("cannot {}: {}", doing,
                        system_error != 0 ? std::strerror(system_error) : exception.what()),
            "check the disk, or give a file elsewhere with --store");
      default:
        // Also SQLITE_ERROR: the statements are fixed and the schema was checked, so what is left
        // is a file that changed under us or a defect; either way the message is SQLite's.
        return invalid_input(fmt::format("cannot {}: {}", doing, exception.what()),
                             "give another file with --store");
    }
  };
  return classify().within(path.string());
}

}  // namespace kernwise::detail
