// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <utility>

#include "context_json.h"
#include "file_size_signal.h"
#include "kernwise/store/store.h"
#include "measurement_rows.h"
#include "sqlite_errors.h"
#include "sqlite_open.h"
#include "sqlite_records.h"

namespace kernwise {
namespace {

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
      detail::insert_device(*database_, device);
      const int64_t id = detail::insert_session(*database_, device.fingerprint, context.timestamp,
                                                detail::context_json(context));
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

  Result<std::vector<Device>> devices() const override {
    using Devices = std::vector<Device>;
    return guarded<Devices>("read",
                            [&]() -> Result<Devices> { return detail::read_devices(*database_); });
  }

  Result<std::vector<StoredSession>> sessions() const override {
    using Sessions = std::vector<StoredSession>;
    return guarded<Sessions>(
        "read", [&]() -> Result<Sessions> { return detail::read_sessions(*database_); });
  }

  Status visit(const RecordVisitor& visitor) const override {
    return guarded<Ok>("read", [&]() -> Status {
      SQLite::Transaction transaction(*database_);
      return detail::visit_records(*database_, visitor);
    });
  }

  Result<MergeSummary> absorb(const Store& source) override {
    return guarded<MergeSummary>("write", [&]() -> Result<MergeSummary> {
      KERNWISE_TRY(check_writable());
      return detail::absorb_into(*database_, source);
    });
  }

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
