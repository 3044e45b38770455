# SPDX-License-Identifier: Apache-2.0
# 64-bit Arm from another machine, with Debian's cross compiler against a folder of Debian's arm64
# packages (KERNWISE_SYSROOT, made by tools/cross/arm64). Programs of the build run under QEMU.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(KERNWISE_SYSROOT "$ENV{KERNWISE_SYSROOT}" CACHE PATH "Folder with Debian's arm64 packages")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES KERNWISE_SYSROOT)

set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_SYSROOT ${KERNWISE_SYSROOT})
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH ${KERNWISE_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${KERNWISE_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR}
  ${KERNWISE_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${KERNWISE_SYSROOT}/usr/share/pkgconfig)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static;-L;${KERNWISE_SYSROOT})
