// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Measurements as CSV (RFC 4180), for spreadsheets, data frames and other machines. The columns
// are described in docs/formats/store.md; numbers are written so that reading gives the same bits.
// Machine contexts stay behind in the store: a session number means nothing in another one.
// Thread-safety: pure functions, but for the file.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/store/measurement.h"
#include "kernwise/store/store.h"

namespace kernwise {

std::string to_csv(std::span<const Measurement> measurements);
Status write_measurements_csv(std::span<const Measurement> measurements,
                              const std::filesystem::path& path);

// Columns may come in any order and columns it does not know are passed over; a missing column, a
// value that cannot be, or broken quoting is kInvalidInput naming the line. Takes LF and CRLF.
Result<std::vector<Measurement>> parse_measurements_csv(std::string_view text);
// At most 1 GiB.
Result<std::vector<Measurement>> read_measurements_csv(const std::filesystem::path& path);

// The file's measurements into a store; all or nothing, and a second time does nothing. Each of its
// session numbers becomes a session without a machine context; a device that the store does not
// know yet is known by its fingerprint alone. Bring store files together by Store::absorb instead
// where they exist: a session means something there.
Result<MergeSummary> import_csv(const std::filesystem::path& path, Store& target);

}  // namespace kernwise
