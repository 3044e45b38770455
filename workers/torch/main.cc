// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// kernwise-torch: reads one job as a line of JSON from standard input, runs it with libtorch, and
// writes one line with what came of it to standard output (docs/formats/torch-worker.md).
#include <cstdio>
#include <iostream>
#include <string>

#include "run_job.h"

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--version") {
    std::puts(("libtorch " + kernwise::torch_worker::torch_version()).c_str());
    return 0;
  }
  if (argc > 1) {
    const bool asked = std::string(argv[1]) == "--help" || std::string(argv[1]) == "-h";
    std::fputs(
        "usage: kernwise-torch < JOB\n"
        "One line of JSON in, one out; 'kernwise profile --training' writes and reads them.\n",
        asked ? stdout : stderr);
    return asked ? 0 : 2;
  }
  std::string line;
  if (!std::getline(std::cin, line)) {
    std::fputs("kernwise-torch: no job on standard input\n", stderr);
    return 2;
  }
  const kernwise::Result<kernwise::TrainingJob> job = kernwise::parse_training_job(line);
  if (!job.ok()) {
    std::fprintf(stderr, "kernwise-torch: %s\n", kernwise::to_string(job.error()).c_str());
    return 2;
  }
  const kernwise::TrainingOutcome outcome = kernwise::torch_worker::run_job(*job);
  std::cout << kernwise::to_json_line(outcome) << std::endl;
  return outcome.status == kernwise::StepStatus::kFailed ? 4 : 0;
}
