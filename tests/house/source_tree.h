// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The files that people wrote, as text. Build folders and installed packages are left out.
#pragma once

#include <string>
#include <vector>

namespace kernwise::house {

struct SourceFile {
  std::string path;  // from the root, with '/': "src/graph/problem.cc"
  std::vector<std::string> lines;
};

// Files below the given folders (from the root) that end in one of the extensions (".cc"), sorted
// by path. A folder that does not exist has no files; an empty list of extensions takes all.
std::vector<SourceFile> source_files(const std::vector<std::string>& folders,
                                     const std::vector<std::string>& extensions);

// One file from the root; no lines if it is missing.
SourceFile source_file(const std::string& path);

// "src/graph/problem.cc" -> {"src", "graph", "problem.cc"}
std::vector<std::string> path_parts(const std::string& path);

// The room that a path belongs to: "graph" for src/graph/... and include/kernwise/graph/...,
// "" outside of the rooms.
std::string room_of(const std::string& path);

}  // namespace kernwise::house
