// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/csv_table.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>

#include "kernwise/base/csv.h"

namespace kernwise {
namespace {

namespace fs = std::filesystem;

std::string what(const Result<CsvTable>& table) {
  return table.ok() ? "no error" : to_string(table.error());
}

TEST(Csv, CellsComeBackWithoutQuotesAndBlanks) {
  const auto table = parse_csv("\xEF\xBB\xBFname, cost\r\n\"a, \"\"b\"\"\", 1\r\n\nplain,\n,\"\"");
  ASSERT_TRUE(table.ok()) << what(table);
  EXPECT_EQ(table->header(), (std::vector<std::string>{"name", "cost"}));
  ASSERT_EQ(table->rows(), 3U);
  EXPECT_EQ(table->cell(0, 0), "a, \"b\"");
  EXPECT_EQ(table->cell(0, 1), "1");
  EXPECT_EQ(table->cell(1, 0), "plain");
  EXPECT_EQ(table->cell(1, 1), "");
  EXPECT_EQ(table->cell(2, 1), "");
  EXPECT_EQ(table->column("cost"), 1U);
  EXPECT_FALSE(table->column("Cost"));
}

// A line of commas, or a megabyte of line ends that are records, may not take gigabytes.
TEST(Csv, HostileTablesAreRefusedAtALimit) {
  const std::string wide(kMostCsvFields + 5, ',');
  EXPECT_NE(what(parse_csv(wide)).find("cells in one record"), std::string::npos);
  EXPECT_NE(what(parse_csv("a,b\n" + wide + wide)).find("line 2"), std::string::npos);
  // Rows of blanks take more memory than text.
  EXPECT_NE(what(parse_csv("a,b,c\n,,\n,,\n,,\n", 8)).find("line 4: more than 8 cells"),
            std::string::npos);
  EXPECT_TRUE(parse_csv("a,b,c\n,,\n,,\n", 8).ok());
}

// Line numbers are those of an editor, also after a cell of two lines.
TEST(Csv, LinesAreCountedAsAnEditorDoes) {
  const auto table = parse_csv("a,b\n\"1\n2\",3\n4,5\n");
  ASSERT_TRUE(table.ok()) << what(table);
  EXPECT_EQ(table->line(0), 2U);
  EXPECT_EQ(table->line(1), 4U);
  EXPECT_NE(what(parse_csv("a,b\n1,2\n3\n")).find("line 3 has 1 cells"), std::string::npos);
}

TEST(Csv, BrokenTablesAreRefused) {
  EXPECT_FALSE(parse_csv("").ok());
  EXPECT_FALSE(parse_csv("\n\n").ok());
  EXPECT_FALSE(parse_csv("a,,b\n").ok());
  EXPECT_FALSE(parse_csv("a,a\n").ok());
  EXPECT_FALSE(parse_csv("a,b\n\"1,2\n").ok());
  EXPECT_FALSE(parse_csv("a,b\n\"1\"2,3\n").ok());
}

TEST(Csv, ATableOutlivesItsCopiesSource) {
  CsvTable copy;
  {
    const auto table = parse_csv("a\n12345\n");
    ASSERT_TRUE(table.ok());
    copy = *table;
  }
  EXPECT_EQ(copy.cell(0, 0), "12345");
}

TEST(Csv, CompressedFilesAreReadAndLimited) {
  const fs::path path = fs::temp_directory_path() / "kernwise_csv_test.csv.gz";
  {
    gzFile file = gzopen(path.c_str(), "wb");
    const std::string text = "a\n" + std::string(100000, '1') + "\n";
    ASSERT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())),
              static_cast<int>(text.size()));
    gzclose(file);
  }
  const auto table = read_csv(path);
  ASSERT_TRUE(table.ok()) << what(table);
  EXPECT_EQ(table->cell(0, 0).size(), 100000U);
  EXPECT_NE(what(read_csv(path, {5000})).find("larger than the limit"), std::string::npos);
  fs::resize_file(path, fs::file_size(path) / 2);
  EXPECT_FALSE(read_csv(path).ok());
  fs::remove(path);
  EXPECT_FALSE(read_csv(path).ok());
  EXPECT_FALSE(read_csv(fs::temp_directory_path()).ok());
}

}  // namespace
}  // namespace kernwise
