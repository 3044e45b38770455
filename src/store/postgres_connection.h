// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A connection that outlives its server: work is given as a whole transaction, and where the
// connection breaks it is made again and the transaction repeated, until patience ends. Whether a
// commit that broke off took place cannot be known, so every transaction must be harmless when it
// is done twice; that is why rows have digests and leases have numbers.
// Thread-safety: none.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <pqxx/pqxx>
#include <string>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/store/store.h"
#include "postgres_errors.h"

namespace kernwise::detail {

// How long the server may be away before that is an error, and what ends the waiting before.
struct Patience {
  Seconds longest{0};
  const StopFlag* stop = nullptr;
  Seconds opening{0};  // the same for the first connection: who mistyped a name should not wait
};

class PostgresConnection {
 public:
  // Connects.
  static Result<std::unique_ptr<PostgresConnection>> open(const std::string& location,
                                                          StoreMode mode, Patience patience);

  const std::string& shown() const { return shown_; }

  // An error of `body` rolls back and is returned within the location.
  template <typename T>
  Result<T> transact(std::string_view doing, const std::function<Result<T>(pqxx::work&)>& body) {
    for (Waiting waiting(patience_);;) {
      try {
        connect();
        pqxx::work transaction(*connection_);
        Result<T> result = body(transaction);
        if (!result.ok()) return std::move(result).error().within(shown_);
        transaction.commit();
        return result;
      } catch (const std::exception& exception) {
        if (!is_connection_lost(exception)) return database_error(exception, doing, shown_);
        connection_.reset();
        if (!waiting.wait()) return given_up(exception, doing);
      }
    }
  }

 private:
  class Waiting {
   public:
    explicit Waiting(const Patience& patience);
    // Sleeps a while, longer every time. False at once when patience has ended.
    bool wait();

   private:
    const Patience& patience_;
    std::chrono::steady_clock::time_point end_;
    std::chrono::milliseconds next_{50};
  };

  PostgresConnection(std::string location, StoreMode mode, Patience patience);
  void connect();  // throws
  Error given_up(const std::exception& exception, std::string_view doing) const;

  std::string location_;
  std::string shown_;
  StoreMode mode_;
  Patience patience_;
  std::unique_ptr<pqxx::connection> connection_;
};

}  // namespace kernwise::detail
