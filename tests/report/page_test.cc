// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kernwise/report/page_report.h"
#include "report/sample_documents.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

Page page_of(const std::vector<PageInput>& inputs, const std::string& library = "var Chart;") {
  auto page = make_page({inputs, library, "there is none here."});
  EXPECT_TRUE(page.ok()) << to_string(page.error());
  return page.ok() ? std::move(page).value() : Page{};
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) {
    ++times;
  }
  return times;
}

Json charts_of(const Page& page) {
  const std::string begin = "<script type=\"application/json\" id=\"charts\">";
  const std::size_t from = page.html.find(begin) + begin.size();
  return Json::parse(page.html.substr(from, page.html.find("</script>", from) - from));
}

TEST(Page, HasASectionForEveryDocumentInTheirOrder) {
  const std::vector<PageInput> inputs = sample_documents();
  const Page page = page_of(inputs);
  ASSERT_EQ(page.sections.size(), inputs.size() + 1);  // and the curve over both transfers
  for (std::size_t i = 0; i < inputs.size(); ++i) EXPECT_EQ(page.sections[i].file, inputs[i].file);
  EXPECT_EQ(page.sections.back().file, "transfer10.json, transfer25.json");
  EXPECT_TRUE(page.charts);
}

// Names in documents are text wherever they stand: only the page's own elements are elements.
TEST(Page, NamesNeverBecomeElementsOrScripts) {
  const Page page = page_of(sample_documents());
  EXPECT_EQ(count(page.html, "<script"), 3U) << "the data, the library, the page's own";
  EXPECT_EQ(count(page.html, "</script"), 3U);
  EXPECT_EQ(count(page.html, "<img"), 0U);
  EXPECT_GE(count(page.html, "&lt;/script&gt;&lt;script&gt;document.title=&#39;run&#39;"), 10U);
  const Json charts = charts_of(page);
  ASSERT_FALSE(charts.empty());
  EXPECT_NE(charts.dump().find("</script><script>"), std::string::npos) << "the data hold the name";
}

TEST(Page, EveryChartHasItsPlaceAndItsTable) {
  const Page page = page_of(sample_documents());
  const Json charts = charts_of(page);
  EXPECT_GE(charts.size(), 15U);
  for (const Json& chart : charts) {
    const std::string place = "id=\"" + chart.at("id").get<std::string>() + "\"></div>";
    const std::size_t at = page.html.find(place);
    ASSERT_NE(at, std::string::npos) << place;
    const std::size_t table = page.html.find("<table>", at), next = page.html.find("<h3>", at);
    EXPECT_LT(table, next) << chart.at("title");
    for (const Json& series : chart.at("series")) {
      for (const Json& value : series.at("values")) {
        EXPECT_TRUE(value.is_null() || value.is_number());
      }
    }
  }
}

TEST(Page, NeedsNoNetworkAndForbidsIt) {
  const Page page = page_of(sample_documents());
  EXPECT_NE(page.html.find("default-src 'none'"), std::string::npos);
  for (const char* part : {" src=\"", "http://", "https://", "url(", "@import"}) {
    EXPECT_EQ(page.html.find(part), std::string::npos) << part;
  }
  EXPECT_LE(page.html.size(), 3U << 20U);
}

TEST(Page, WithoutTheLibraryTheTablesStandAndThePageSaysSo) {
  const Page page = page_of(sample_documents(), "");
  EXPECT_FALSE(page.charts);
  EXPECT_NE(page.html.find("no charts: there is none here."), std::string::npos);
  EXPECT_EQ(page.html.find("class=\"plot\""), std::string::npos);
  EXPECT_EQ(charts_of(page), Json::array());
  EXPECT_EQ(count(page.html, "<table>"), count(page_of(sample_documents()).html, "<table>"));
}

TEST(Page, AWordInTheLibraryCannotEndIt) {
  const Page page = page_of(sample_documents(), "var a = '</script><script>'; var b = '<!--';");
  EXPECT_NE(page.html.find("var a = '<\\/script><script>'; var b = '<\\!--';"), std::string::npos);
}

TEST(Page, EqualInputGivesAnEqualPage) {
  EXPECT_EQ(page_of(sample_documents()).html, page_of(sample_documents()).html);
}

TEST(Page, WhatCannotBeShownIsAnErrorAndNeverLeftOut) {
  const auto refusal = [](const std::string& text) {
    std::vector<PageInput> inputs = sample_documents();
    inputs.push_back({"last.json", text});
    const auto page = make_page({inputs, "", ""});
    EXPECT_FALSE(page.ok()) << text.substr(0, 100);
    return page.ok() ? std::string() : to_string(page.error());
  };
  EXPECT_NE(refusal("{").find("last.json"), std::string::npos);
  EXPECT_NE(refusal(R"({"schema": "kernwise.jobs/1", "result": {}})").find("has no page"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"traceEvents": []})").find("no \"schema\""), std::string::npos);
  Json plan = Json::parse(sample_documents()[0].text);
  plan["result"]["layers"][0].erase("time_s");
  EXPECT_NE(refusal(plan.dump()).find("result.layers[0].time_s is missing"), std::string::npos);
  plan["result"]["layers"] = 7;
  EXPECT_NE(refusal(plan.dump()).find("result.layers is no list"), std::string::npos);
  EXPECT_FALSE(make_page({}).ok());
}

}  // namespace
}  // namespace kernwise
