// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "sqlite_open.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cctype>
#include <chrono>
#include <string>
#include <system_error>
#include <thread>

#include "schema.h"
#include "sqlite_errors.h"

namespace kernwise::detail {
namespace {

namespace fs = std::filesystem;
using DatabasePtr = std::unique_ptr<SQLite::Database>;

constexpr const char* kElsewhere = "give another file with --store";

fs::path beside(const fs::path& path, const char* suffix) { return path.string() + suffix; }

// What the path names, before SQLite touches it. The file is never opened here: closing any
// descriptor of it would drop the locks that SQLite holds through another one (POSIX).
Status check_path(const fs::path& path, StoreMode mode) {
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  switch (status.type()) {
    case fs::file_type::regular: return Ok{};
    case fs::file_type::directory:
      return invalid_input(
          "is a folder, not a file",
          fmt::format("name a file in it: --store {}", (path / "measurements.db").string()));
    case fs::file_type::not_found: break;
    case fs::file_type::none:  // some folder above cannot be searched
      return invalid_input(fmt::format("cannot be opened: {}", code.message()), kElsewhere);
    default: return invalid_input("is neither a file nor a folder", kElsewhere);
  }
  if (mode == StoreMode::kReadOnly) {
    return invalid_input("does not exist",
                         "`kernwise profile` creates a store; or give another file with --store");
  }
  if (!path.has_filename()) {
    return invalid_input("names a folder", "name a file in it with --store");
  }
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), code);
  if (code) {
    return invalid_input(fmt::format("its folder cannot be created: {}", code.message()),
                         "give a file in a writable folder with --store");
  }
  return Ok{};
}

bool has_unwritten_log(const fs::path& path) {
  std::error_code code;
  const auto bytes = fs::file_size(beside(path, "-wal"), code);
  return !code && bytes > 0;
}

// A copy that broke off leaves part of a page, which SQLite would read as a page of zeros. While
// there is a log the file may be in the middle of being written and the log holds the truth.
bool ends_within_a_page(SQLite::Database& database, const fs::path& path) {
  database.execAndGet("PRAGMA schema_version");  // reads the head: throws if this is no database
  const int page_bytes = database.execAndGet("PRAGMA page_size").getInt();
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (has_unwritten_log(path)) return false;
    std::error_code code;
    const auto bytes = fs::file_size(path, code);
    if (code || bytes % static_cast<std::uintmax_t>(page_bytes) == 0) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

void configure(SQLite::Database& database) {
  database.exec("PRAGMA cache_size = -16000");  // KiB: a well-filled store, so that pages stay
  database.exec("PRAGMA trusted_schema = OFF");
  database.exec("PRAGMA cell_size_check = ON");
  database.exec("PRAGMA foreign_keys = ON");
  database.exec("PRAGMA recursive_triggers = ON");  // INSERT OR REPLACE deletes: let it be refused
}

Result<DatabasePtr> open_writable(const fs::path& path) {
  auto database = std::make_unique<SQLite::Database>(
      path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
      kBusyTimeoutMs);
  configure(*database);
  if (ends_within_a_page(*database, path)) {
    return Error(invalid_input("is damaged: it ends in the middle of a page", kElsewhere));
  }
  // SQLite opens a file it may not write for reading, without a word.
  if (sqlite3_db_readonly(database->getHandle(), "main") != 0) {
    return Error(invalid_input("cannot be written: the file is read-only",
                               "make it writable, or give a file elsewhere with --store"));
  }
  {
    // The lock makes sure that the folder is writable too, and that one process creates the schema.
    SQLite::Transaction transaction(*database, SQLite::TransactionBehavior::IMMEDIATE);
    KERNWISE_ASSIGN(const SchemaState state, check_schema(*database));
    if (state == SchemaState::kEmpty) create_schema(*database);
    transaction.commit();
  }
  choose_journal(*database);
  return database;
}

Result<DatabasePtr> check_readable(DatabasePtr database, const fs::path& path) {
  if (ends_within_a_page(*database, path)) {
    return Error(invalid_input("is damaged: it ends in the middle of a page", kElsewhere));
  }
  KERNWISE_ASSIGN(const SchemaState state, check_schema(*database));
  if (state == SchemaState::kEmpty) {
    return Error(invalid_input("is empty: nothing was ever stored in it",
                               "`kernwise profile` fills it; or give another file with --store"));
  }
  return database;
}

// SQLite reads what stands after "file:" as a URI.
std::string immutable_uri(const fs::path& path) {
  std::string text = "file:";
  for (const char c : path.string()) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '/' || c == '.' || c == '-' || c == '_') {
      text += c;
    } else {
      text += fmt::format("%{:02x}", byte);
    }
  }
  return text + "?immutable=1";
}

// In a folder that cannot be written SQLite can make no index of the log. There are three cases:
// somebody is writing, then the index exists and the plain way works; there is no log, then nobody
// is writing and the file is all there is; or there is a log without an index (a store copied or
// killed, then made read-only), which is then indexed in this process' memory. SQLite does that for
// exclusive access only, and takes "unix-none"'s word for having it.
Result<DatabasePtr> open_readable(const fs::path& path) {
  try {
    auto database = std::make_unique<SQLite::Database>(
        path.string(), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, kBusyTimeoutMs);
    configure(*database);
    return check_readable(std::move(database), path);
  } catch (const SQLite::Exception& exception) {
    const int code = exception.getErrorCode() & 0xff;
    const bool lone = !fs::exists(beside(path, "-shm"));
    if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || !lone) throw;
  }
  const bool log = has_unwritten_log(path);
  auto database =
      log ? std::make_unique<SQLite::Database>(
                path.string(), SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, 0, "unix-none")
          : std::make_unique<SQLite::Database>(immutable_uri(path), SQLite::OPEN_READONLY |
                                                                        SQLite::OPEN_NOMUTEX |
                                                                        SQLite::OPEN_URI);
  if (log) database->exec("PRAGMA locking_mode = EXCLUSIVE");
  configure(*database);
  return check_readable(std::move(database), path);
}

}  // namespace

// Write-ahead log: readers and writers do not wait for each other. Where the file system cannot
// have one the rollback journal stays, which is as safe and only slower.
void choose_journal(SQLite::Database& database) {
  std::string journal;
  for (int attempt = 0; attempt < 50; ++attempt) {
    try {
      journal = database.execAndGet("PRAGMA journal_mode = WAL").getString();
      break;
    } catch (const SQLite::Exception& exception) {
      // Two processes that create one store at once: whoever comes second waits here.
      if ((exception.getErrorCode() & 0xff) != SQLITE_BUSY) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  // With a log, NORMAL writes a batch without waiting for the disk: a kill loses nothing (the
  // kernel has the data), a power cut at most the last batches, and never consistency. Measuring
  // again costs seconds, whereas FULL would wait for the disk between timed runs and disturb them.
  // A rollback journal is only safe against power cuts with FULL.
  database.exec(journal == "wal" ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
}

Result<DatabasePtr> open_database(const fs::path& given, StoreMode mode) {
  std::error_code code;
  // Absolute: SQLite takes names such as ":memory:" for something else than a file.
  const fs::path path = fs::absolute(given, code);
  const auto located = [&](Error error) { return std::move(error).within(given.string()); };
  if (given.empty() || code) {
    return located(invalid_input("the path of the store is empty", "name a file with --store"));
  }
  if (auto status = check_path(path, mode); !status.ok()) {
    return located(std::move(status).error());
  }
  try {
    auto database = mode == StoreMode::kReadWrite ? open_writable(path) : open_readable(path);
    if (!database.ok()) return located(std::move(database).error());
    return database;
  } catch (const SQLite::Exception& exception) {
    return store_error(exception, 0, "open", given);
  }
}

}  // namespace kernwise::detail
