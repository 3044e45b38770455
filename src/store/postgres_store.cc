// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <map>

#include "context_json.h"
#include "measurement_rows.h"
#include "postgres_connection.h"
#include "postgres_rows.h"
#include "postgres_schema.h"

namespace kernwise {
namespace {

// A restart of the server takes seconds; measuring again takes longer.
constexpr detail::Patience kPatience{{30}, nullptr, {0}};

class PostgresStore final : public Store {
 public:
  PostgresStore(std::unique_ptr<detail::PostgresConnection> connection, StoreMode mode)
      : connection_(std::move(connection)), mode_(mode) {}

  // Done twice (a commit whose answer was lost) it leaves a session that nothing belongs to.
  Result<int64_t> begin_session(const Device& device, const MachineContext& context) override {
    KERNWISE_TRY(check_writable());
    const StoredSession session{0, device.fingerprint, detail::storable_text(context.timestamp),
                                detail::context_json(context)};
    return connection_->transact<int64_t>("write", [&](pqxx::work& work) -> Result<int64_t> {
      detail::insert_device(work, device);
      return detail::insert_session(work, session);
    });
  }

  Status append(std::span<const Measurement> measurements) override {
    std::map<int64_t, std::vector<Measurement>> by_session;
    for (const Measurement& m : measurements) {
      if (auto storable = detail::check_storable(m); !storable.ok()) {
        return std::move(storable).error().within(location());
      }
      by_session[m.session].push_back(m);
    }
    KERNWISE_TRY(check_writable());
    return connection_->transact<Ok>("write", [&](pqxx::work& work) -> Status {
      for (const auto& [session, rows] : by_session) {
        KERNWISE_ASSIGN(const Hash128 digest, digest_of(work, session));
        detail::insert_records(work, rows, digest, session);
      }
      return Ok{};
    });
  }

  Result<std::vector<Measurement>> query(const MeasurementFilter& filter) const override {
    using Rows = std::vector<Measurement>;
    return connection_->transact<Rows>("read", [&](pqxx::work& work) -> Result<Rows> {
      Rows rows;
      KERNWISE_TRY(detail::visit_records(work, filter, [&](const RecordView& record) -> Status {
        KERNWISE_ASSIGN(Measurement m, measurement_of(record));
        rows.push_back(std::move(m));
        return Ok{};
      }));
      return rows;
    });
  }

  std::string location() const override { return connection_->shown(); }

  Result<std::vector<Device>> devices() const override {
    using Devices = std::vector<Device>;
    return connection_->transact<Devices>(
        "read", [](pqxx::work& work) -> Result<Devices> { return detail::read_devices(work); });
  }

  Result<std::vector<StoredSession>> sessions() const override {
    using Sessions = std::vector<StoredSession>;
    return connection_->transact<Sessions>(
        "read", [](pqxx::work& work) -> Result<Sessions> { return detail::read_sessions(work); });
  }

  // Not repeated when the connection breaks: the visitor has seen half of it.
  Status visit(const RecordVisitor& visitor) const override {
    bool seen = false;
    return connection_->transact<Ok>("read", [&](pqxx::work& work) -> Status {
      if (seen) return invalid_input("the connection broke while reading", "start again");
      return detail::visit_records(work, {}, [&](const RecordView& record) -> Status {
        seen = true;
        return visitor(record);
      });
    });
  }

  Result<MergeSummary> absorb(const Store& source) override {
    KERNWISE_TRY(check_writable());
    return connection_->transact<MergeSummary>(
        "write", [&](pqxx::work& work) { return detail::absorb_into(work, source); });
  }

 private:
  Status check_writable() const {
    if (mode_ == StoreMode::kReadWrite) return Ok{};
    return internal_error("the store was opened for reading only").within(location());
  }

  // Of a session of this store, remembered.
  Result<Hash128> digest_of(pqxx::work& work, int64_t session) {
    const auto known = digests_.find(session);
    if (known != digests_.end()) return known->second;
    const pqxx::result rows = work.exec_params(
        "SELECT d.fingerprint, s.started, s.context FROM kernwise.sessions s "
        "JOIN kernwise.devices d ON d.id = s.device WHERE s.id = $1",
        session);
    if (rows.size() != 1) return internal_error("a measurement belongs to no session");
    const Hash128 digest =
        session_digest({session, rows[0][0].c_str(), rows[0][1].c_str(), rows[0][2].c_str()});
    digests_[session] = digest;
    return digest;
  }

  std::unique_ptr<detail::PostgresConnection> connection_;
  StoreMode mode_;
  std::map<int64_t, Hash128> digests_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_postgres_store(const std::string& location, StoreMode mode) {
  KERNWISE_ASSIGN(auto connection, detail::PostgresConnection::open(location, mode, kPatience));
  KERNWISE_TRY(detail::prepare_schema(*connection, mode));
  return std::unique_ptr<Store>(std::make_unique<PostgresStore>(std::move(connection), mode));
}

}  // namespace kernwise
