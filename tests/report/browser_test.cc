// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The page in a real browser: headless Chromium with the real Chart.js. Skipped, with a line that
// says so, where one of them is missing (tools/packages/report.txt).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "kernwise/base/file.h"
#include "kernwise/base/temporary_folder.h"
#include "report/sample_documents.h"

namespace kernwise {
namespace {

struct Browsed {
  int status = -1;
  std::string dom, console;
};

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The page as it stands after its scripts have run, and what they said.
Browsed browse(const std::filesystem::path& folder, const std::string& html) {
  const std::filesystem::path page = folder / "page.html";
  EXPECT_TRUE(write_file(page, html).ok());
  const std::string command =
      "HOME='" + folder.string() +
      "' timeout 120 " KERNWISE_CHROMIUM
      " --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run"
      " --enable-logging=stderr --log-level=0 --virtual-time-budget=4000 --user-data-dir='" +
      (folder / "profile").string() + "' --dump-dom 'file://" + page.string() + "' >'" +
      (folder / "dom").string() + "' 2>'" + (folder / "said").string() + "'";
  Browsed browsed;
  browsed.status = std::system(command.c_str());
  browsed.dom = content(folder / "dom");
  std::istringstream said(content(folder / "said"));
  for (std::string line; std::getline(said, line);) {
    if (line.find("CONSOLE") != std::string::npos) browsed.console += line + "\n";
  }
  return browsed;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) {
    ++times;
  }
  return times;
}

class Browser : public testing::Test {
 protected:
  void SetUp() override {
    if (std::string(KERNWISE_CHROMIUM).empty()) {
      GTEST_SKIP() << "chromium was not found (tools/packages/install report.txt)";
    }
    auto library = read_file(kChartLibrary, {8 << 20});
    if (!library.ok()) GTEST_SKIP() << "libjs-chart.js was not found (" << kChartLibrary << ")";
    library_ = std::move(library).value();
  }
  std::string library_;
  TemporaryFolder folder_ = TemporaryFolder::make().value();
};

TEST_F(Browser, DrawsEveryChartWithAnEmptyConsole) {
  const auto page = make_page({sample_documents(), library_, ""});
  ASSERT_TRUE(page.ok());
  EXPECT_LE(page->html.size(), 3U << 20U);
  const Browsed browsed = browse(folder_.path(), page->html);
  ASSERT_EQ(browsed.status, 0) << content(folder_.path() / "said");
  EXPECT_EQ(browsed.console, "");
  EXPECT_EQ(count(browsed.dom, "<canvas"), count(page->html, "class=\"plot\""));
  // Neither a script nor an event handler of a name has run.
  EXPECT_NE(browsed.dom.find("<title>kernwise report</title>"), std::string::npos);
}

// So that an empty console means something.
TEST_F(Browser, WouldShowAnErrorInTheConsole) {
  const auto page = make_page({sample_documents(), "throw new Error('broken on purpose');", ""});
  ASSERT_TRUE(page.ok());
  const Browsed browsed = browse(folder_.path(), page->html);
  EXPECT_NE(browsed.console.find("broken on purpose"), std::string::npos);
  EXPECT_EQ(count(browsed.dom, "<canvas"), 0U);
}

}  // namespace
}  // namespace kernwise
