// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Jobs of a shared store, steps of training and their results, devices of training: JSON from
// machines that may be anybody's. Any text is one of them or an error, and survives being written.
#include <cstddef>
#include <cstdint>
#include <string>

#include "kernwise/base/check.h"
#include "kernwise/footprint/step_device.h"
#include "kernwise/footprint/training_job.h"
#include "kernwise/store/jobs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;  // NOLINT: one function
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Result<JobWork> work = parse_job_work(text);
  if (work.ok()) {
    const std::string written = to_json_text(*work);
    const Result<JobWork> again = parse_job_work(written);
    KERNWISE_CHECK(again.ok());
    KERNWISE_CHECK(to_json_text(*again) == written);
  } else {
    KERNWISE_CHECK(work.error().code == ErrorCode::kInvalidInput);
  }
  (void)parse_step_device(text).ok();
  (void)parse_training_job(text).ok();
  (void)parse_training_outcome(text).ok();
  return 0;
}
