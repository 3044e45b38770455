// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "kernwise/store/store.h"

namespace kernwise {
namespace {

class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST(DefaultPathTest, LiesInTheDataFolder) {
  const Variable home("HOME", "/home/somebody");
  {
    const Variable data("XDG_DATA_HOME", "/data");
    EXPECT_EQ(default_store_path(), "/data/kernwise/measurements.db");
  }
  for (const char* ignored : {static_cast<const char*>(nullptr), "", "relative/data"}) {
    const Variable data("XDG_DATA_HOME", ignored);
    EXPECT_EQ(default_store_path(), "/home/somebody/.local/share/kernwise/measurements.db");
  }
}

// Without a home variable the user data base knows.
TEST(DefaultPathTest, IsAbsoluteWithoutVariables) {
  const Variable home("HOME", nullptr);
  const Variable data("XDG_DATA_HOME", nullptr);
  EXPECT_TRUE(default_store_path().is_absolute());
  EXPECT_EQ(default_store_path().filename(), "measurements.db");
}

}  // namespace
}  // namespace kernwise
