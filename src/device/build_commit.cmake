# SPDX-License-Identifier: Apache-2.0
# cmake -DSOURCE=... -DOUTPUT=... -P build_commit.cmake
# Writes the commit the sources are at, or "" outside of a checkout, where it changed: as a step of
# the build, since what was true when CMake configured would be stale after the next commit.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND git rev-parse --short=10 HEAD
  WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE commit RESULT_VARIABLE failed
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(failed)
  set(commit "")
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#pragma once
namespace kernwise::detail {
inline constexpr const char* kBuildCommit = \"${commit}\";
}  // namespace kernwise::detail
")
