// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Reading back what `--json` printed. Documents come from other machines and from editors: nothing
// is believed that was not looked at.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json.h"
#include "kernwise/base/result.h"

namespace kernwise::detail {

struct Document {
  std::string file;    // where it came from, for messages
  std::string schema;  // "kernwise.plan/1"
  std::string name;    // "plan", "experiment.mulder"
  Json root;           // the whole object
  // What the command found: "result" of an envelope, or the whole of a plan file.
  const Json& body() const { return root.contains("result") ? root["result"] : root; }
};

// kInvalidInput: no JSON, too large (64 MiB, 2 Mi entries, 32 levels), no object, no schema of
// ours, of another major version, without its result, or an error document (its message is passed
// on).
Result<Document> parse_document(std::string_view text, const std::string& file);

// Members of one object. The first mistake is kept, for all objects that were reached from one
// root, and everything after it reads as empty: a reader is one line per key, and asks once at
// the end.
class Fields {
 public:
  // `mistake` must outlive it. `path`: "" for the root of a document's body.
  Fields(const Json& object, std::string path, std::string& mistake);

  std::string text(const char* key) const;              // "" if it is missing or null
  std::string name(const char* key) const;              // must be there
  std::optional<double> number(const char* key) const;  // empty if it is missing or null
  double quantity(const char* key) const;               // must be there, and not negative
  int64_t count(const char* key) const;                 // a whole number >= 0; 0 if missing or null
  bool flag(const char* key) const;                     // false if it is missing or null
  bool has(const char* key) const;                      // there and not null
  Fields object(const char* key) const;                 // must be there
  std::vector<Fields> list(const char* key) const;      // of objects; must be there
  std::vector<double> numbers(const char* key) const;   // empty if it is missing or null
  std::vector<std::string> texts(const char* key) const;
  // The raw value, null if it is missing.
  const Json& raw(const char* key) const;

  void fail(const char* key, const std::string& what) const;

 private:
  const Json* object_;
  std::string path_;
  std::string* mistake_;
};

}  // namespace kernwise::detail
