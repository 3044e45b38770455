// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cli/kill_trial.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "cli/process.h"
#include "graph/small_network.h"
#include "kernwise/base/rng.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/learn/device_model.h"
#include "kernwise/runtime/pack.h"
#include "kernwise/store/store.h"

namespace kernwise {
namespace {

using Words = std::vector<std::string>;
using Digests = std::multiset<Hash128>;

class Trial {
 public:
  explicit Trial(uint64_t seed) : rng_(seed) {}

  KillCounts run(int kills) {
    prepare();
    while (counts_.kills < kills && counts_.ended + counts_.refused < 20 * kills + 100) once();
    counts_.records = static_cast<int64_t>(digests("main.db").size());
    return counts_;
  }

 private:
  // A network to plan, a whole plan to pack, and a store to merge.
  void prepare() {
    test::SmallNetwork network;
    network.input("x", {1, 3, 12, 12}).conv("x", "a", 3, 8, 3).node("Relu", {"a"}, {"b"});
    network.conv("b", "c", 8, 8, 3).conv("c", "y", 8, 8, 1).output("y");
    ASSERT_TRUE(write_onnx(network.net, here_.file("net.onnx")).ok());
    // Model-worthy: some shapes, each candidate once. And another store, to be merged.
    must({"profile", "--network", "net.onnx", "--around", "10", "--budget", "3s", "--store",
          "main.db", "-q"});
    must({"profile", "--network", "net.onnx", "--seed", "9", "--around", "8", "--budget", "1s",
          "--store", "other.db", "-q"});
    must({"plan", "net.onnx", "--store", "main.db", "--costs", "measured", "--budget", "0", "-o",
          "first.json", "-q"});
    other_ = digests("other.db");
    before_ = digests("main.db");
  }

  void must(const Words& words) {
    const Finished finished = here_.run(words);
    ASSERT_EQ(finished.code, 0) << words[0] << ": " << finished.err;
  }

  void once() {
    const std::vector<Words> all = {
        {"profile", "--network", "net.onnx", "--seed", std::to_string(rng_.integer(1, 1'000'000)),
         "--around", "3", "--budget", "2s", "--store", "main.db", "-q"},
        {"fit", "--store", "main.db", "--regressor", "linear", "-o", "model.kwm", "-q"},
        {"plan", "net.onnx", "--store", "main.db", "--costs", "measured", "--refine", "--budget",
         "200ms", "-o", "plan.json", "-q"},
        {"pack", "first.json", "-o", "net.kwp", "-q"},
        {"db", "merge", "other.db", "--store", "merged.db", "-q"},
    };
    const Words& words = all[static_cast<std::size_t>(rng_.integer(0, 4))];
    const pid_t process = here_.start(words);
    // From before main() to well into the work; short commands are over by then.
    ::usleep(static_cast<useconds_t>(rng_.integer(0, words[0] == "profile" ? 700'000 : 120'000)));
    ::kill(process, SIGKILL);
    const Finished finished = here_.wait(process);
    if (finished.code == 128 + SIGKILL) {
      ++counts_.kills;
    } else {
      ++(finished.code == 0 ? counts_.ended : counts_.refused);
      if (finished.code != 0) ADD_FAILURE() << words[0] << ": " << finished.err;
    }
    look();
  }

  void look() {
    const Digests now = digests("main.db");
    Digests lost;
    std::ranges::set_difference(before_, now, std::inserter(lost, lost.end()));
    counts_.lost += static_cast<int64_t>(lost.size());
    before_ = now;
    see("plan.json", counts_.plans, [](const auto& file) { return load_plan(file).ok(); });
    see("model.kwm", counts_.models, [](const auto& file) { return DeviceModel::load(file).ok(); });
    see("net.kwp", counts_.packs, [](const auto& file) { return load_pack(file).ok(); });
    if (std::filesystem::exists(here_.file("merged.db"))) {
      const auto store = open_store(here_.file("merged.db"), StoreMode::kReadOnly);
      // A store that died before its tables were made is no store yet, and becomes one later.
      if (store.ok()) {
        const Digests merged = digests("merged.db");
        if (!merged.empty() && merged != other_) ++counts_.half_merged;
        // Once it is whole, again from nothing.
        if (!merged.empty()) remove_store("merged.db");
      }
    }
  }

  template <typename Readable>
  void see(const std::string& name, int& count, Readable readable) {
    const auto file = here_.file(name);
    if (!std::filesystem::exists(file)) return;
    ++count;
    if (!readable(file)) ++counts_.broken;
    std::filesystem::remove(file);
  }

  void remove_store(const std::string& name) {
    for (const char* suffix : {"", "-wal", "-shm"})
      std::filesystem::remove(here_.file(name + suffix));
  }

  Digests digests(const std::string& name) {
    Digests found;
    const auto store = open_store(here_.file(name), StoreMode::kReadOnly);
    if (!store.ok()) {
      ++counts_.broken;
      ADD_FAILURE() << to_string(store.error());
      return found;
    }
    const Status seen = (*store)->visit([&](const RecordView& record) -> Status {
      found.insert(record_digest({}, record));
      return Ok{};
    });
    if (!seen.ok()) {
      ++counts_.broken;
      ADD_FAILURE() << to_string(seen.error());
    }
    return found;
  }

  Playground here_;
  Rng rng_;
  KillCounts counts_;
  Digests before_, other_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const KillCounts& c) {
  return out << c.kills << " kills, " << c.ended << " done before, " << c.refused << " refused; "
             << c.records << " records, " << c.lost << " lost, " << c.half_merged
             << " half merged; " << c.plans << " plans, " << c.models << " models, " << c.packs
             << " packs seen, " << c.broken << " files broken";
}

KillCounts run_kill_trial(int kills, uint64_t seed) { return Trial(seed).run(kills); }

}  // namespace kernwise
