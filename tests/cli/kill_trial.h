// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The program killed (SIGKILL) at random moments while it measures, fits, plans, packs and merges,
// again and again on the same files. After each kill: the store opens and has every record that it
// had before, and each file that a command writes is whole, old or new, or not there.
#pragma once

#include <cstdint>
#include <iosfwd>

namespace kernwise {

struct KillCounts {
  int kills = 0;                         // processes that died by it
  int ended = 0;                         // that were done before
  int64_t records = 0;                   // in the store at the end
  int64_t lost = 0;                      // records that were there and are no longer
  int64_t broken = 0;                    // files that were there and cannot be read
  int64_t half_merged = 0;               // merges of which a part is there
  int refused = 0;                       // commands that ended by themselves with an error
  int plans = 0, models = 0, packs = 0;  // whole files seen after a kill
};
std::ostream& operator<<(std::ostream& out, const KillCounts& counts);

KillCounts run_kill_trial(int kills, uint64_t seed);

}  // namespace kernwise
