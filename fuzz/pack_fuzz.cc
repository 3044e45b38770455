// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Packs from strangers. The input is a pack without its checksum, which is put behind it here, so
// that what the checksum guards is reached: any bytes are a pack or an error, and a pack that is
// taken can be opened, run and written again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "kernwise/base/check.h"
#include "kernwise/base/hash.h"
#include "kernwise/runtime/executor.h"
#include "kernwise/runtime/pack.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;  // NOLINT: one function
  constexpr Bytes kLimit{1 << 20};
  std::string bytes(reinterpret_cast<const char*>(data), size);
  bytes += content_hash(bytes);
  const Result<Pack> pack = parse_pack(bytes, kLimit);
  if (!pack.ok()) {
    KERNWISE_CHECK(pack.error().code == ErrorCode::kInvalidInput);
    return 0;
  }
  const Result<std::string> again = pack_bytes(pack->graph, pack->plan);
  KERNWISE_CHECK(again.ok());
  KERNWISE_CHECK(parse_pack(*again, kLimit).ok());
  int64_t work = 0;
  for (const Layer& layer : pack->graph.layers) work += macs(layer.problem).value;
  if (work > 1'000'000 || pack->plan.threads != 1) return 0;  // would only take time
  Result<Executor> executor = Executor::create(pack->graph, pack->plan);
  if (executor.ok()) executor->run();
  return 0;
}
