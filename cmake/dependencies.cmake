# SPDX-License-Identifier: Apache-2.0
# Libraries that the tool itself needs; every one is a Debian 12 package (see tools/packages).
find_package(dnnl REQUIRED CONFIG)
find_package(Protobuf REQUIRED)
find_package(ONNX REQUIRED CONFIG)
find_package(hwy REQUIRED CONFIG)
find_package(SQLiteCpp REQUIRED CONFIG)
find_package(nlohmann_json REQUIRED CONFIG)
find_package(fmt REQUIRED CONFIG)
find_package(CLI11 REQUIRED CONFIG)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(PkgConfig REQUIRED)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(png REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(turbojpeg REQUIRED IMPORTED_TARGET libturbojpeg)

# XNNPACK is optional: its primitives refuse everything in a build without it. Debian's packages
# bring neither a CMake nor a pkg-config file.
option(KERNWISE_XNNPACK "Primitives on XNNPACK, if it is there" ON)
find_library(XNNPACK_LIBRARY XNNPACK)
find_library(CPUINFO_LIBRARY cpuinfo)
find_path(XNNPACK_INCLUDE_DIR xnnpack.h)
find_path(CPUINFO_INCLUDE_DIR cpuinfo.h)
find_path(PTHREADPOOL_INCLUDE_DIR pthreadpool.h)
if(NOT KERNWISE_XNNPACK)
  message(STATUS "XNNPACK: switched off (KERNWISE_XNNPACK)")
elseif(XNNPACK_LIBRARY AND CPUINFO_LIBRARY AND XNNPACK_INCLUDE_DIR AND CPUINFO_INCLUDE_DIR
       AND PTHREADPOOL_INCLUDE_DIR)
  add_library(XNNPACK::XNNPACK INTERFACE IMPORTED)
  target_include_directories(XNNPACK::XNNPACK
    INTERFACE ${XNNPACK_INCLUDE_DIR} ${CPUINFO_INCLUDE_DIR} ${PTHREADPOOL_INCLUDE_DIR})
  target_link_libraries(XNNPACK::XNNPACK INTERFACE ${XNNPACK_LIBRARY} ${CPUINFO_LIBRARY})
else()
  message(STATUS "XNNPACK: not found (libxnnpack-dev, libcpuinfo-dev, libpthreadpool-dev), built without it")
endif()

# libxsmm is optional too. A static library.
find_library(XSMM_LIBRARY xsmm)
find_library(XSMM_NOBLAS_LIBRARY xsmmnoblas)  # stands in for the BLAS that it could fall back to
find_path(XSMM_INCLUDE_DIR libxsmm.h)
if(XSMM_LIBRARY AND XSMM_NOBLAS_LIBRARY AND XSMM_INCLUDE_DIR)
  set(KERNWISE_HAS_LIBXSMM 1)
else()
  set(KERNWISE_HAS_LIBXSMM 0)
  message(STATUS "libxsmm not found: primitives on its batch-reduce GEMM are off (Debian: libxsmm-dev)")
endif()

find_package(Eigen3 REQUIRED CONFIG)
find_package(ZLIB REQUIRED)
# Boosted trees are one regressor of several: without the library it says so when it is asked for.
# Debian's CMake file of it fails unless its command line tool is installed too.
find_library(KERNWISE_XGBOOST_LIBRARY xgboost)
find_path(KERNWISE_XGBOOST_INCLUDE xgboost/c_api.h)
mark_as_advanced(KERNWISE_XGBOOST_LIBRARY KERNWISE_XGBOOST_INCLUDE)
if(NOT KERNWISE_XGBOOST_LIBRARY OR NOT KERNWISE_XGBOOST_INCLUDE)
  message(STATUS "learn: XGBoost not found (libxgboost-dev); boosted trees are left out")
endif()

# Devices other than the processor. OpenCL's loader finds its drivers when the program runs; CUDA's
# kernels are compiled here, and its driver and cuBLAS are looked for when the program runs.
option(KERNWISE_OPENCL "Primitives on OpenCL devices, if its loader and headers are there" ON)
set(KERNWISE_HAS_OPENCL FALSE)
if(KERNWISE_OPENCL)
  find_package(OpenCL QUIET)
  if(TARGET OpenCL::OpenCL)
    set(KERNWISE_HAS_OPENCL TRUE)
  else()
    message(STATUS "OpenCL: not found (ocl-icd-opencl-dev, opencl-c-headers), built without it")
  endif()
else()
  message(STATUS "OpenCL: switched off (KERNWISE_OPENCL)")
endif()

# ON fails without nvcc; AUTO goes on without. The architectures are those of the toolkits from 12.0
# on (Turing, Ampere, Hopper); newer devices compile the PTX of the last one when they load it.
set(KERNWISE_CUDA AUTO CACHE STRING "Primitives on CUDA devices: AUTO (if nvcc is found), ON, OFF")
set_property(CACHE KERNWISE_CUDA PROPERTY STRINGS AUTO ON OFF)
set(KERNWISE_HAS_CUDA FALSE)
if(KERNWISE_CUDA)
  if(NOT CMAKE_CUDA_COMPILER)
    find_program(KERNWISE_NVCC nvcc HINTS ENV CUDACXX ENV CUDA_PATH
      PATHS /usr/local/cuda PATH_SUFFIXES bin)
    mark_as_advanced(KERNWISE_NVCC)
    if(KERNWISE_NVCC)
      set(CMAKE_CUDA_COMPILER ${KERNWISE_NVCC})
    endif()
  endif()
  if(CMAKE_CUDA_COMPILER)
    if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
      set(CMAKE_CUDA_ARCHITECTURES 75 80 90)
    endif()
    enable_language(CUDA)
    find_package(CUDAToolkit REQUIRED)
    set(KERNWISE_HAS_CUDA TRUE)
    message(STATUS "CUDA: ${CUDAToolkit_VERSION}, kernels for ${CMAKE_CUDA_ARCHITECTURES}")
  elseif(KERNWISE_CUDA STREQUAL "AUTO")
    message(STATUS "CUDA: no nvcc found, built without it")
  else()
    message(FATAL_ERROR "KERNWISE_CUDA is ON, but there is no nvcc: name it with CUDACXX")
  endif()
else()
  message(STATUS "CUDA: switched off (KERNWISE_CUDA)")
endif()
