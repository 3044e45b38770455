// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "kernwise/store/compare.h"

namespace kernwise {
namespace {

enum Side : uint8_t { kLeft = 1, kRight = 2 };

struct Seen {
  uint8_t sides = 0;
  uint32_t group = 0;
  Hash128 key;
};
using SeenRecords = std::unordered_map<Hash128, Seen, Hash128Bucket>;

class Differ {
 public:
  Status look_at(const Store& store, Side side) {
    std::map<int64_t, Hash128> session_of;
    KERNWISE_ASSIGN(const std::vector<StoredSession> sessions, store.sessions());
    for (const StoredSession& session : sessions) {
      const Hash128 digest = session_digest(session);
      session_of[session.id] = digest;
      sessions_[digest] |= side;
    }
    return store.visit([&](const RecordView& record) -> Status {
      const auto session = session_of.find(record.session);
      if (session == session_of.end()) {
        return invalid_input("is damaged: a measurement belongs to no session")
            .within(store.location());
      }
      Seen& seen = records_[record_digest(session->second, record)];
      if (seen.sides == 0) {
        seen.group = group_of(record);
        seen.key = key_digest(record);
      }
      seen.sides |= side;
      return Ok{};
    });
  }

  StoreDifference result() const {
    StoreDifference out;
    for (const auto& [digest, sides] : sessions_) {
      count(sides, out.sessions_in_both, out.sessions_only_left, out.sessions_only_right);
    }
    std::vector<StoreDifference::Group> groups(names_.size());
    for (const auto& [name, index] : names_) {
      groups[index].device = name.first;
      groups[index].libraries = name.second;
    }
    // An experiment is in conflict if one side has something of it that the other, which has
    // measured it too, has not.
    std::unordered_map<Hash128, uint8_t, Hash128Bucket> has, alone;
    for (const auto& [digest, seen] : records_) {
      count(seen.sides, out.records_in_both, out.records_only_left, out.records_only_right);
      has[seen.key] |= seen.sides;
      if (seen.sides == kLeft) ++groups[seen.group].only_left;
      if (seen.sides == kRight) ++groups[seen.group].only_right;
      if (seen.sides != (kLeft | kRight)) alone[seen.key] |= seen.sides;
    }
    for (const auto& [key, sides] : alone) {
      if (has[key] == (kLeft | kRight)) ++out.conflicting_keys;
    }
    for (StoreDifference::Group& group : groups) {
      if (group.only_left + group.only_right > 0) out.groups.push_back(std::move(group));
    }
    std::ranges::sort(out.groups, {}, [](const StoreDifference::Group& g) {
      return std::pair(g.device, g.libraries);
    });
    return out;
  }

 private:
  static void count(uint8_t sides, int64_t& both, int64_t& left, int64_t& right) {
    ++(sides == kLeft ? left : sides == kRight ? right : both);
  }

  uint32_t group_of(const RecordView& record) {
    // Rows of one group mostly follow each other.
    if (last_ != nullptr && last_->first.first == record.device &&
        last_->first.second == record.libraries) {
      return last_->second;
    }
    const auto next = static_cast<uint32_t>(names_.size());
    const auto found =
        names_.try_emplace({std::string(record.device), std::string(record.libraries)}, next).first;
    last_ = &*found;
    return found->second;
  }

  std::map<Hash128, uint8_t> sessions_;
  SeenRecords records_;
  std::map<std::pair<std::string, std::string>, uint32_t> names_;
  const std::pair<const std::pair<std::string, std::string>, uint32_t>* last_ = nullptr;
};

}  // namespace

Result<StoreDifference> diff_stores(const Store& left, const Store& right) {
  Differ differ;
  KERNWISE_TRY(differ.look_at(left, kLeft));
  KERNWISE_TRY(differ.look_at(right, kRight));
  return differ.result();
}

}  // namespace kernwise
