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

# Boost uBLAS (headers only) is optional: primitives on it refuse everything in a build without it.
find_path(UBLAS_INCLUDE_DIR boost/numeric/ublas/matrix.hpp)
mark_as_advanced(UBLAS_INCLUDE_DIR)
if(UBLAS_INCLUDE_DIR)
  add_library(kernwise_ublas INTERFACE)
  target_include_directories(kernwise_ublas SYSTEM INTERFACE ${UBLAS_INCLUDE_DIR})
else()
  message(STATUS "Boost uBLAS: not found (libboost-dev), its primitives are refused")
endif()

# FFTW likewise, with its threads on OpenMP. Under the GPL: a program linked with it may be handed on
# under the terms of that licence only, so there is a switch.
option(KERNWISE_FFTW "The primitive on FFTW (GPL), if it is there" ON)
find_library(FFTW_LIBRARY fftw3f)
find_library(FFTW_OPENMP_LIBRARY fftw3f_omp)
find_path(FFTW_INCLUDE_DIR fftw3.h)
mark_as_advanced(FFTW_LIBRARY FFTW_OPENMP_LIBRARY FFTW_INCLUDE_DIR)
if(NOT KERNWISE_FFTW)
  message(STATUS "FFTW: switched off (KERNWISE_FFTW)")
elseif(FFTW_LIBRARY AND FFTW_OPENMP_LIBRARY AND FFTW_INCLUDE_DIR)
  add_library(kernwise_fftw INTERFACE)
  target_include_directories(kernwise_fftw SYSTEM INTERFACE ${FFTW_INCLUDE_DIR})
  target_link_libraries(kernwise_fftw INTERFACE ${FFTW_OPENMP_LIBRARY} ${FFTW_LIBRARY})
else()
  message(STATUS "FFTW: not found (libfftw3-dev), its primitive is refused")
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
