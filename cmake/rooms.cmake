# SPDX-License-Identifier: Apache-2.0
# kernwise_room(NAME SOURCES ... SEES room... LINKS private-libraries...)
# One static library per folder under src/. SEES names the rooms whose headers it may include.
function(kernwise_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;SEES;LINKS" ${ARGN})
  add_library(kernwise_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(kernwise_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>
    PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  foreach(room IN LISTS ROOM_SEES)
    target_link_libraries(kernwise_${name} PUBLIC kernwise_${room})
  endforeach()
  target_link_libraries(kernwise_${name} PRIVATE ${ROOM_LINKS} kernwise_flags)
endfunction()

# kernwise_test(NAME SOURCES ... LINKS ... [SLOW] [LABELS ...])
# One GoogleTest executable; fast ones carry the label `unit`, SLOW ones `slow`.
function(kernwise_test name)
  cmake_parse_arguments(TEST "SLOW;MEASURES" "" "SOURCES;LINKS;LABELS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE ${TEST_LINKS} GTest::gtest GTest::gtest_main kernwise_flags)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  set(labels unit)
  if(TEST_SLOW)
    set(labels slow)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  if(TEST_MEASURES)  # real timings: neighbours would disturb them
    set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${labels};${TEST_LABELS}" TIMEOUT 600)
endfunction()

# Warnings and sanitizers for our own code. x86-64 baseline always: kernels dispatch at run time.
add_library(kernwise_flags INTERFACE)
# nvcc takes other options; what it compiles is compiled as OpenCL C too.
target_compile_options(kernwise_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor $<$<BOOL:${KERNWISE_WERROR}>:-Werror>>)
if(KERNWISE_SANITIZE)
  target_compile_options(kernwise_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:
    -fsanitize=${KERNWISE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all>)
  target_link_options(kernwise_flags INTERFACE -fsanitize=${KERNWISE_SANITIZE})
endif()
