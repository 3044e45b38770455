// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise fleet` as a user would run it, on made-up tables; and a probe of one small design.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/process.h"
#include "kernwise/base/file.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

std::string content(const std::filesystem::path& file) {
  return read_file(file, Bytes{1 << 20}).value();
}

// Every 25th design of NAS-Bench-201: costs of two known devices and of one with `samples` values.
void write_tables(const Playground& here) {
  std::string costs = "arch_idx,e10,e20,e21,e30,e31,e32,one,two,new\n";
  std::string accuracy = "arch_idx,e10,e20,e21,e30,e31,e32,test_acc\n";
  const double price[5] = {0, 0.05, 0.2, 0.5, 0.15}, worth[5] = {0, 2, 4, 8, 1};
  int row = 0;
  for (int index = 0; index < 15625; ++index) {
    std::string cells = std::to_string(index);
    double log_cost = 0, score = 40;
    for (int digit = 3125; digit > 0; digit /= 5) {
      const int choice = index / digit % 5;
      cells += ',';
      cells += std::to_string(choice);
      log_cost += price[choice];
      score += worth[choice];
    }
    accuracy += cells;
    accuracy += ',';
    accuracy += std::to_string(score);
    accuracy += '\n';
    if (index % 25 != 7) continue;
    const double cost = std::exp(log_cost);
    costs += cells;
    for (const double value : {cost, 3 * std::pow(cost, 1.2)}) {
      costs += ',';
      costs += std::to_string(value);
    }
    costs += ',';
    if (row++ % 60 == 0) costs += std::to_string(2 * cost);
    costs += '\n';
  }
  here.write("lat.csv", costs);
  here.write("acc.csv", accuracy);
  here.write("devices.csv", "device,max_latency_ms\nnew,10\none,\nunknown,5\n");
}

const std::vector<std::string> kFleet = {"fleet",     "devices.csv", "--accuracy",   "acc.csv",
                                         "--latency", "lat.csv",     "--constraint", "latency=4ms"};

std::vector<std::string> with(std::vector<std::string> more) {
  std::vector<std::string> words = kFleet;
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(FleetCommand, PicksADesignForEachDeviceThatItKnowsEnoughOf) {
  const Playground here;
  write_tables(here);
  const Finished run = here.run(with({"--json", "-o", "picks.csv", "--ask", "ask.csv"}));
  EXPECT_EQ(run.code, 1) << run.err;  // nothing is known of one device
  const Json document = Json::parse(run.out, nullptr, false);
  ASSERT_FALSE(document.is_discarded()) << run.out;
  EXPECT_EQ(document.at("schema"), "kernwise.fleet/1");
  const Json& picks = document.at("result").at("picks");
  ASSERT_EQ(picks.size(), 3U);
  EXPECT_EQ(picks[0].at("device"), "new");
  EXPECT_EQ(picks[0].at("samples"), 11);
  ASSERT_TRUE(picks[0].at("keeps_bounds"));
  EXPECT_LE(picks[0].at("costs")[0].at("high_ms").get<double>(), 12);
  EXPECT_TRUE(picks[2].at("design").is_null());
  EXPECT_EQ(picks[2].at("measure_next").size(), 5U);
  const std::string chosen = content(here.file("picks.csv")), asks = content(here.file("ask.csv"));
  EXPECT_EQ(
      chosen.rfind("device,design,arch_idx,candidate,e10,e20,e21,e30,e31,e32,keeps_bounds,", 0), 0U)
      << chosen;
  EXPECT_EQ(std::count(chosen.begin(), chosen.end(), '\n'), 4);
  EXPECT_EQ(asks.rfind("device,e10,e20,e21,e30,e31,e32,design\n", 0), 0U) << asks;
  EXPECT_GE(std::count(asks.begin(), asks.end(), '\n'), 6);
}

TEST(FleetCommand, SaysWhatIsWrong) {
  const Playground here;
  write_tables(here);
  EXPECT_EQ(here.run({"fleet"}).code, 2);
  EXPECT_EQ(here.run({"fleet", "devices.csv"}).code, 2);
  EXPECT_EQ(here.run(with({"--constraint", "energy=3mJ"})).code, 2);
  EXPECT_EQ(here.run(with({"--space", "fbnet"})).code, 2);
  EXPECT_EQ(here.run(with({"--space", "nowhere"})).code, 2);
  EXPECT_EQ(here.run(with({"--planned"})).code, 2);
  EXPECT_EQ(here.run({"fleet", "probe", "ask.csv", "--constraint", "latency=3ms"}).code, 2);
  here.write("devices.csv", "device,max_energy_mJ\nnew,10\n");
  const Finished energy = here.run(kFleet);
  EXPECT_EQ(energy.code, 2);
  EXPECT_NE(energy.err.find("max_energy_mJ"), std::string::npos) << energy.err;
  EXPECT_EQ(here.run({"fleet", "probe"}).code, 2);
  here.write("bad.csv", "design\n|sin~0|+|\n");
  const Finished bad = here.run({"fleet", "probe", "bad.csv"});
  EXPECT_EQ(bad.code, 2);
  EXPECT_NE(bad.err.find("sin"), std::string::npos) << bad.err;
}

TEST(FleetCommand, PrintsASpaceThatItReads) {
  const Playground here;
  const Finished printed = here.run({"fleet", "space", "nb201"});
  ASSERT_EQ(printed.code, 0) << printed.err;
  here.write("mine.json", printed.out);
  EXPECT_EQ(here.run({"fleet", "space", "mine.json"}).out, printed.out);
}

TEST(FleetCommand, ProbesADesignAndGoesOnWhereItWas) {
  const Playground here;
  here.write("ask.csv",
             "device,e10,e20,e21,e30,e31,e32\nhere,1,0,0,2,0,0\nelsewhere,3,3,3,3,3,3\n");
  const std::vector<std::string> words = {"fleet", "probe",    "ask.csv",  "--device",
                                          "here",  "--repeat", "3",        "--budget",
                                          "2s",    "-o",       "here.csv", "--json"};
  for (const bool again : {false, true}) {
    const Finished run = here.run(words);
    ASSERT_EQ(run.code, 0) << run.err;
    const Json result = Json::parse(run.out).at("result");
    EXPECT_EQ(result.at(again ? "resumed" : "measured"), 1);
    EXPECT_GT(result.at("measurements")[0].at("latency_s").get<double>(), 0);
  }
}

// What the store knows of the layers is enough for a planned latency, and nothing is run for it.
TEST(FleetCommand, TakesLatenciesFromTheStore) {
  const Playground here;
  here.write("ask.csv", "e10,e20,e21,e30,e31,e32\n1,0,0,2,0,0\n");
  ASSERT_EQ(here.run({"fleet", "probe", "ask.csv", "--repeat", "3", "--budget", "2s"}).code, 0);
  const Finished run = here.run(
      {"fleet", "probe", "ask.csv", "--planned", "--budget", "0s", "-o", "lat.csv", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const Json document = Json::parse(run.out);
  const Json& one = document.at("result").at("measurements")[0];
  EXPECT_EQ(one.at("latency_s"), one.at("predicted_s"));
  EXPECT_GT(one.at("latency_s").get<double>(), 0);
  EXPECT_FALSE(document.at("warnings").empty());
  EXPECT_EQ(document.at("result").at("planned"), 1);
  EXPECT_NE(content(here.file("lat.csv")).find("-planned\n"), std::string::npos);
  // Nobody may go on from planned latencies as if they were measured.
  EXPECT_EQ(here.run({"fleet", "probe", "ask.csv", "--repeat", "3", "-o", "lat.csv"}).code, 2);
}

TEST(FleetCommand, FeaturesSpeakForWhatWasNeverMeasured) {
  const Playground here;
  write_tables(here);
  here.write("bad.csv", "device,rate\none,fast\n");
  const Finished bad = here.run(with({"--features", "bad.csv"}));
  EXPECT_EQ(bad.code, 2);
  EXPECT_NE(bad.err.find("line 2"), std::string::npos) << bad.err;
  here.write("few.csv", "device,rate\none,1\ntwo,2\nunknown,3\n");
  EXPECT_EQ(here.run(with({"--features", "few.csv"})).code, 2);
  EXPECT_EQ(here.run(with({"--baseline", "operations", "--method", "adapt"})).code, 2);
  EXPECT_EQ(here.run(with({"--baseline", "magic"})).code, 2);
}

}  // namespace
}  // namespace kernwise
