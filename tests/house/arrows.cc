// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "arrows.h"

#include <algorithm>
#include <functional>
#include <regex>
#include <sstream>

namespace kernwise::house {
namespace {

std::set<std::string> names_in_backquotes(const std::string& cell) {
  static const std::regex name("`([a-z_]+)`");
  std::set<std::string> names;
  for (auto it = std::sregex_iterator(cell.begin(), cell.end(), name); it != std::sregex_iterator();
       ++it) {
    names.insert((*it)[1]);
  }
  return names;
}

}  // namespace

ArrowTable parse_arrows(const SourceFile& architecture) {
  static const std::regex header("\\| *room *\\| *may see *\\| *state *\\|");
  static const std::regex row("\\|([^|]*)\\|([^|]*)\\| *(built|planned) *\\|");
  ArrowTable table;
  bool inside = false;
  for (const std::string& line : architecture.lines) {
    inside = inside ? line.starts_with('|') : std::regex_match(line, header);
    std::smatch cells;
    if (!inside || !std::regex_match(line, cells, row)) continue;
    for (const std::string& room : names_in_backquotes(cells[1])) {
      table.may_see[room] = names_in_backquotes(cells[2]);
      (cells[3] == "built" ? table.built : table.planned).insert(room);
    }
  }
  return table;
}

std::vector<std::string> find_circle(const ArrowTable& table) {
  std::set<std::string> finished;
  std::vector<std::string> way;
  const std::function<bool(const std::string&)> visit = [&](const std::string& room) {
    const auto seen = std::find(way.begin(), way.end(), room);
    if (seen != way.end()) {
      way.erase(way.begin(), seen);
      return true;
    }
    if (finished.contains(room) || !table.may_see.contains(room)) return false;
    way.push_back(room);
    for (const std::string& next : table.may_see.at(room)) {
      if (visit(next)) return true;
    }
    way.pop_back();
    finished.insert(room);
    return false;
  };
  for (const auto& [room, targets] : table.may_see) {
    if (visit(room)) return way;
  }
  return {};
}

std::vector<Include> includes_of(const SourceFile& file) {
  static const std::regex quoted("\\s*#\\s*include\\s*\"([^\"]+)\".*");
  static const std::regex bracketed("\\s*#\\s*include\\s*<(kernwise/[^>]+)>.*");
  std::vector<Include> includes;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::smatch match;
    if (std::regex_match(file.lines[i], match, quoted) ||
        std::regex_match(file.lines[i], match, bracketed)) {
      includes.push_back({file.path, static_cast<int>(i) + 1, match[1]});
    }
  }
  return includes;
}

std::string objection(const Include& include, const ArrowTable& table) {
  const std::string room = room_of(include.path);
  const std::vector<std::string> parts = path_parts(include.target);
  if (std::find(parts.begin(), parts.end(), "..") != parts.end()) {
    return "climbs out of its folder";
  }
  if (parts.size() < 2) return "";
  if (parts[0] == "kernwise") {
    if (parts.size() < 3 || parts[1] == room) return "";
    if (!table.may_see.contains(parts[1])) return "'" + parts[1] + "' is no room of the table";
    if (table.may_see.at(room).contains(parts[1])) return "";
    return "'" + room + "' may not see '" + parts[1] + "'";
  }
  // Private headers are included from the room's own folder: "conv/winograd.h". A first part that
  // is another room's name reaches into that room behind its public headers.
  if (parts[0] != room && table.may_see.contains(parts[0])) {
    return "reaches into '" + parts[0] + "' behind its public headers";
  }
  return "";
}

std::set<std::string> rooms_linked(const SourceFile& cmake_lists) {
  std::set<std::string> rooms;
  bool sees = false;
  for (const std::string& line : cmake_lists.lines) {
    std::istringstream words(line.substr(0, line.find('#')));
    for (std::string word; words >> word;) {
      const bool keyword = word == "SEES" || word == "LINKS" || word == "SOURCES";
      if (keyword) {
        sees = word == "SEES";
        continue;
      }
      const bool last = word.ends_with(')');
      if (last) word.pop_back();
      if (sees && !word.empty()) rooms.insert(word);
      if (last) sees = false;
    }
  }
  return rooms;
}

}  // namespace kernwise::house
