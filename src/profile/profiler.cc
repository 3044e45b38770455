// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/profile/profiler.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <set>

#include "arena.h"
#include "halving.h"
#include "kernwise/base/format.h"
#include "kernwise/base/statistics.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/profile/protocol.h"

namespace kernwise {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr double kForever = std::numeric_limits<double>::infinity();

constexpr int kAttempts = 3;   // at a run that is not interrupted
constexpr int kWitnessed = 2;  // at one that the witness lets pass
// Seconds. A moment after a longer run says little about it, and repeating it costs most of the
// time.
constexpr double kWitnessedUpTo = 0.02;

constexpr double kFlushEvery = 10;        // seconds between writes to the store
constexpr double kReferenceEvery = 0.05;  // seconds between runs of the reference convolution
constexpr std::string_view kReferenceProblem =
    "conv:n1ic64ih28iw28oc64kh3kw3sh1sw1ph1pw1dh1dw1g1+bias+relu";

struct Pair {  // one problem x primitive
  const Problem* problem = nullptr;
  const Primitive* primitive = nullptr;
  int problem_index = 0;
  Bytes workspace;
  std::vector<double> runs;   // all that count: from the store, then ours
  std::vector<double> drift;  // of the reference at our runs
  std::size_t stored = 0;     // how many of `runs` the store already holds
  std::unique_ptr<Kernel> kernel;
  int64_t packed = 0;
  int64_t last_touch = 0;  // traffic count when its weights were last in use
  std::string failure;
  std::string stored_failure;  // reason that the store already holds
  bool cut = false;
  bool postponed = false;  // the processor is disturbed: another call will measure it
};

class Profiler {
 public:
  Profiler(const std::vector<Problem>& problems, const Device& device,
           const MachineContext& context, const ProfileOptions& options, Store& store,
           Progress& progress, const StopFlag& stop)
      : problems_(problems), options_(options), store_(store), progress_(progress), stop_(stop),
        device_(device), context_(context), template_(key_template(device, options)),
        rounds_(options.every_candidate ? 1 : kProfileRounds) {}

  Result<ProfileSummary> run() {
    resource_ = find_resource(options_.execution.resource);
    if (resource_ == nullptr)
      return invalid_input("there is no resource '" + options_.execution.resource + "' here",
                           "'kernwise list resources' shows what there is");
    KERNWISE_TRY(collect());
    if (pairs_.empty() || !work_left()) {
      KERNWISE_TRY(flush());
      return finish();
    }
    Bytes workspace;
    for (const Pair& pair : pairs_) workspace = std::max(workspace, pair.workspace);
    KERNWISE_ASSIGN(arena_, ProfileArena::make(*resource_, problems_, workspace,
                                               cold() ? kColdTraffic : Bytes{0}, options_.seed));
    const ThreadScope threads(options_.execution.threads);
    const BoundTeam team(options_.execution.threads);
    KERNWISE_TRY(prepare_reference());
    start_ = last_flush_ = Clock::now();
    const int rounds = options_.rounds > 0 ? std::min(options_.rounds, rounds_) : rounds_;
    for (int round = 0; round < rounds; ++round) {
      cut_before(round);
      KERNWISE_TRY(run_round(round));
      KERNWISE_TRY(flush());
      if (stop_) {
        return Error{ErrorCode::kInterrupted,
                     "profiling was interrupted",
                     {},
                     "what was measured is kept; the same command goes on from there"};
      }
      if (out_of_time()) break;
      summary_.rounds_completed = round + 1;
    }
    return finish();
  }

 private:
  // Candidates of every problem, with what the store knows of them. Refusals are stored at once.
  Status collect() {
    std::vector<std::string> names;
    for (const Problem& problem : problems_) names.push_back(to_string(problem));
    KERNWISE_ASSIGN(auto list, combined_measurements(store_, template_, std::move(names)));
    std::map<MeasurementKey, Measurement> known;
    for (Measurement& m : list) known[m.key] = std::move(m);

    const std::set<std::string> wanted(options_.primitives.begin(), options_.primitives.end());
    for (std::size_t i = 0; i < problems_.size(); ++i) {
      progress_.update("Listing", static_cast<double>(i) / static_cast<double>(problems_.size()),
                       to_short_string(problems_[i]));
      for (const auto& primitive : all_primitives()) {
        const PrimitiveInfo& info = primitive->info();
        if (info.kind != problems_[i].kind() || info.view) continue;
        if (!belongs_to(info, options_.execution)) continue;
        if (!wanted.empty() && !wanted.contains(info.id)) continue;
        if (!options_.pairs.empty()) {
          const auto pairs = options_.pairs.find(to_string(problems_[i]));
          if (pairs == options_.pairs.end() || !pairs->second.contains(info.id)) continue;
        }
        const auto found = known.find(key(problems_[i], info));
        if (found != known.end() && found->second.status == MeasurementStatus::kRefused) {
          ++summary_.refused;
          continue;
        }
        // What failed once is tried again: another day there may be memory for it.
        const bool failed_before =
            found != known.end() && found->second.status == MeasurementStatus::kFailed;
        const std::string failure = failed_before ? found->second.reason : "";
        const Applicability answer = primitive->supports(problems_[i], options_.execution);
        if (const auto* no = std::get_if<Refused>(&answer)) {
          ++summary_.refused;
          record(problems_[i], info, MeasurementStatus::kRefused, no->reason);
          continue;
        }
        const Bytes workspace = std::get<Admitted>(answer).workspace;
        if (workspace > options_.max_memory) {
          ++summary_.failed;
          const std::string reason =
              fmt::format("needs {} of workspace, a profile holds at most {}",
                          format_bytes(workspace), format_bytes(options_.max_memory));
          if (reason != failure) record(problems_[i], info, MeasurementStatus::kFailed, reason);
          continue;
        }
        Pair pair;
        pair.problem = &problems_[i];
        pair.problem_index = static_cast<int>(i);
        pair.primitive = primitive.get();
        pair.workspace = workspace;
        if (failed_before) pair.stored_failure = failure;
        if (found != known.end() && !failed_before) pair.runs = found->second.runs_s;
        pair.stored = pair.runs.size();
        pairs_.push_back(std::move(pair));
      }
    }
    summary_.problems = static_cast<int>(problems_.size());
    summary_.candidates = static_cast<int>(pairs_.size());
    by_problem_.resize(problems_.size());
    for (Pair& pair : pairs_)
      by_problem_[static_cast<std::size_t>(pair.problem_index)].push_back(&pair);
    return Ok{};
  }

  bool work_left() {
    if (options_.every_candidate) {
      const bool left = std::any_of(pairs_.begin(), pairs_.end(),
                                    [this](const Pair& pair) { return wants(pair, 0); });
      summary_.rounds_completed = left ? 0 : rounds_;
      return left;
    }
    for (const auto& pairs : by_problem_) {
      std::vector<const std::vector<double>*> rivals;
      for (const Pair* pair : pairs) rivals.push_back(&pair->runs);
      if (!halving_finished(rivals)) return true;
    }
    summary_.rounds_completed = rounds_;
    return false;
  }

  bool wants(const Pair& pair, int round) const {
    if (pair.cut || pair.postponed || !pair.failure.empty()) return false;
    if (options_.every_candidate) return std::ssize(pair.runs) < target(pair, round);
    return wants_run(pair.runs, round);
  }

  int target(const Pair& pair, int round) const {
    return options_.every_candidate ? runs_of_each(pair.runs, options_.runs) : runs_of_round(round);
  }

  double best_of(int problem_index) const {
    double best = kForever;
    for (const Pair* pair : by_problem_[static_cast<std::size_t>(problem_index)]) {
      if (!pair->runs.empty()) best = std::min(best, median(pair->runs));
    }
    return best;
  }

  void cut_before(int round) {
    if (options_.every_candidate) return;
    for (std::size_t i = 0; i < by_problem_.size(); ++i) {
      const double best = best_of(static_cast<int>(i));
      for (Pair* pair : by_problem_[i]) {
        if (pair->runs.empty() || enters_round(pair->runs, best, round)) continue;
        pair->cut = true;
        release(*pair);
      }
    }
  }

  // Passes over the whole grid, one run of each candidate that still needs one, so that the runs
  // of a candidate lie far apart and those of its rivals close together.
  Status run_round(int round) {
    int64_t total = 0;
    int64_t done = 0;
    for (const Pair& pair : pairs_) {
      if (wants(pair, round)) {
        total += target(pair, round) - static_cast<int64_t>(pair.runs.size());
      }
    }
    std::size_t ranks = 0;
    for (const auto& pairs : by_problem_) ranks = std::max(ranks, pairs.size());
    for (bool more = true; more;) {
      more = false;
      // In the first round the grid is walked by rank, and the first rank to its end, so that the
      // shortest budget leaves every problem with something; later by problem, so that rivals run
      // close together.
      const auto visit = [&](Pair& pair) -> Status {
        if (!wants(pair, round)) return Ok{};
        const int64_t before = static_cast<int64_t>(pair.runs.size());
        KERNWISE_TRY(measure(pair));
        done += static_cast<int64_t>(pair.runs.size()) - before;
        more = more || wants(pair, round);
        progress_.update(fmt::format("Measuring, round {} of {}", round + 1, rounds_),
                         std::min(1.0, static_cast<double>(done) /
                                           static_cast<double>(std::max<int64_t>(1, total))),
                         to_short_string(*pair.problem));
        if (since(last_flush_) > kFlushEvery) KERNWISE_TRY(flush());
        return Ok{};
      };
      if (round == 0) {
        for (std::size_t rank = 0; rank < ranks; ++rank) {
          for (auto& pairs : by_problem_) {
            if (rank >= pairs.size()) continue;
            if (stop_ || (rank > 0 && out_of_time())) return Ok{};
            KERNWISE_TRY(visit(*pairs[rank]));
          }
        }
      } else {
        for (auto& pairs : by_problem_) {
          for (Pair* pair : pairs) {
            if (stop_ || out_of_time()) return Ok{};
            KERNWISE_TRY(visit(*pair));
          }
        }
      }
    }
    return Ok{};
  }

  Status measure(Pair& pair) {
    const bool fresh = pair.kernel == nullptr;
    if (fresh) {
      make_room(pair);
      auto kernel = pair.primitive->prepare(*pair.problem, arena_->weights(*pair.problem),
                                            options_.execution);
      if (!kernel.ok()) {
        pair.failure = kernel.error().message;
        return Ok{};
      }
      pair.kernel = std::move(kernel).value();
      pair.packed = pair.kernel->packed_weights().value;
      held_ += pair.packed;
      // Packed weights may be several times the plain ones that make_room counted.
      while (!lru_.empty() && held_ > options_.max_memory.value) release(*lru_.front());
      lru_.push_back(&pair);
    }
    const PrimitiveInfo& info = pair.primitive->info();
    const ProfileArena::Binding binding = arena_->bind(
        *pair.problem, input_layout(info, *pair.problem), output_layout(info, *pair.problem));
    if (fresh) {
      const double warm_up = timed_undisturbed(pair, binding, /*cold=*/false);
      if (!options_.every_candidate && pair.runs.empty() &&
          warm_up > kHopeless * best_of(pair.problem_index)) {
        note(pair, warm_up);
        pair.cut = true;
        release(pair);
        return Ok{};
      }
    }
    lru_.remove(&pair);
    lru_.push_back(&pair);
    if (since(last_reference_) > kReferenceEvery) run_reference();
    if (!cold() && !fresh) timed(pair, binding, false);
    double seconds = timed_undisturbed(pair, binding, cold());
    KERNWISE_TRY(resource_->state());
    for (int attempt = 1; seconds < kWitnessedUpTo && witness_says_disturbed(); ++attempt) {
      ++summary_.disturbed;
      if (attempt == kWitnessed) {
        pair.postponed = true;
        return Ok{};
      }
      seconds = timed_undisturbed(pair, binding, cold());
    }
    note(pair, seconds);
    return Ok{};
  }

  // Only the processor's caches can be swept from here.
  bool cold() const { return !options_.warm_weights && resource_->name() == "cpu"; }

  // A run in which the scheduler gave the processor to somebody else is no run of the primitive; it
  // is made again, a few times.
  double timed_undisturbed(Pair& pair, const ProfileArena::Binding& binding, bool cold) {
    for (int attempt = 1;; ++attempt) {
      const long before = preemptions();
      const double seconds = timed(pair, binding, cold);
      if (preemptions() == before || attempt == kAttempts || stop_ || out_of_time()) return seconds;
      ++summary_.disturbed;
    }
  }

  // Right after a run. The threads of another resource are not ours to hold the loop against.
  bool witness_says_disturbed() const {
    if (options_.witness == nullptr) return false;
    if (resource_->name() == "cpu") return options_.witness->disturbed(options_.execution.threads);
    return resource_->shares_processors() && options_.witness->disturbed_anywhere();
  }

  long preemptions() const {
    rusage usage{};
    getrusage(options_.execution.threads == 1 ? RUSAGE_THREAD : RUSAGE_SELF, &usage);
    return usage.ru_nivcsw;
  }

  void note(Pair& pair, double seconds) {
    pair.runs.push_back(seconds);
    pair.drift.push_back(drift_);
    ++summary_.runs;
  }

  double timed(Pair& pair, const ProfileArena::Binding& binding, bool cold) {
    if (cold) {
      const int64_t missing = kColdTraffic.value - (traffic_ - pair.last_touch);
      if (missing > 0) {
        arena_->sweep(missing);
        traffic_ += missing;
      }
    }
    arena_->warm(binding, pair.problem->post_ops.residual);
    const KernelArgs args{binding.inputs, binding.output, binding.scratch};
    const auto start = Clock::now();
    pair.kernel->run(args);
    const double seconds = since(start);
    traffic_ +=
        pair.packed + 4 * (binding.input_floats + binding.output_floats) + pair.workspace.value;
    pair.last_touch = traffic_;
    return seconds;
  }

  // Frees the kernels used longest ago until the new one has room beside the rest.
  void make_room(const Pair& pair) {
    const int64_t wanted = 4 * weight_elements(*pair.problem);
    while (!lru_.empty() && held_ + wanted > options_.max_memory.value) release(*lru_.front());
  }

  void release(Pair& pair) {
    if (pair.kernel == nullptr) return;
    held_ -= pair.packed;
    pair.kernel.reset();
    lru_.remove(&pair);
  }

  Status prepare_reference() {
    KERNWISE_ASSIGN(reference_problem_, parse_problem(kReferenceProblem));
    const std::vector<Problem> problems = {reference_problem_};
    const Execution here{.threads = options_.execution.threads};  // whatever resource is measured
    for (const auto& primitive : all_primitives()) {  // the first that takes it: always the same
      const Applicability answer = primitive->info().kind == ProblemKind::kConv
                                       ? primitive->supports(reference_problem_, here)
                                       : Applicability{Refused{}};
      const auto* yes = std::get_if<Admitted>(&answer);
      if (yes == nullptr) continue;
      KERNWISE_ASSIGN(reference_arena_, ProfileArena::make(*find_resource("cpu"), problems,
                                                           yes->workspace, Bytes{0}, 1));
      KERNWISE_ASSIGN(reference_kernel_,
                      primitive->prepare(reference_problem_,
                                         reference_arena_->weights(reference_problem_), here));
      reference_binding_ =
          reference_arena_->bind(reference_problem_, primitive->info().in, primitive->info().out);
      for (int i = 0; i < 20; ++i) run_reference();
      return Ok{};
    }
    return internal_error("no primitive takes the reference convolution");
  }

  // Always warm: it tells about the machine, not about memory.
  void run_reference() {
    const KernelArgs args{reference_binding_.inputs, reference_binding_.output,
                          reference_binding_.scratch};
    reference_kernel_->run(args);
    double fastest = kForever;  // of three: the reference must not report its own spikes
    for (int i = 0; i < 3; ++i) {
      const auto start = Clock::now();
      reference_kernel_->run(args);
      fastest = std::min(fastest, since(start));
    }
    reference_runs_.push_back(fastest);
    drift_ = fastest / median(reference_runs_) - 1;
    summary_.worst_drift = std::max(summary_.worst_drift, std::fabs(drift_));
    last_reference_ = Clock::now();
  }

  MeasurementKey key(const Problem& problem, const PrimitiveInfo& info) const {
    MeasurementKey key = template_;
    key.problem = to_string(problem);
    key.primitive = info.id;
    key.revision = info.revision;
    return key;
  }

  void record(const Problem& problem, const PrimitiveInfo& info, MeasurementStatus status,
              std::string reason) {
    Measurement m;
    m.key = key(problem, info);
    m.status = status;
    m.reason = std::move(reason);
    pending_.push_back(std::move(m));
  }

  Status flush() {
    for (Pair& pair : pairs_) {
      if (!pair.failure.empty() && pair.stored != SIZE_MAX) {
        if (pair.failure != pair.stored_failure) {
          record(*pair.problem, pair.primitive->info(), MeasurementStatus::kFailed, pair.failure);
        }
        pair.stored = SIZE_MAX;
        ++summary_.failed;
      }
      if (pair.stored >= pair.runs.size()) continue;
      Measurement m;
      m.key = key(*pair.problem, pair.primitive->info());
      m.runs_s.assign(pair.runs.begin() + static_cast<std::ptrdiff_t>(pair.stored),
                      pair.runs.end());
      m.median_s = median(m.runs_s);
      m.spread = median_spread(m.runs_s);
      m.reference_drift = pair.drift.empty() ? 0 : median(pair.drift);
      m.grade = drifted(m.reference_drift) ? 'F' : grade_of(m.spread);
      m.workspace_bytes = pair.workspace.value;
      m.packed_bytes = pair.packed;
      pending_.push_back(std::move(m));
      pair.stored = pair.runs.size();
      pair.drift.clear();
    }
    last_flush_ = Clock::now();
    if (pending_.empty()) return Ok{};
    if (session_ == 0) {
      KERNWISE_ASSIGN(session_, store_.begin_session(device_, context_));
    }
    for (Measurement& m : pending_) m.session = session_;
    KERNWISE_TRY(store_.append(pending_));
    pending_.clear();
    return Ok{};
  }

  bool out_of_time() const { return since(start_) > options_.budget.value; }

  Result<ProfileSummary> finish() {
    for (const Pair& pair : pairs_) {
      if (pair.runs.empty() && pair.failure.empty()) ++summary_.unmeasured;
    }
    summary_.rounds = rounds_;
    summary_.complete = summary_.rounds_completed == rounds_;
    summary_.spent = {start_ == Clock::time_point{} ? 0 : since(start_)};
    progress_.finish("Measuring", fmt::format("{} runs of {} candidates for {} problems in {}",
                                              summary_.runs, summary_.candidates, summary_.problems,
                                              format_seconds(summary_.spent)));
    return summary_;
  }

  const std::vector<Problem>& problems_;
  const ProfileOptions& options_;
  Store& store_;
  Progress& progress_;
  const StopFlag& stop_;
  const Device& device_;
  const MachineContext& context_;
  const MeasurementKey template_;
  const int rounds_;

  std::vector<Pair> pairs_;
  std::vector<std::vector<Pair*>> by_problem_;
  std::list<Pair*> lru_;  // prepared kernels, the one used longest ago first
  const Resource* resource_ = nullptr;
  std::unique_ptr<ProfileArena> arena_, reference_arena_;
  Problem reference_problem_;
  std::unique_ptr<Kernel> reference_kernel_;
  ProfileArena::Binding reference_binding_;
  std::vector<double> reference_runs_;
  std::vector<Measurement> pending_;
  int64_t session_ = 0;
  int64_t traffic_ = 0;  // bytes that have passed through the caches so far, a lower bound
  int64_t held_ = 0;     // bytes of prepared kernels
  double drift_ = 0;
  ProfileSummary summary_;
  Clock::time_point start_{}, last_flush_{}, last_reference_{};
};

}  // namespace

MeasurementKey key_template(const Device& device, const ProfileOptions& options) {
  MeasurementKey key;
  key.device = device.fingerprint;
  key.threads = options.execution.threads;
  key.metric = "time";
  const bool on_cpu = options.execution.resource == "cpu";
  key.protocol = !on_cpu ? kDeviceProtocol : options.warm_weights ? kWarmProtocol : kColdProtocol;
  key.libraries = library_versions(options.execution.resource);
  return key;
}

bool profile_complete(const std::vector<Measurement>& measurements,
                      const std::vector<Problem>& problems, const MeasurementKey& key_template,
                      const Execution& execution) {
  std::map<MeasurementKey, const Measurement*> known;
  for (const Measurement& m : measurements) known[m.key] = &m;
  MeasurementKey key = key_template;
  for (const Problem& problem : problems) {
    key.problem = to_string(problem);
    std::vector<const std::vector<double>*> rivals;
    for (const auto& primitive : all_primitives()) {
      const PrimitiveInfo& info = primitive->info();
      if (info.kind != problem.kind() || info.view || !belongs_to(info, execution)) continue;
      key.primitive = info.id;
      key.revision = info.revision;
      const auto found = known.find(key);
      if (found == known.end()) return false;
      if (found->second->status == MeasurementStatus::kOk) rivals.push_back(&found->second->runs_s);
    }
    if (!halving_finished(rivals)) return false;
  }
  return true;
}

Result<ProfileSummary> profile(const std::vector<Problem>& problems, const Device& device,
                               const MachineContext& context, const ProfileOptions& options,
                               Store& store, Progress& progress, const StopFlag& stop) {
  Profiler profiler(problems, device, context, options, store, progress, stop);
  return profiler.run();
}

}  // namespace kernwise
