// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/store/buffered_store.h"

#include <algorithm>

#include "context_json.h"
#include "measurement_rows.h"
#include "runs_blob.h"

namespace kernwise {
namespace {

bool lets_through(const MeasurementFilter& filter, const MeasurementKey& key) {
  const auto fits = [](const std::string& wanted, const std::string& given) {
    return wanted.empty() || wanted == given;
  };
  return fits(filter.device, key.device) && fits(filter.protocol, key.protocol) &&
         fits(filter.libraries, key.libraries) &&
         (filter.threads == 0 || filter.threads == key.threads) &&
         (filter.problems.empty() ||
          std::ranges::find(filter.problems, key.problem) != filter.problems.end());
}

}  // namespace

Result<int64_t> BufferedStore::begin_session(const Device& device, const MachineContext& context) {
  if (!session_) session_ = MeasuredSession{device, context, {}};
  return kSession;
}

Status BufferedStore::append(std::span<const Measurement> measurements) {
  for (const Measurement& m : measurements) KERNWISE_TRY(detail::check_storable(m));
  rows_.insert(rows_.end(), measurements.begin(), measurements.end());
  return Ok{};
}

Result<std::vector<Measurement>> BufferedStore::query(const MeasurementFilter& filter) const {
  std::vector<Measurement> found;
  for (const Measurement& m : rows_) {
    if (lets_through(filter, m.key)) found.push_back(m);
  }
  return found;
}

Result<std::vector<Device>> BufferedStore::devices() const {
  if (!session_) return std::vector<Device>{};
  return std::vector<Device>{session_->device};
}

Result<std::vector<StoredSession>> BufferedStore::sessions() const {
  if (!session_) return std::vector<StoredSession>{};
  return std::vector<StoredSession>{{kSession, session_->device.fingerprint,
                                     session_->context.timestamp,
                                     detail::context_json(session_->context)}};
}

Status BufferedStore::visit(const RecordVisitor& visitor) const {
  for (std::size_t i = first_new_; i < rows_.size(); ++i) {
    const std::string runs = detail::encode_runs(rows_[i].runs_s);
    KERNWISE_TRY(visitor(view_of(rows_[i], runs)));
  }
  return Ok{};
}

Result<MergeSummary> BufferedStore::absorb(const Store&) {
  return internal_error("a store in memory takes no other one over");
}

std::optional<MeasuredSession> BufferedStore::take() {
  std::optional<MeasuredSession> taken = std::move(session_);
  if (taken) {
    taken->measurements.assign(
        std::make_move_iterator(rows_.begin() + static_cast<std::ptrdiff_t>(first_new_)),
        std::make_move_iterator(rows_.end()));
  }
  session_.reset();
  rows_.clear();
  first_new_ = 0;
  return taken;
}

}  // namespace kernwise
