# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` and `cpack` put where: one shared library of all rooms below the command
# line with the C++ and the C headers, the runtime alone, files for find_package and pkg-config, and
# the program with its models. Packages as Debian cuts them: libkernwise-run0, libkernwise0,
# libkernwise-dev, kernwise.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(rooms base graph device primitives store profile select learn footprint fleet place runtime
    workflow capi)
list(TRANSFORM rooms PREPEND kernwise_)
# All objects, asked for or not; the archives are named too for the libraries that they need.
set(objects ${rooms})
list(TRANSFORM objects REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>")
add_library(kernwise_shared SHARED ${objects})
add_library(kernwise::kernwise ALIAS kernwise_shared)
target_link_libraries(kernwise_shared PRIVATE ${rooms} kernwise_flags)
target_include_directories(kernwise_shared INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(kernwise_shared INTERFACE cxx_std_20)
set_target_properties(kernwise_shared PROPERTIES
  OUTPUT_NAME kernwise EXPORT_NAME kernwise LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})

# The runtime alone: packs opened and run, and nothing else (docs/runtime.md). The linker takes what
# these functions reach, and drops libraries of which that is nothing: no ONNX, no SQL, no images.
add_library(kernwise_run SHARED src/capi/run_c.cc)
add_library(kernwise::run ALIAS kernwise_run)
target_link_libraries(kernwise_run PRIVATE kernwise_runtime kernwise_flags)
target_compile_definitions(kernwise_run PRIVATE KERNWISE_VERSION="${PROJECT_VERSION}")
target_include_directories(kernwise_run INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_options(kernwise_run PRIVATE
  LINKER:--as-needed LINKER:--gc-sections LINKER:--exclude-libs,ALL)
set_target_properties(kernwise_run PROPERTIES
  OUTPUT_NAME kernwise-run EXPORT_NAME run
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})

install(TARGETS kernwise_run EXPORT kernwise
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime
  NAMELINK_COMPONENT development)
install(TARGETS kernwise_shared EXPORT kernwise
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
  NAMELINK_COMPONENT development)
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
  FILES_MATCHING PATTERN "*.h")
install(EXPORT kernwise NAMESPACE kernwise:: FILE kernwise-config.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kernwise COMPONENT development)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kernwise-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kernwise-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/kernwise COMPONENT development)
# Relative, so that it holds wherever the files are put: packages go to another prefix than the build.
file(RELATIVE_PATH KERNWISE_PREFIX_FROM_PC "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/kernwise.pc.in ${PROJECT_BINARY_DIR}/kernwise.pc @ONLY)
configure_file(cmake/kernwise-run.pc.in ${PROJECT_BINARY_DIR}/kernwise-run.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/kernwise.pc ${PROJECT_BINARY_DIR}/kernwise-run.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)

install(TARGETS kernwise RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/kernwise/models COMPONENT program
  FILES_MATCHING PATTERN "*.kwm")
install(DIRECTORY ${PROJECT_BINARY_DIR}/manual/man1
  DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT program)
install(FILES ${PROJECT_BINARY_DIR}/manual/bash/kernwise
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
install(FILES ${PROJECT_BINARY_DIR}/manual/zsh/_kernwise
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT program)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The kernwise authors")
set(CPACK_PACKAGE_VENDOR "kernwise")
set(CPACK_COMPONENTS_ALL runtime library development program)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libkernwise-run${PROJECT_VERSION_MAJOR})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "Costs of neural networks, predicted and met: runtime alone")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libkernwise${PROJECT_VERSION_MAJOR})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "Costs of neural networks, predicted and met: shared library")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libkernwise-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libkernwise${PROJECT_VERSION_MAJOR} (= ${PROJECT_VERSION}), libkernwise-run${PROJECT_VERSION_MAJOR} (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Costs of neural networks, predicted and met: headers")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME kernwise)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS libjs-chart.js)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "Costs of neural networks, predicted and met: the program")
include(CPack)
