// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "file_size_signal.h"
#include "kernwise/store/store.h"
#include "measurement_rows.h"
#include "sqlite_errors.h"
#include "sqlite_open.h"

namespace kernwise {
namespace {

std::string context_json(const MachineContext& context) {
  nlohmann::ordered_json json;
  json["kernel"] = context.kernel;
  json["compiler"] = context.compiler;
  json["build"] = context.build;
  json["libraries"] = context.libraries;
  json["governor"] = context.governor;
  json["turbo"] = context.turbo;
  json["hypervisor"] = context.hypervisor;
  json["huge_pages"] = context.huge_pages;
  json["load_average"] = std::isfinite(context.load_average) ? context.load_average : 0;
  json["cpus"] = context.cpus;
  json["priority"] = context.priority;
  json["timestamp"] = context.timestamp;
  // Names from the system may hold anything; the store holds UTF-8.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::filesystem::path path, StoreMode mode,
              std::unique_ptr<SQLite::Database> database)
      : path_(std::move(path)), mode_(mode), database_(std::move(database)) {}

  ~SqliteStore() override {
    const detail::FileSizeSignalBlock block;  // closing empties the log into the file
    database_.reset();
  }

  Result<int64_t> begin_session(const Device& device, const MachineContext& context) override {
    return guarded<int64_t>("write", [&]() -> Result<int64_t> {
      KERNWISE_TRY(check_writable());
      SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
      SQLite::Statement insert(
          *database_,
          "INSERT INTO devices (fingerprint, cpu, vendor, family, model, stepping, isa, "
          "is_virtual, "
          "cores, l1d_bytes, l2_bytes, l3_bytes, memory_bytes) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (fingerprint) DO NOTHING");
      insert.bind(1, device.fingerprint);
      insert.bind(2, device.cpu);
      insert.bind(3, device.vendor);
      insert.bind(4, device.family);
      insert.bind(5, device.model);
      insert.bind(6, device.stepping);
      insert.bind(7, std::string(to_string(device.isa)));
      insert.bind(8, device.is_virtual ? 1 : 0);
      insert.bind(9, device.cores);
      insert.bind(10, device.l1d.value);
      insert.bind(11, device.l2.value);
      insert.bind(12, device.l3.value);
      insert.bind(13, device.memory.value);
      insert.exec();
      SQLite::Statement session(*database_,
                                "INSERT INTO sessions (device, started, context) "
                                "VALUES ((SELECT id FROM devices WHERE fingerprint = ?), ?, ?)");
      session.bind(1, device.fingerprint);
      session.bind(2, context.timestamp);
      session.bind(3, context_json(context));
      session.exec();
      const int64_t id = database_->getLastInsertRowid();
      transaction.commit();
      return id;
    });
  }

  Status append(std::span<const Measurement> measurements) override {
    for (const Measurement& m : measurements) {
      if (auto storable = detail::check_storable(m); !storable.ok()) {
        return std::move(storable).error().within(location());
      }
    }
    return guarded<Ok>("write", [&]() -> Status {
      KERNWISE_TRY(check_writable());
      // Immediate: a transaction that turns from reading to writing cannot wait for others.
      SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
      detail::insert_rows(*database_, measurements);
      transaction.commit();
      return Ok{};
    });
  }

  Result<std::vector<Measurement>> query(const MeasurementFilter& filter) const override {
    using Rows = std::vector<Measurement>;
    return guarded<Rows>("read", [&]() -> Result<Rows> {
      // One snapshot for all that the reader looks up.
      SQLite::Transaction transaction(*database_);
      return detail::RowReader(*database_, filter).read();
    });
  }

  std::string location() const override { return path_.string(); }

 private:
  Status check_writable() const {
    if (mode_ == StoreMode::kReadWrite) return Ok{};
    return internal_error("the store was opened for reading only");
  }

  // SQLite's exceptions end here.
  template <typename T, typename Body>
  Result<T> guarded(std::string_view doing, const Body& body) const {
    const detail::FileSizeSignalBlock block;
    try {
      Result<T> result = body();
      if (!result.ok()) return std::move(result).error().within(location());
      return result;
    } catch (const SQLite::Exception& exception) {
      return detail::store_error(exception, sqlite3_system_errno(database_->getHandle()), doing,
                                 path_);
    }
  }

  std::filesystem::path path_;
  StoreMode mode_;
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& path,
                                                 StoreMode mode) {
  const detail::FileSizeSignalBlock block;
  KERNWISE_ASSIGN(auto database, detail::open_database(path, mode));
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(path, mode, std::move(database)));
}

}  // namespace kernwise
