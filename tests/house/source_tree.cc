// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "source_tree.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace kernwise::house {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kNotOurs = {"build", "node_modules", "corpus"};

bool wanted(const fs::path& path, const std::vector<std::string>& extensions) {
  return extensions.empty() || std::find(extensions.begin(), extensions.end(),
                                         path.extension().string()) != extensions.end();
}

}  // namespace

SourceFile source_file(const std::string& path) {
  SourceFile file{path, {}};
  std::ifstream stream(fs::path(KERNWISE_ROOT) / path);
  for (std::string line; std::getline(stream, line);) file.lines.push_back(line);
  return file;
}

std::vector<SourceFile> source_files(const std::vector<std::string>& folders,
                                     const std::vector<std::string>& extensions) {
  const fs::path root(KERNWISE_ROOT);
  std::vector<std::string> paths;
  for (const std::string& folder : folders) {
    if (!fs::is_directory(root / folder)) continue;
    for (auto it = fs::recursive_directory_iterator(root / folder);
         it != fs::recursive_directory_iterator(); ++it) {
      const std::string name = it->path().filename().string();
      if (it->is_directory()) {
        if (std::find(kNotOurs.begin(), kNotOurs.end(), name) != kNotOurs.end()) {
          it.disable_recursion_pending();
        }
      } else if (wanted(it->path(), extensions)) {
        paths.push_back(it->path().lexically_relative(root).generic_string());
      }
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<SourceFile> files;
  files.reserve(paths.size());
  for (const std::string& path : paths) files.push_back(source_file(path));
  return files;
}

std::vector<std::string> path_parts(const std::string& path) {
  std::vector<std::string> parts;
  for (const fs::path& part : fs::path(path)) parts.push_back(part.string());
  return parts;
}

std::string room_of(const std::string& path) {
  const std::vector<std::string> parts = path_parts(path);
  if (parts.size() > 2 && parts[0] == "src") return parts[1];
  if (parts.size() > 3 && parts[0] == "include" && parts[1] == "kernwise") return parts[2];
  return "";
}

}  // namespace kernwise::house
