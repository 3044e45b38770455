// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A store in memory on top of what another one knew at some moment: whoever measures into it asks
// no server between two timed runs, and what came of it can be handed over as a whole.
// Thread-safety: as Store.
#pragma once

#include <optional>
#include <vector>

#include "kernwise/store/store.h"

namespace kernwise {

// One stretch of measuring on one machine. The measurements' session number means nothing.
struct MeasuredSession {
  Device device;
  MachineContext context;
  std::vector<Measurement> measurements;
};

class BufferedStore final : public Store {
 public:
  // `known`: rows of the store below.
  explicit BufferedStore(std::vector<Measurement> known) : rows_(std::move(known)) {
    first_new_ = rows_.size();
  }

  // One session: a second one is the first one's continuation.
  Result<int64_t> begin_session(const Device& device, const MachineContext& context) override;
  Status append(std::span<const Measurement> measurements) override;
  Result<std::vector<Measurement>> query(const MeasurementFilter& filter) const override;
  std::string location() const override { return "memory"; }
  Result<std::vector<Device>> devices() const override;
  Result<std::vector<StoredSession>> sessions() const override;
  Status visit(const RecordVisitor& visitor) const override;  // new rows only
  Result<MergeSummary> absorb(const Store& source) override;  // kInternal: nobody needs it

  // What was measured since; nothing if no session was begun. The store is empty afterwards.
  std::optional<MeasuredSession> take();

 private:
  static constexpr int64_t kSession = int64_t{1} << 62;  // none of the store below
  std::vector<Measurement> rows_;
  std::size_t first_new_ = 0;
  std::optional<MeasuredSession> session_;
};

}  // namespace kernwise
