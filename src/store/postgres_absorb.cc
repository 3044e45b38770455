// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <map>

#include "postgres_rows.h"

namespace kernwise::detail {

// As in SQLite, but for the records: the server has their digests, so they are sent and it sorts
// out which it knows.
Result<MergeSummary> absorb_into(pqxx::work& work, const Store& source) {
  // One merge at a time: two at once would both find a session missing, and insert it twice.
  work.exec("SELECT pg_advisory_xact_lock(hashtext('kernwise.merge'))");
  MergeSummary sum;
  KERNWISE_ASSIGN(const std::vector<Device> devices, source.devices());
  for (const Device& device : devices) {
    ++(insert_device(work, device) ? sum.devices_new : sum.devices_known);
  }

  std::map<std::string, int64_t> here;
  for (const pqxx::row& row :
       work.exec("SELECT replace(digest::text, '-', ''), min(id) FROM kernwise.sessions "
                 "GROUP BY digest")) {
    here.emplace(row[0].c_str(), row[1].as<int64_t>());
  }
  struct Target {
    Hash128 digest;
    int64_t id = 0;
  };
  std::map<int64_t, Target> target_of;
  KERNWISE_ASSIGN(const std::vector<StoredSession> sessions, source.sessions());
  for (StoredSession session : sessions) {
    session.context = storable_text(session.context);
    session.started = storable_text(session.started);
    const Hash128 digest = session_digest(session);
    auto found = here.find(uuid_text(digest));
    if (found == here.end()) {
      found = here.emplace(uuid_text(digest), insert_session(work, session)).first;
      ++sum.sessions_new;
    } else {
      ++sum.sessions_known;
    }
    target_of[session.id] = {digest, found->second};
  }

  RecordSender sender(work);
  int64_t sent = 0;
  KERNWISE_TRY(source.visit([&](const RecordView& record) -> Status {
    const auto target = target_of.find(record.session);
    if (target == target_of.end()) {
      return invalid_input("is damaged: a measurement belongs to no session")
          .within(source.location());
    }
    sender.send(record, target->second.digest, target->second.id);
    ++sent;
    return Ok{};
  }));
  sum.records_new = sender.finish();
  sum.records_known = sent - sum.records_new;
  return sum;
}

}  // namespace kernwise::detail
