// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/format.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace kernwise {
namespace {

TEST(FormatTest, SecondsKeepThreeDigitsAndTakeTheUnitThatFits) {
  EXPECT_EQ(format_seconds({0}), "0 s");
  EXPECT_EQ(format_seconds({3e-10}), "0.30 ns");
  EXPECT_EQ(format_seconds({18.72e-6}), "18.7 us");
  EXPECT_EQ(format_seconds({4.1234e-3}), "4.12 ms");
  EXPECT_EQ(format_seconds({2.5}), "2.50 s");
  EXPECT_EQ(format_seconds({119.4}), "119 s");
  EXPECT_EQ(format_seconds({150}), "2.50 min");
  EXPECT_EQ(format_seconds({-0.25}), "-250 ms");
}

// What rounds up to 1000 of a unit is 1 of the next.
TEST(FormatTest, RoundingNeverShowsAThousandOfAUnit) {
  EXPECT_EQ(format_seconds({0.99949}), "999 ms");
  EXPECT_EQ(format_seconds({0.9996}), "1.00 s");
  EXPECT_EQ(format_seconds({9.9951e-3}), "10.0 ms");
  EXPECT_EQ(format_seconds({99.951e-3}), "100 ms");
  EXPECT_EQ(format_macs({999'600}), "1.00 MMAC");
}

TEST(FormatTest, BytesUsePowersOf1024) {
  EXPECT_EQ(format_bytes({0}), "0 B");
  EXPECT_EQ(format_bytes({1023}), "1023 B");
  EXPECT_EQ(format_bytes({1024}), "1.00 KiB");
  EXPECT_EQ(format_bytes({3'208'642}), "3.06 MiB");
  EXPECT_EQ(format_bytes({(1 << 20) - 1}), "1.00 MiB");
  EXPECT_EQ(format_bytes({int64_t{8} << 30}), "8.00 GiB");
  EXPECT_EQ(format_bytes({std::numeric_limits<int64_t>::max()}), "8388608 TiB");
}

TEST(FormatTest, MacsRatiosAndShares) {
  EXPECT_EQ(format_macs({999}), "999 MAC");
  EXPECT_EQ(format_macs({4'089'000'000}), "4.09 GMAC");
  EXPECT_EQ(format_ratio(1.312), "1.31x");
  EXPECT_EQ(format_ratio(12.34), "12.3x");
  EXPECT_EQ(format_percent(0.034), "3.4 %");
  EXPECT_EQ(format_percent(0), "0.0 %");
  EXPECT_EQ(format_percent(0.09949), "9.9 %");
  EXPECT_EQ(format_percent(0.0995), "10 %");
  EXPECT_EQ(format_percent(1), "100 %");
}

TEST(ParseTest, DurationsTakeUnitsAndFractions) {
  EXPECT_DOUBLE_EQ(parse_duration("90")->value, 90);
  EXPECT_DOUBLE_EQ(parse_duration("1.5s")->value, 1.5);
  EXPECT_DOUBLE_EQ(parse_duration("250ms")->value, 0.25);
  EXPECT_DOUBLE_EQ(parse_duration("7us")->value, 7e-6);
  EXPECT_DOUBLE_EQ(parse_duration("2m")->value, 120);
  EXPECT_DOUBLE_EQ(parse_duration("2min")->value, 120);
  EXPECT_DOUBLE_EQ(parse_duration("1h")->value, 3600);
  EXPECT_DOUBLE_EQ(parse_duration("1e-3s")->value, 1e-3);
  EXPECT_DOUBLE_EQ(parse_duration("0")->value, 0);
}

TEST(ParseTest, BadDurationsAreRefusedWithAnExample) {
  for (const char* text : {"", "s", "-1s", "1d", "1 s", " 1s", "1s ", "nan", "inf", "1e999s", "1ss",
                           "1e308h", "one", "0x10s", "--5"}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(parsed.error().hint.find("250ms"), std::string::npos);
  }
}

TEST(ParseTest, SizesTakeBinaryAndDecimalUnits) {
  EXPECT_EQ(*parse_bytes("512"), Bytes{512});
  EXPECT_EQ(*parse_bytes("512B"), Bytes{512});
  EXPECT_EQ(*parse_bytes("1KiB"), Bytes{1024});
  EXPECT_EQ(*parse_bytes("300MiB"), Bytes{300 << 20});
  EXPECT_EQ(*parse_bytes("4GiB"), Bytes{int64_t{4} << 30});
  EXPECT_EQ(*parse_bytes("2TiB"), Bytes{int64_t{2} << 40});
  EXPECT_EQ(*parse_bytes("64kB"), Bytes{64'000});
  EXPECT_EQ(*parse_bytes("1.5MB"), Bytes{1'500'000});
}

TEST(ParseTest, BadSizesAreRefused) {
  for (const char* text : {"", "MiB", "-1", "1mib", "1e30", "9e18TiB", "1 GiB", "nan", "inf"}) {
    const auto parsed = parse_bytes(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidInput);
  }
}

// Three digits are kept: reading a formatted duration back is off by half a percent at most.
RC_GTEST_PROP(FormatTest, FormattedSecondsReadBack, ()) {
  // From a microsecond (nanoseconds are no unit of input) to a thousand seconds.
  const double seconds = std::pow(10, *rc::gen::inRange(-2999, 6000) / -1000.0);
  std::string text = format_seconds({seconds});
  text.erase(text.find(' '), 1);
  const auto back = parse_duration(text);
  RC_ASSERT(back.ok());
  RC_ASSERT(std::fabs(back->value / seconds - 1) <= 0.00501);
}

}  // namespace
}  // namespace kernwise
