// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <map>
#include <utility>

#include "kernwise/store/csv.h"
#include "runs_blob.h"

namespace kernwise {
namespace {

// A file's rows as a store to merge from.
class CsvSource final : public Store {
 public:
  CsvSource(std::string location, std::vector<Measurement> rows)
      : location_(std::move(location)), rows_(std::move(rows)) {
    std::map<std::string, Device> devices;
    std::map<std::pair<std::string, int64_t>, int64_t> numbers;
    for (Measurement& m : rows_) {
      devices[m.key.device].fingerprint = m.key.device;
      const auto [found, added] = numbers.try_emplace({m.key.device, m.session},
                                                      static_cast<int64_t>(sessions_.size()) + 1);
      if (added) {
        // Decided by the file alone, so that importing it again meets the same session.
        sessions_.push_back({found->second, m.key.device, "",
                             fmt::format(R"({{"imported_session":{}}})", m.session)});
      }
      m.session = found->second;
    }
    for (auto& [fingerprint, device] : devices) devices_.push_back(std::move(device));
  }

  std::string location() const override { return location_; }
  Result<std::vector<Device>> devices() const override { return devices_; }
  Result<std::vector<StoredSession>> sessions() const override { return sessions_; }
  Status visit(const RecordVisitor& visitor) const override {
    for (const Measurement& m : rows_) {
      const std::string runs = detail::encode_runs(m.runs_s);
      KERNWISE_TRY(visitor(view_of(m, runs)));
    }
    return Ok{};
  }
  Result<int64_t> begin_session(const Device&, const MachineContext&) override { return fixed(); }
  Status append(std::span<const Measurement>) override { return fixed(); }
  Result<std::vector<Measurement>> query(const MeasurementFilter&) const override {
    return fixed();
  }
  Result<MergeSummary> absorb(const Store&) override { return fixed(); }

 private:
  static Error fixed() { return internal_error("a CSV file is only read from start to end"); }

  std::string location_;
  std::vector<Measurement> rows_;
  std::vector<Device> devices_;
  std::vector<StoredSession> sessions_;
};

}  // namespace

Result<MergeSummary> import_csv(const std::filesystem::path& path, Store& target) {
  KERNWISE_ASSIGN(std::vector<Measurement> rows, read_measurements_csv(path));
  return target.absorb(CsvSource(path.string(), std::move(rows)));
}

}  // namespace kernwise
