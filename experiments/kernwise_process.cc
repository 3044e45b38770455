// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise_process.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace kernwise::experiments {
namespace {

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::filesystem::path kernwise_program() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "kernwise";
}

}  // namespace

Result<nlohmann::ordered_json> kernwise_json(std::vector<std::string> words,
                                             bool criterion_may_fail) {
  words.insert(words.begin(), kernwise_program().string());
  words.insert(words.end(), {"--json", "-q"});
  std::string line;
  for (const std::string& word : words) line += quoted(word) + " ";
  struct Close {
    void operator()(FILE* pipe) const { pclose(pipe); }
  };
  std::unique_ptr<FILE, Close> pipe(popen(line.c_str(), "r"));
  if (!pipe) return internal_error("cannot start a process");
  std::string text;
  std::array<char, 1 << 16> buffer{};
  while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    text.append(buffer.data(), count);
  }
  const int status = pclose(pipe.release());
  const bool failed_criterion = WIFEXITED(status) && WEXITSTATUS(status) == 1 && criterion_may_fail;
  const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  if ((status != 0 && !failed_criterion) || json.is_discarded()) {
    return invalid_input(fmt::format("failed: {}", line), "its message stands above");
  }
  return json.at("result");
}

}  // namespace kernwise::experiments
