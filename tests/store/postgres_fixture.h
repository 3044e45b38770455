// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// One server for all tests of a program; each test has a database of its own.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "store/postgres_server.h"

namespace kernwise {

class PostgresTest : public testing::Test {
 public:
  static void SetUpTestSuite() {
    if (server_ == nullptr) server_ = PostgresServer::start(why_);
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    if (server_ == nullptr) GTEST_SKIP() << why_;
    location_ = server_->new_database();
  }

 protected:
  PostgresServer& server() { return *server_; }
  const std::string& location() const { return location_; }
  std::string sql(const std::string& statements) { return server_->sql(location_, statements); }

 private:
  inline static std::unique_ptr<PostgresServer> server_;
  inline static std::string why_;
  std::string location_;
};

}  // namespace kernwise
