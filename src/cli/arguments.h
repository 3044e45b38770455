// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The arguments of one command: declared by the command, parsed by CLI11, checked here. Declaring
// binds a variable whose value is the default; the order on the command line never matters, a flag
// given twice counts with its last value, and each boolean has its --no- twin.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"

namespace kernwise::cli {

// One line of the help.
struct ArgumentHelp {
  std::string spelling;  // "-o, --output FILE", "--budget TIME", "MODEL"
  std::string text;
  bool common = false;     // taken by every command
  std::string group = {};  // the heading it stands under; may be empty
};

enum class Repeat : uint8_t {
  kOnce,          // one value each time the flag stands there: --layer a --layer b
  kList,          // any number of values behind it: --network a.onnx b.onnx
  kCommaOrTwice,  // --primitives a,b
};

class Arguments {
 public:
  Arguments();
  ~Arguments();
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  // `names`: "--json" or "-o,--output". `value`: what the help calls the value.
  void flag(const std::string& names, bool& target, const std::string& help);
  void text(const std::string& names, std::string& target, const std::string& value,
            const std::string& help);
  void path(const std::string& names, std::filesystem::path& target, const std::string& value,
            const std::string& help);
  void texts(const std::string& names, std::vector<std::string>& target, const std::string& value,
             Repeat repeat, const std::string& help);
  void choice(const std::string& names, std::string& target,
              const std::vector<std::string>& choices, const std::string& help);
  void integer(const std::string& names, int64_t& target, int64_t low, int64_t high,
               const std::string& help);
  void number(const std::string& names, double& target, double low, double high,
              const std::string& help);
  void duration(const std::string& names, Seconds& target, const std::string& help);
  void bytes(const std::string& names, Bytes& target, const std::string& help);
  // name:1,3,224,224
  void shapes(const std::string& names, std::map<std::string, std::vector<int64_t>>& target,
              const std::string& help);
  void positional(const std::string& name, std::string& target, const std::string& help);
  void positionals(const std::string& name, std::vector<std::string>& target,
                   const std::string& help);

  // What is declared from now on stands in the help under this heading.
  void begin_group(const std::string& title) { group_ = title; }
  // What is declared from now on is common to all commands.
  void begin_common() { common_ = true; }

  // kInvalidInput on the first thing that is wrong, with "did you mean" for an unknown flag.
  Status parse(const std::string& command, const std::vector<std::string>& words);

  // True if the flag stood on the command line.
  bool given(const std::string& name) const;
  // True if this flag (with its dashes) is known and is followed by a value.
  bool takes_value(const std::string& flag) const;
  const std::vector<ArgumentHelp>& help() const { return help_; }

 private:
  using Parser = std::function<Status(const std::string&)>;
  void value(const std::string& names, const std::string& value_name, const std::string& help,
             Parser parser);
  void declare(const std::string& names, const std::string& value_name, const std::string& help);
  Status check_flags(const std::string& command, const std::vector<std::string>& words) const;

  struct Parsing;
  std::unique_ptr<Parsing> parsing_;
  std::vector<ArgumentHelp> help_;
  std::string group_;
  bool common_ = false;
};

}  // namespace kernwise::cli
