// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "document.h"

#include <fmt/format.h>

#include "kernwise/base/format.h"
#include "kernwise/base/json_text.h"

namespace kernwise::detail {
namespace {

constexpr Bytes kLargestDocument{64 << 20};
constexpr std::string_view kOurs = "kernwise.";
constexpr const char* kWritten = "documents are written by kernwise's commands with --json";

// Long or hostile text in messages helps nobody.
std::string shown(const std::string& text) {
  return text.size() <= 40 ? text : text.substr(0, 40) + "...";
}

const Json& null() {
  static const Json kNull;
  return kNull;
}

Result<Document> checked(Document document) {
  const Json& root = document.root;
  if (!root.is_object()) return invalid_input("is no JSON object", kWritten);
  const auto schema = root.find("schema");
  if (schema == root.end() || !schema->is_string()) {
    return invalid_input("has no \"schema\" that says what it is", kWritten);
  }
  document.schema = schema->get<std::string>();
  const std::size_t slash = document.schema.rfind('/');
  if (!document.schema.starts_with(kOurs) || slash == std::string::npos || slash < kOurs.size()) {
    return invalid_input(fmt::format("is of the unknown schema '{}'", shown(document.schema)),
                         kWritten);
  }
  document.name = document.schema.substr(kOurs.size(), slash - kOurs.size());
  if (document.schema.substr(slash) != "/1") {
    return invalid_input(fmt::format("is of schema '{}', of which this kernwise reads version 1",
                                     shown(document.schema)),
                         "make it again with this version");
  }
  if (document.name == "error") {
    const Json& error = root.contains("error") ? root["error"] : null();
    const bool said =
        error.is_object() && error.contains("message") && error["message"].is_string();
    return invalid_input(
        fmt::format("holds the error that a command ended with: {}",
                    said ? error["message"].get<std::string>() : std::string("not said")),
        "run that command again");
  }
  const bool plan_file = document.name == "plan" && !root.contains("result");
  if (!plan_file && (!root.contains("result") || !root["result"].is_object())) {
    return invalid_input("has no \"result\"", kWritten);
  }
  return document;
}

}  // namespace

Result<Document> parse_document(std::string_view text, const std::string& file) {
  if (static_cast<int64_t>(text.size()) > kLargestDocument.value) {
    return invalid_input("is larger than the limit of " + format_bytes(kLargestDocument))
        .within(file);
  }
  if (auto fits = check_json_proportions(text, {}); !fits.ok()) {
    return std::move(fits).error().within(file);
  }
  // The parser reports by exceptions; they end here.
  Document document;
  document.file = file;
  try {
    document.root = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return invalid_input(fmt::format("is not JSON: mistake at byte {}", error.byte), kWritten)
        .within(file);
  } catch (const Json::exception&) {
    return invalid_input("is not JSON that can be read: a number is out of range", kWritten)
        .within(file);
  }
  auto result = checked(std::move(document));
  if (!result.ok()) return std::move(result).error().within(file);
  return result;
}

Fields::Fields(const Json& object, std::string path, std::string& mistake)
    : object_(&object), path_(std::move(path)), mistake_(&mistake) {
  if (!object_->is_object()) {
    if (mistake_->empty()) *mistake_ = (path_.empty() ? "the result" : path_) + " is no object";
    object_ = &null();
  }
}

void Fields::fail(const char* key, const std::string& what) const {
  if (!mistake_->empty()) return;
  *mistake_ = fmt::format("{}{}{} {}", path_, path_.empty() ? "" : ".", key, what);
}

const Json& Fields::raw(const char* key) const {
  if (!mistake_->empty() || !object_->is_object()) return null();
  const auto found = object_->find(key);
  return found == object_->end() ? null() : *found;
}

bool Fields::has(const char* key) const { return !raw(key).is_null(); }

std::string Fields::text(const char* key) const {
  const Json& value = raw(key);
  if (value.is_null()) return "";
  if (!value.is_string()) {
    fail(key, "is no text");
    return "";
  }
  return value.get<std::string>();
}

std::string Fields::name(const char* key) const {
  std::string value = text(key);
  if (value.empty()) fail(key, "is missing");
  return value;
}

std::optional<double> Fields::number(const char* key) const {
  const Json& value = raw(key);
  if (value.is_null()) return {};
  if (!value.is_number()) {
    fail(key, "is no number");
    return {};
  }
  return value.get<double>();
}

double Fields::quantity(const char* key) const {
  const std::optional<double> value = number(key);
  if (!value) fail(key, "is missing");
  if (value && *value < 0) fail(key, "is negative");
  return mistake_->empty() ? value.value_or(0) : 0;
}

int64_t Fields::count(const char* key) const {
  const Json& value = raw(key);
  if (value.is_null()) return 0;
  const bool whole = value.is_number_integer() &&
                     !(value.is_number_unsigned() && value.get<uint64_t>() > uint64_t{1} << 53U) &&
                     value.get<int64_t>() >= 0;
  if (!whole) {
    fail(key, "is no whole number of a sensible size");
    return 0;
  }
  return value.get<int64_t>();
}

bool Fields::flag(const char* key) const {
  const Json& value = raw(key);
  if (value.is_null()) return false;
  if (!value.is_boolean()) {
    fail(key, "is neither true nor false");
    return false;
  }
  return value.get<bool>();
}

Fields Fields::object(const char* key) const {
  const Json& value = raw(key);
  if (value.is_null()) fail(key, "is missing");
  return {value, fmt::format("{}{}{}", path_, path_.empty() ? "" : ".", key), *mistake_};
}

std::vector<Fields> Fields::list(const char* key) const {
  const Json& value = raw(key);
  std::vector<Fields> entries;
  if (!value.is_array()) {
    fail(key, value.is_null() ? "is missing" : "is no list");
    return entries;
  }
  for (std::size_t i = 0; i < value.size() && mistake_->empty(); ++i) {
    entries.emplace_back(
        value[i], fmt::format("{}{}{}[{}]", path_, path_.empty() ? "" : ".", key, i), *mistake_);
  }
  return entries;
}

std::vector<double> Fields::numbers(const char* key) const {
  const Json& value = raw(key);
  std::vector<double> list;
  if (value.is_null()) return list;
  if (!value.is_array()) {
    fail(key, "is no list");
    return list;
  }
  for (const Json& entry : value) {
    if (!entry.is_number()) {
      fail(key, "holds something that is no number");
      return {};
    }
    list.push_back(entry.get<double>());
  }
  return list;
}

std::vector<std::string> Fields::texts(const char* key) const {
  const Json& value = raw(key);
  std::vector<std::string> list;
  if (value.is_null()) return list;
  if (!value.is_array()) {
    fail(key, "is no list");
    return list;
  }
  for (const Json& entry : value) {
    if (!entry.is_string()) {
      fail(key, "holds something that is no text");
      return {};
    }
    list.push_back(entry.get<std::string>());
  }
  return list;
}

}  // namespace kernwise::detail
