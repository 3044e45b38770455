// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The rows of a PostgreSQL store, in and out. All numbers travel as text: PostgreSQL writes and
// reads doubles bit by bit. Everything here throws what libpqxx throws; the caller holds the
// transaction.
#pragma once

#include <pqxx/pqxx>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/store/store.h"

namespace kernwise::detail {

// PostgreSQL takes neither broken UTF-8 nor NUL: what is neither becomes '?'.
std::string storable_text(std::string_view text);
std::string uuid_text(const Hash128& digest);

// True if it was not there before.
bool insert_device(pqxx::work& work, const Device& device);
int64_t insert_session(pqxx::work& work, const StoredSession& session);

std::vector<Device> read_devices(pqxx::work& work);
std::vector<StoredSession> read_sessions(pqxx::work& work);

// Shows the rows that the filter lets through, in order of insertion.
Status visit_records(pqxx::work& work, const MeasurementFilter& filter,
                     const RecordVisitor& visitor);

// Rows on their way into the table, past those that are there. Made by a transaction of its own
// connection; nothing is in the table before finish().
class RecordSender {
 public:
  explicit RecordSender(pqxx::work& work);
  void send(const RecordView& record, const Hash128& session_digest, int64_t session);
  int64_t finish();  // how many were new

 private:
  pqxx::work& work_;
  pqxx::stream_to stream_;
};

// The rows of one session of this store. Returns how many were new.
int64_t insert_records(pqxx::work& work, std::span<const Measurement> measurements,
                       const Hash128& session_digest, int64_t session);

// Store::absorb: see there.
Result<MergeSummary> absorb_into(pqxx::work& work, const Store& source);

}  // namespace kernwise::detail
