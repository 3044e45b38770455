// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <map>
#include <set>
#include <unordered_set>

#include "schema.h"
#include "sqlite_open.h"
#include "sqlite_records.h"

namespace kernwise::detail {
namespace {

using Digests = std::unordered_set<Hash128, Hash128Bucket>;

// What a merge needs otherwise than an append of some rows; put back at its end.
class BulkSettings {
 public:
  explicit BulkSettings(SQLite::Database& database)
      : database_(database), cache_(database.execAndGet("PRAGMA cache_size").getInt()) {
    // Rows arrive in no order for the indices: with the usual cache their pages would go to the
    // disk and back again and again.
    database_.exec("PRAGMA cache_size = -524288");  // KiB, taken as it is needed
    database_.exec("PRAGMA threads = 2");           // to sort an index with
    database_.exec("PRAGMA foreign_keys = OFF");    // sessions are looked up below
    const bool empty =
        database_.execAndGet("SELECT NOT EXISTS (SELECT 1 FROM measurements)").getInt() != 0;
    // A log would write everything twice, and nobody reads an empty store meanwhile. Where somebody
    // has it open all the same, the log stays. Without one only FULL is safe against power cuts.
    if (empty && database_.tryExec("PRAGMA journal_mode = DELETE") == 0) {
      database_.exec("PRAGMA synchronous = FULL");
    }
  }
  ~BulkSettings() {
    database_.tryExec("PRAGMA cache_size = " + std::to_string(cache_));
    database_.tryExec("PRAGMA threads = 0");
    database_.tryExec("PRAGMA foreign_keys = ON");
    database_.tryExec("PRAGMA shrink_memory");
    try {
      choose_journal(database_);
    } catch (const SQLite::Exception&) {  // it stays as safe, and only slower
    }
  }
  BulkSettings(const BulkSettings&) = delete;
  BulkSettings& operator=(const BulkSettings&) = delete;

 private:
  SQLite::Database& database_;
  int cache_;
};

}  // namespace

Result<MergeSummary> absorb_into(SQLite::Database& database, const Store& source) {
  MergeSummary sum;
  const BulkSettings settings(database);
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);

  KERNWISE_ASSIGN(const std::vector<Device> devices, source.devices());
  for (const Device& device : devices) {
    ++(insert_device(database, device) ? sum.devices_new : sum.devices_known);
  }

  std::map<Hash128, int64_t> here;  // the first of those with equal content
  std::map<Hash128, std::vector<int64_t>> every;
  for (const StoredSession& session : read_sessions(database)) {
    const Hash128 digest = session_digest(session);
    here.try_emplace(digest, session.id);
    every[digest].push_back(session.id);
  }
  struct Target {
    Hash128 digest;
    int64_t id = 0;
  };
  std::map<int64_t, Target> target_of;  // by the source's session number
  Digests known;
  std::set<Hash128> shared;
  KERNWISE_ASSIGN(const std::vector<StoredSession> sessions, source.sessions());
  for (const StoredSession& session : sessions) {
    const Hash128 digest = session_digest(session);
    auto found = here.find(digest);
    if (found == here.end()) {
      const int64_t id = insert_session(database, session.device, session.started, session.context);
      found = here.emplace(digest, id).first;
      ++sum.sessions_new;
    } else {
      ++sum.sessions_known;
      shared.insert(digest);
    }
    target_of[session.id] = {digest, found->second};
  }
  // A record's session is part of what it is: only rows of sessions that both know can be equal.
  for (const Hash128& digest : shared) {
    for (const int64_t id : every[digest]) {
      const auto remember = [&](const RecordView& record) -> Status {
        known.insert(record_digest(digest, record));
        return Ok{};
      };
      KERNWISE_TRY(visit_records(database, remember, id));
    }
  }

  // Sessions are known, records not before they are read: they stand for how much comes.
  const bool many = sum.sessions_new * 4 >= static_cast<int64_t>(every.size());
  if (many) drop_problem_index(database);
  RecordInserter inserter(database);
  auto target = target_of.end();
  KERNWISE_TRY(source.visit([&](const RecordView& record) -> Status {
    if (target == target_of.end() || target->first != record.session) {
      target = target_of.find(record.session);  // rows of a session mostly follow each other
    }
    if (target == target_of.end()) {
      return invalid_input("is damaged: a measurement belongs to no session")
          .within(source.location());
    }
    if (known.insert(record_digest(target->second.digest, record)).second) {
      inserter.insert(record, target->second.id);
      ++sum.records_new;
    } else {
      ++sum.records_known;
    }
    return Ok{};
  }));
  if (many) create_problem_index(database);
  transaction.commit();
  return sum;
}

}  // namespace kernwise::detail
