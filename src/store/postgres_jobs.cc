// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include "context_json.h"
#include "kernwise/store/jobs.h"
#include "postgres_connection.h"
#include "postgres_rows.h"
#include "postgres_schema.h"

namespace kernwise {
namespace {

using detail::storable_text;

constexpr const char* kOpen = "state IN ('waiting', 'leased')";

// Which jobs a worker can do; for the open ones of table alias-free `kernwise.jobs`.
std::string doable(pqxx::work& work, const WorkerAbility& worker) {
  std::vector<std::string> protocols;
  for (const std::string& protocol : worker.protocols) protocols.push_back(work.quote(protocol));
  return fmt::format("device IN ('', {}) AND isa IN ('', {}) AND threads = {} AND protocol IN ({})",
                     work.quote(worker.device), work.quote(worker.isa), worker.threads,
                     protocols.empty() ? "NULL" : fmt::format("{}", fmt::join(protocols, ", ")));
}

std::string numbers(const std::vector<int64_t>& ids) {
  return ids.empty() ? "NULL" : fmt::format("{}", fmt::join(ids, ", "));
}

std::string interval(Seconds length) {
  return fmt::format("{} * interval '1 second'", length.value);
}

class PostgresJobs final : public JobQueue {
 public:
  PostgresJobs(std::string location, std::unique_ptr<detail::PostgresConnection> patient)
      : location_(std::move(location)), patient_(std::move(patient)) {}

  std::string location() const override { return patient_->shown(); }

  Result<std::vector<int64_t>> add(const std::vector<NewJob>& jobs) override {
    using Ids = std::vector<int64_t>;
    // Without patience: done twice it would add the jobs twice.
    KERNWISE_ASSIGN(const auto once, detail::PostgresConnection::open(
                                         location_, StoreMode::kReadWrite, {{0}, nullptr, {0}}));
    return once->transact<Ids>("add jobs", [&](pqxx::work& work) -> Result<Ids> {
      Ids ids;
      for (const NewJob& job : jobs) {
        ids.push_back(
            work.exec_params1("INSERT INTO kernwise.jobs (device, isa, threads, protocol, work, "
                              "most_attempts) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
                              job.needs.device, job.needs.isa, job.needs.threads,
                              job.needs.protocol, to_json_text(job.work), job.most_attempts)[0]
                .as<int64_t>());
      }
      return ids;
    });
  }

  Result<std::vector<JobInfo>> list(std::optional<JobState> state, int64_t most) override {
    using Jobs = std::vector<JobInfo>;
    return patient_->transact<Jobs>("list jobs", [&](pqxx::work& work) -> Result<Jobs> {
      Jobs jobs;
      const std::string where =
          state ? fmt::format("WHERE state = '{}'", to_string(*state)) : std::string();
      for (const pqxx::row& row : work.exec(fmt::format(
               "SELECT id, device, isa, threads, protocol, work, state, attempts, most_attempts, "
               "worker, reason, "
               "coalesce((SELECT sum(records) FROM kernwise.job_results r WHERE r.job = j.id AND "
               "outcome = 'accepted'), 0), "
               "(SELECT count(*) FROM kernwise.job_results r WHERE r.job = j.id AND "
               "outcome <> 'accepted') FROM kernwise.jobs j {} ORDER BY id LIMIT {}",
               where, most))) {
        JobInfo job;
        job.id = row[0].as<int64_t>();
        job.needs = {row[1].c_str(), row[2].c_str(), row[3].as<int>(), row[4].c_str()};
        KERNWISE_ASSIGN(job.work, parse_job_work(row[5].c_str()));
        job.state = parse_job_state(row[6].c_str()).value_or(JobState::kFailed);
        job.attempts = row[7].as<int>();
        job.most_attempts = row[8].as<int>();
        job.worker = row[9].c_str();
        job.reason = row[10].c_str();
        job.records = row[11].as<int64_t>();
        job.rejected = row[12].as<int64_t>();
        jobs.push_back(std::move(job));
      }
      return jobs;
    });
  }

  Result<JobCounts> count() override {
    return patient_->transact<JobCounts>("count jobs", [&](pqxx::work& work) -> Result<JobCounts> {
      JobCounts counts;
      for (const pqxx::row& row :
           work.exec("SELECT state, count(*) FROM kernwise.jobs GROUP BY state")) {
        const auto state = parse_job_state(row[0].c_str());
        if (state) counts.at(*state) = row[1].as<int64_t>();
      }
      const pqxx::row row = work.exec1(
          "SELECT count(*) FILTER (WHERE outcome = 'accepted'), count(*) FILTER (WHERE outcome = "
          "'late'), count(*) FILTER (WHERE outcome = 'failed') FROM kernwise.job_results");
      counts.accepted = row[0].as<int64_t>();
      counts.late = row[1].as<int64_t>();
      counts.failed = row[2].as<int64_t>();
      return counts;
    });
  }

  Result<int64_t> retry(const std::vector<int64_t>& jobs) override {
    return change("retry jobs",
                  "UPDATE kernwise.jobs SET state = 'waiting', attempts = 0, lease = NULL, "
                  "lease_until = NULL, not_before = '-infinity' WHERE " +
                      (jobs.empty() ? std::string("state = 'failed'")
                                    : fmt::format("state IN ('failed', 'cancelled') AND id IN ({})",
                                                  numbers(jobs))));
  }

  Result<int64_t> cancel(const std::vector<int64_t>& jobs) override {
    return change("cancel jobs",
                  fmt::format("UPDATE kernwise.jobs SET state = 'cancelled', lease_until = NULL "
                              "WHERE {} AND id IN ({})",
                              kOpen, numbers(jobs)));
  }

  Result<std::optional<JobLease>> lease(const WorkerAbility& worker, Seconds length) override {
    using Lease = std::optional<JobLease>;
    return patient_->transact<Lease>("lease a job", [&](pqxx::work& work) -> Result<Lease> {
      give_up_on_lost_jobs(work);
      // Rows that another worker looks at in this moment are skipped, so none waits for another.
      const pqxx::result rows = work.exec(fmt::format(
          "UPDATE kernwise.jobs SET state = 'leased', attempts = attempts + 1, "
          "lease = nextval('kernwise.leases'), worker = {}, "
          "lease_until = clock_timestamp() + {} WHERE id = (SELECT id FROM kernwise.jobs WHERE {} "
          "AND (state = 'waiting' OR lease_until < clock_timestamp()) "
          "AND not_before <= clock_timestamp() AND attempts < most_attempts AND {} "
          "ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) "
          "RETURNING id, lease, work, device, isa, threads, protocol",
          work.quote(storable_text(worker.name)), interval(length), kOpen, doable(work, worker)));
      if (rows.empty()) return Lease{};
      const pqxx::row row = rows[0];
      JobLease lease;
      lease.job = row[0].as<int64_t>();
      lease.number = row[1].as<int64_t>();
      lease.needs = {row[3].c_str(), row[4].c_str(), row[5].as<int>(), row[6].c_str()};
      auto parsed = parse_job_work(row[2].c_str());
      if (!parsed.ok()) {  // nobody can do it: say so at the job, and go on
        work.exec_params0(
            "UPDATE kernwise.jobs SET state = 'failed', reason = $2, lease_until = NULL "
            "WHERE id = $1",
            lease.job, parsed.error().message);
        return Lease{};
      }
      lease.work = std::move(parsed).value();
      return Lease(std::move(lease));
    });
  }

  Result<bool> renew(const JobLease& lease, Seconds length) override {
    KERNWISE_ASSIGN(const int64_t changed,
                    change("renew a lease",
                           fmt::format("UPDATE kernwise.jobs SET lease_until = clock_timestamp() + "
                                       "{} WHERE id = {} AND lease = {} AND state = 'leased'",
                                       interval(length), lease.job, lease.number)));
    return changed == 1;
  }

  Result<Verdict> finish(const JobLease& lease, const WorkerAbility& worker,
                         const JobResult& result) override {
    return patient_->transact<Verdict>("finish a job", [&](pqxx::work& work) -> Result<Verdict> {
      const pqxx::row job = work.exec_params1(
          "SELECT state = 'leased' AND lease = $2 FROM kernwise.jobs WHERE id = $1 FOR UPDATE",
          lease.job, lease.number);
      // An earlier try that was carried out, though its answer was lost.
      const pqxx::result before =
          work.exec_params("SELECT outcome FROM kernwise.job_results WHERE job = $1 AND lease = $2",
                           lease.job, lease.number);
      if (!before.empty()) {
        return std::string_view(before[0][0].c_str()) == "accepted" ? Verdict::kAccepted
                                                                    : Verdict::kLate;
      }
      const bool in_time = !job[0].is_null() && job[0].as<bool>();
      if (!in_time) {
        record(work, lease, worker, "late", "", 0, result.summary);
        return Verdict::kLate;
      }
      std::string session_id;  // none: everything was known
      int64_t records = 0;
      if (result.measured) {
        const MeasuredSession& measured = *result.measured;
        const StoredSession session{0, measured.device.fingerprint,
                                    storable_text(measured.context.timestamp),
                                    detail::context_json(measured.context)};
        detail::insert_device(work, measured.device);
        const int64_t id = detail::insert_session(work, session);
        records = detail::insert_records(work, measured.measurements, session_digest(session), id);
        session_id = std::to_string(id);
      }
      record(work, lease, worker, "accepted", session_id, records, result.summary);
      work.exec_params0(
          "UPDATE kernwise.jobs SET state = 'done', lease_until = NULL, reason = '' WHERE id = $1",
          lease.job);
      return Verdict::kAccepted;
    });
  }

  Status fail(const JobLease& lease, const WorkerAbility& worker, const std::string& reason,
              Seconds pause) override {
    return patient_->transact<Ok>("report a failed job", [&](pqxx::work& work) -> Status {
      const pqxx::result ours = work.exec_params(
          "SELECT 1 FROM kernwise.jobs WHERE id = $1 AND lease = $2 AND state = 'leased' "
          "FOR UPDATE",
          lease.job, lease.number);
      if (ours.empty()) return Ok{};  // somebody else's by now, or told before
      record(work, lease, worker, "failed", "", 0, reason);
      work.exec0(fmt::format(
          "UPDATE kernwise.jobs SET lease_until = NULL, reason = {}, "
          "state = CASE WHEN attempts < most_attempts THEN 'waiting' ELSE 'failed' END, "
          "not_before = clock_timestamp() + {} WHERE id = {}",
          work.quote(storable_text(reason)), interval(pause), lease.job));
      return Ok{};
    });
  }

  Status release(const JobLease& lease) override {
    auto changed = change("give a job back",
                          fmt::format("UPDATE kernwise.jobs SET state = 'waiting', lease_until = "
                                      "NULL, attempts = attempts - 1 WHERE id = {} AND lease = {} "
                                      "AND state = 'leased'",
                                      lease.job, lease.number));
    if (!changed.ok()) return std::move(changed).error();
    return Ok{};
  }

  Result<int64_t> open_jobs(const WorkerAbility& worker) override {
    return patient_->transact<int64_t>("count jobs", [&](pqxx::work& work) -> Result<int64_t> {
      give_up_on_lost_jobs(work);
      return work
          .exec1(fmt::format("SELECT count(*) FROM kernwise.jobs WHERE {} AND {}", kOpen,
                             doable(work, worker)))[0]
          .as<int64_t>();
    });
  }

 private:
  Result<int64_t> change(std::string_view doing, const std::string& sql) {
    return patient_->transact<int64_t>(doing, [&](pqxx::work& work) -> Result<int64_t> {
      return static_cast<int64_t>(work.exec(sql).affected_rows());
    });
  }

  // Jobs whose last worker fell silent at the last attempt.
  static void give_up_on_lost_jobs(pqxx::work& work) {
    work.exec0(
        "UPDATE kernwise.jobs SET state = 'failed', lease_until = NULL, reason = 'its worker was "
        "lost at the last attempt (' || worker || ')' WHERE id IN (SELECT id FROM kernwise.jobs "
        "WHERE state = 'leased' AND lease_until < clock_timestamp() AND attempts >= most_attempts "
        "FOR UPDATE SKIP LOCKED)");
  }

  static void record(pqxx::work& work, const JobLease& lease, const WorkerAbility& worker,
                     const char* outcome, const std::string& session, int64_t records,
                     const std::string& summary) {
    work.exec_params0(
        "INSERT INTO kernwise.job_results (job, lease, outcome, worker, device, session, records, "
        "summary) VALUES ($1, $2, $3, $4, $5, NULLIF($6::text, '')::bigint, $7, $8) "
        "ON CONFLICT (job, lease) DO NOTHING",
        lease.job, lease.number, outcome, storable_text(worker.name), worker.device, session,
        records, storable_text(summary));
  }

  std::string location_;
  std::unique_ptr<detail::PostgresConnection> patient_;
};

}  // namespace

Result<std::unique_ptr<JobQueue>> open_postgres_jobs(const std::string& location, Seconds patience,
                                                     const StopFlag* stop) {
  using detail::PostgresConnection;
  // A worker may start together with the server.
  const Seconds opening{patience.value > 30 ? 30.0 : 0.0};
  KERNWISE_ASSIGN(auto patient, PostgresConnection::open(location, StoreMode::kReadWrite,
                                                         {patience, stop, opening}));
  KERNWISE_TRY(detail::prepare_schema(*patient, StoreMode::kReadWrite));
  return std::unique_ptr<JobQueue>(std::make_unique<PostgresJobs>(location, std::move(patient)));
}

}  // namespace kernwise
