// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "child_process.h"
#include "kernwise/workflow/profile_training.h"

namespace kernwise {
namespace {

constexpr const char* kName = "kernwise-torch";

bool runnable(const std::filesystem::path& path) { return access(path.c_str(), X_OK) == 0; }

}  // namespace

Result<std::filesystem::path> find_torch_worker(const std::filesystem::path& given) {
  if (!given.empty()) {
    if (runnable(given)) return given;
    return invalid_input(fmt::format("'{}' is no program", given.string()), "name kernwise-torch");
  }
  std::error_code code;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", code);
  if (!code && runnable(self.parent_path() / kName)) return self.parent_path() / kName;
  const char* path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    const auto candidate = std::filesystem::path(folders.substr(0, end)) / kName;
    if (runnable(candidate)) return candidate;
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return unsupported("there is no kernwise-torch, which runs real steps",
                     "build it where libtorch is installed (libtorch-dev), or name it with "
                     "--worker");
}

Result<std::string> torch_worker_library(const std::filesystem::path& worker) {
  KERNWISE_ASSIGN(ChildProcess child, ChildProcess::start({worker.string(), "--version"}));
  return child.read_line(Seconds{60});
}

Result<TrainingOutcome> run_training_job(const TrainingJob& job,
                                         const std::filesystem::path& worker, Seconds timeout) {
  KERNWISE_ASSIGN(ChildProcess child, ChildProcess::start({worker.string()}));
  KERNWISE_TRY(child.write_line(to_json_line(job)));
  KERNWISE_ASSIGN(const std::string line, child.read_line(timeout));
  return parse_training_outcome(line);
}

}  // namespace kernwise
