// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A system tree for tests: files below a folder that goes away.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "device/system_files.h"

namespace kernwise {

class FakeSystem {
 public:
  FakeSystem() {
    std::string pattern = std::filesystem::temp_directory_path() / "kernwise-system-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~FakeSystem() {
    std::error_code code;
    std::filesystem::remove_all(root_, code);
  }
  FakeSystem(const FakeSystem&) = delete;
  FakeSystem& operator=(const FakeSystem&) = delete;

  FakeSystem& put(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
    return *this;
  }
  detail::SystemFiles files() const { return detail::SystemFiles(root_); }

 private:
  std::filesystem::path root_;
};

inline constexpr const char* kIntelCpuinfo = R"(processor	: 0
vendor_id	: GenuineIntel
cpu family	: 6
model		: 207
model name	: Intel(R) Xeon(R) Processor
stepping	: 2
microcode	: 0x1
cache size	: 266240 KB
flags		: fpu vme sse4_1 avx2 fma hypervisor avx512f
bugs		: spectre_v1

processor	: 1
vendor_id	: GenuineIntel
cpu family	: 6
model		: 999
model name	: another
stepping	: 7
flags		: fpu
)";

inline constexpr const char* kAmdCpuinfo = R"(processor	: 0
vendor_id	: AuthenticAMD
cpu family	: 25
model		: 33
model name	: AMD Ryzen 9 5950X 16-Core Processor
stepping	: 0
flags		: fpu vme avx2

processor	: 1
vendor_id	: AuthenticAMD
cpu family	: 25
model		: 33
model name	: AMD Ryzen 9 5950X 16-Core Processor
stepping	: 0
flags		: fpu vme avx2
)";

// A Raspberry Pi 4: the cores have no name, the board has.
inline constexpr const char* kArmCpuinfo = R"(processor	: 0
BogoMIPS	: 108.00
Features	: fp asimd evtstrm crc32 cpuid
CPU implementer	: 0x41
CPU architecture: 8
CPU variant	: 0x0
CPU part	: 0xd08
CPU revision	: 3

processor	: 1
BogoMIPS	: 108.00
CPU implementer	: 0x41
CPU architecture: 8
CPU variant	: 0x0
CPU part	: 0xd03
CPU revision	: 4

Hardware	: BCM2835
Model		: Raspberry Pi 4 Model B Rev 1.4
)";

}  // namespace kernwise
