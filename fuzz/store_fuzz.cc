// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Store files from strangers, opened read-only: every row of any file is read or refused, and the
// file stays as it is.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "kernwise/base/check.h"
#include "kernwise/base/file.h"
#include "kernwise/base/temporary_folder.h"
#include "kernwise/store/compare.h"
#include "kernwise/store/store.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;  // NOLINT: one function
  static const Result<TemporaryFolder> folder = TemporaryFolder::make();
  KERNWISE_CHECK(folder.ok());
  const std::filesystem::path file = folder->path() / "store.db";
  for (const char* suffix : {"-wal", "-shm"}) {  // of the one before
    std::filesystem::remove(file.string() + suffix);
  }
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const auto store = open_store(file, StoreMode::kReadOnly);
  if (store.ok()) {
    (void)(*store)->query({}).ok();
    (void)(*store)->devices().ok();
    (void)(*store)->sessions().ok();
    (void)(*store)
        ->visit([](const RecordView& record) -> Status {
          (void)measurement_of(record).ok();
          return Ok{};
        })
        .ok();
    (void)store_statistics(**store).ok();
  } else {
    KERNWISE_CHECK(store.error().code == ErrorCode::kInvalidInput);
  }
  const auto after = read_file(file, {int64_t{1} << 30});
  KERNWISE_CHECK(after.ok());
  KERNWISE_CHECK(*after == std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
