// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/store/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "kernwise/base/rng.h"
#include "store/store_fixture.h"

namespace kernwise {
namespace {

constexpr std::string_view kHead =
    "device,problem,primitive,revision,threads,metric,protocol,libraries,status,reason,runs_s,"
    "median_s,spread,grade,workspace_bytes,packed_bytes,reference_drift,session\n";

std::string error_of(const std::string& text) {
  const auto result = parse_measurements_csv(text);
  return result.ok() ? "no error" : to_string(result.error());
}

// The columns and how they are spelt: other programs read them.
TEST(CsvTest, LooksLikeThis) {
  Measurement m = sample_measurement(1, 3);
  m.status = MeasurementStatus::kRefused;
  m.reason = "stride 2, \"no\"";
  EXPECT_EQ(to_csv({&m, 1}),
            std::string(kHead) +
                "0123456789abcdef,conv:n1ic1ih56,primitive-1,1,1,time,cold-1,onednn-2.6.3,refused,"
                "\"stride 2, \"\"no\"\"\",0.001000001 0.0011 0.0009,0.001000001,0.03,C,64,"
                "1099511627777,-0.01,3\n");
}

// Through a file and back, bit by bit, whatever the texts hold.
TEST(CsvTest, GivesBackWhatWasWritten) {
  const TemporaryFolder folder;
  rc::check([&] {
    std::vector<Measurement> put;
    const int count = *rc::gen::inRange(0, 6);
    const auto awkward = rc::gen::container<std::string>(
        rc::gen::element('a', ',', '"', '\n', '\r', ' ', '\0', '\xff'));
    for (int i = 0; i < count; ++i) {
      Measurement m = sample_measurement(i, i);
      m.key.device = *awkward;
      m.key.problem = *awkward;
      m.reason = *awkward;
      m.median_s = std::ldexp(static_cast<double>(*rc::gen::arbitrary<int64_t>()),
                              *rc::gen::inRange(-900, 900));
      m.runs_s.assign(static_cast<std::size_t>(*rc::gen::inRange(0, 4)), m.median_s);
      put.push_back(m);
    }
    RC_ASSERT(write_measurements_csv(put, folder / "m.csv").ok());
    const auto got = read_measurements_csv(folder / "m.csv");
    RC_ASSERT(got.ok());
    RC_ASSERT(got->size() == put.size());
    for (std::size_t i = 0; i < put.size(); ++i) {
      RC_ASSERT((*got)[i].key == put[i].key);
      RC_ASSERT((*got)[i].reason == put[i].reason);
      RC_ASSERT((*got)[i].runs_s == put[i].runs_s);
      RC_ASSERT((*got)[i].median_s == put[i].median_s);
      RC_ASSERT((*got)[i].packed_bytes == put[i].packed_bytes);
      RC_ASSERT((*got)[i].session == put[i].session);
    }
  });
}

// Spreadsheets write CRLF, a byte order mark, columns in another order and more of them.
TEST(CsvTest, TakesWhatSpreadsheetsWrite) {
  std::string text =
      "\xef\xbb\xbfnote,session,grade,device,problem,primitive,revision,threads,metric,protocol,"
      "libraries,status,reason,runs_s,median_s,spread,workspace_bytes,packed_bytes,"
      "reference_drift\r\n"
      "\"two\r\nlines\",7,B,d,p,x,2,1,time,cold-1,l,ok,,,1e-3,0.5,0,0,0\r\n\r\n";
  const auto got = parse_measurements_csv(text);
  ASSERT_TRUE(got.ok()) << to_string(got.error());
  ASSERT_EQ(got->size(), 1u);
  EXPECT_EQ((*got)[0].session, 7);
  EXPECT_EQ((*got)[0].grade, 'B');
  EXPECT_EQ((*got)[0].key.revision, 2);
  EXPECT_TRUE((*got)[0].runs_s.empty());
  EXPECT_EQ((*got)[0].median_s, 1e-3);
}

// What is wrong, and on which line.
TEST(CsvTest, NamesTheLine) {
  const Measurement m = sample_measurement(1, 3);
  const std::string good = to_csv({&m, 1});
  const std::string row = good.substr(kHead.size());
  const auto with = [&](const std::string& old, const std::string& now) {
    std::string text = row;
    return good + text.replace(text.find(old), old.size(), now);
  };
  EXPECT_NE(error_of(with(",C,", ",G,")).find("line 3: 'G' is no grade"), std::string::npos);
  EXPECT_NE(error_of(with(",ok,", ",OK,")).find("line 3: 'OK' is no status"), std::string::npos);
  EXPECT_NE(error_of(with("0.0011 ", "0.0011  ")).find("is no runs_s"), std::string::npos);
  EXPECT_NE(error_of(with("0.0011 ", "nan ")).find("is no runs_s"), std::string::npos);
  EXPECT_NE(error_of(with(",0.03,", ",inf,")).find("'inf' is no spread"), std::string::npos);
  EXPECT_NE(error_of(with(",64,", ",64.5,")).find("is no workspace_bytes"), std::string::npos);
  EXPECT_NE(error_of(with(",64,", ",99999999999999999999,")).find("is no workspace_bytes"),
            std::string::npos);
  EXPECT_NE(error_of(with(",64,", ",")).find("17 fields where the first line has 18"),
            std::string::npos);
  EXPECT_NE(error_of(with(",time,", ",ti\"me,")).find("line 3: a quote inside"), std::string::npos);
  EXPECT_NE(error_of(with(",time,", ",\"time\"x,")).find("line 3: text behind"), std::string::npos);
  EXPECT_NE(error_of(with(",time,", ",\"time,")).find("line 3: a quote is never closed"),
            std::string::npos);
  EXPECT_NE(error_of("a,b\n1,2\n").find("no column 'device'"), std::string::npos);
  EXPECT_NE(error_of("").find("is empty"), std::string::npos);
  EXPECT_NE(error_of("\n\n").find("is empty"), std::string::npos);
}

TEST(CsvTest, NamesTheFile) {
  const TemporaryFolder folder;
  write_content(folder / "bad.csv", "x\n");
  const auto result = read_measurements_csv(folder / "bad.csv");
  ASSERT_FALSE(result.ok());
  EXPECT_NE(to_string(result.error()).find("bad.csv"), std::string::npos);
  EXPECT_FALSE(read_measurements_csv(folder / "none.csv").ok());
}

// Damaged text gives measurements or an error; what it gives can be written and read again.
TEST(CsvTest, SurvivesDamage) {
  const auto batch = sample_batch(0, 5, 1);
  const std::string whole = to_csv(batch);
  Rng rng;
  for (int round = 0; round < 3000; ++round) {
    std::string text = whole;
    for (int64_t hits = rng.integer(1, 4); hits > 0; --hits) {
      const auto at = static_cast<std::size_t>(
          rng.integer(static_cast<int64_t>(kHead.size()), static_cast<int64_t>(text.size()) - 1));
      constexpr std::string_view kBytes = ",\"\n\r 0e-.\xff";
      text[at] =
          kBytes[static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(kBytes.size()) - 1))];
    }
    const auto got = parse_measurements_csv(text);
    if (!got.ok()) continue;
    const auto again = parse_measurements_csv(to_csv(*got));
    ASSERT_TRUE(again.ok()) << to_string(again.error());
    EXPECT_EQ(to_csv(*again), to_csv(*got));
  }
}

}  // namespace
}  // namespace kernwise
