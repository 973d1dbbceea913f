#include <cmath>

#include "core/eval/metric.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/core/eval/eval_testing.h"

namespace stanflow {
namespace {

nlohmann::json Measure(const Metric& metric, const EvalRows& real, const EvalRows& synthetic) {
  EvalInput input;
  input.real = &real;
  input.synthetic = &synthetic;
  input.options.jsd_repeats = 3;
  nlohmann::json report;
  EXPECT_TRUE(metric.measure(input, &report).ok());
  return report;
}

EvalRows Rows(const FlowTable& flows) { return EvalRowsOf(flows, TestHomes()); }

TEST(DivergenceMetric, TwoDrawsOfOneProcessComeOutAtTheFloor) {
  const auto report =
      Measure(kDivergenceMetric, Rows(SpreadFlows(8000, 20, 6, 1)), Rows(SpreadFlows(8000, 20, 6, 2)));
  for (const char* name : {"bytes", "protocol", "remote_port", "time_delta"}) {
    const auto& jsd = report["jsd"][name];
    EXPECT_LT(jsd["value"].get<double>(), 2 * jsd["floor"].get<double>() + 0.002) << name;
    EXPECT_LT(jsd["last_quarter"].get<double>(), 2 * jsd["last_quarter_floor"].get<double>() + 0.002) << name;
  }
}

TEST(DivergenceMetric, SeesADriftThatOnlyTheLastQuarterHas) {
  int i = 0;
  const FlowTable drifting = SpreadFlows(8000, 20, 6, 2, [&i](double, double, Flow* flow) {
    if (++i > 6000) flow->protocol = kUdp;
  });
  const auto jsd =
      Measure(kDivergenceMetric, Rows(SpreadFlows(8000, 20, 6, 1)), Rows(drifting))["jsd"]["protocol"];
  EXPECT_GT(jsd["last_quarter"].get<double>(), 0.3);
  EXPECT_LT(jsd["value"].get<double>(), 0.15);
  EXPECT_LT(jsd["last_quarter_floor"].get<double>(), 0.01);
}

TEST(DivergenceMetric, ADailyCycleThatBothHaveIsNotCountedAsADifference) {
  const auto cycle = [](double u, double, Flow* flow) {
    if (u < ((flow->end_ms / kHourMs) % 2 == 0 ? 0.9 : 0.1)) flow->protocol = kUdp;
  };
  // The synthetic stream has hours 0 to 3, the real set 0 to 7, and mostly later ones.
  const auto jsd = Measure(kDivergenceMetric, Rows(SpreadFlows(16000, 20, 8, 1, cycle)),
                           Rows(SpreadFlows(7000, 20, 1, 2, cycle)))["jsd"]["protocol"];
  EXPECT_LT(jsd["value"].get<double>(), 0.01);
}

TEST(DivergenceMetric, BothSidesHaveOneStatedSize) {
  const EvalRows real = Rows(SpreadFlows(4000, 10, 4, 1)), synthetic = Rows(SpreadFlows(1000, 10, 4, 2));
  const auto settings = Measure(kDivergenceMetric, real, synthetic)["jsd_settings"];
  EXPECT_EQ(settings["rows_per_side"], 250);  // the last quarter of the smaller set
  EXPECT_EQ(settings["real_host_hours"], 40);
}

TEST(DivergenceMetric, TakesAsManyRowsAsAskedAndTheSameOnesAgain) {
  const EvalRows real = Rows(SpreadFlows(4000, 10, 4, 1)), synthetic = Rows(SpreadFlows(4000, 10, 4, 2));
  EvalInput input;
  input.real = &real;
  input.synthetic = &synthetic;
  input.options.jsd_repeats = 2;
  input.options.jsd_rows = 100;
  nlohmann::json report, again;
  ASSERT_TRUE(kDivergenceMetric.measure(input, &report).ok());
  EXPECT_EQ(report["jsd_settings"]["rows_per_side"], 100);
  ASSERT_TRUE(kDivergenceMetric.measure(input, &again).ok());
  EXPECT_EQ(again, report);
}

TEST(ComparingMetrics, StopWhenAsked) {
  const EvalRows rows = Rows(SpreadFlows(400, 10, 4, 1));
  EvalInput input;
  input.real = input.synthetic = &rows;
  input.stop_requested = [] { return true; };
  nlohmann::json report;
  for (const Metric* metric : {&kDivergenceMetric, &kAssociationMetric, &kAutocorrelationMetric})
    EXPECT_TRUE(absl::IsCancelled(metric->measure(input, &report))) << metric->title;
}

TEST(RulesMetric, CountsSharesOfAllRowsByEachSetsOwnHome) {
  FlowTable flows;
  for (int i = 0; i < 8; ++i) flows.Append(WebFlow(kTestMidnight + i, 0));
  Flow udp_web = WebFlow(kTestMidnight + 10, 0), small = udp_web, foreign = udp_web;
  udp_web.protocol = kUdp;
  small.bytes = 83;  // 42 bytes a packet are 84
  foreign.source_address = kTestRemote + 7;
  const FlowTable real = flows;
  flows.Append(udp_web);
  flows.Append(small);
  flows.Append(foreign);
  Flow icmp = small;
  icmp.protocol = kIcmp;
  icmp.destination_port = 0;
  flows.Append(icmp);
  const auto rules = Measure(kRulesMetric, Rows(real), Rows(flows))["rules"];
  EXPECT_EQ(rules["T1"]["real"], 1.0);
  EXPECT_DOUBLE_EQ(rules["T1"]["synthetic"], 11.0 / 12);
  EXPECT_DOUBLE_EQ(rules["T2"]["synthetic"], 11.0 / 12);
  EXPECT_DOUBLE_EQ(rules["T3"]["synthetic"], 10.0 / 12);
  EXPECT_DOUBLE_EQ(rules["T3_tcp_udp"]["synthetic"], 10.0 / 11);
}

TEST(TopValuesMetric, ComparesTheSharesOfTheRealSetsMostFrequentValues) {
  const auto ports = [](double web) {
    return [web](double u, double v, Flow* flow) {
      flow->destination_port = u < web ? 443 : static_cast<uint16_t>(1024 + 60000 * v);
    };
  };
  EvalInput input;
  const EvalRows real = Rows(SpreadFlows(4000, 10, 4, 1, ports(0.8))),
                 synthetic = Rows(SpreadFlows(4000, 10, 4, 2, ports(0.3)));
  input.real = &real;
  input.synthetic = &synthetic;
  input.options.top_k = 1;
  nlohmann::json report;
  ASSERT_TRUE(kTopValuesMetric.measure(input, &report).ok());
  const auto& got = report["top_values"]["remote_port"];
  EXPECT_NEAR(got["real"].get<double>(), 0.8, 0.03);
  EXPECT_NEAR(got["synthetic"].get<double>(), 0.3, 0.03);
  EXPECT_NEAR(got["floor_other_half"].get<double>(), 0.8, 0.03);
  EXPECT_EQ(got["values"][0]["value"], "443");
}

TEST(HostHoursMetric, CountsRowsOfWholeHours) {
  FlowTable flows;
  for (int i = 0; i < 6; ++i) flows.Append(WebFlow(kTestMidnight + i, i < 4 ? 0 : 1));
  flows.Append(WebFlow(kTestMidnight + kHourMs, 0));  // the hour in which the stream ends
  const auto got = Measure(kHostHoursMetric, Rows(flows), Rows(flows))["rows_per_host_hour"];
  EXPECT_EQ(got["synthetic"]["host_hours"], 2);
  EXPECT_EQ(got["synthetic"]["mean"], 3.0);
  EXPECT_EQ(got["synthetic"]["p5"], 2.0);
  EXPECT_EQ(got["synthetic"]["p95"], 4.0);
  EXPECT_EQ(got["real"]["host_hours"], 3);
}

TEST(LikelihoodMetric, WritesTheStableFieldsAndNothingWithoutAModel) {
  const EvalRows rows = Rows(SpreadFlows(8, 1, 1, 1));
  EXPECT_TRUE(Measure(kLikelihoodMetric, rows, rows).is_null());
  Likelihood likelihood;
  likelihood.exact_per_row = {27.5, 0.25};
  likelihood.exact[static_cast<int>(Attribute::kRemoteAddress)] = {9.5, NAN};
  likelihood.paper_duration = {0.4, 0.01};
  EvalInput input;
  input.likelihood = &likelihood;
  nlohmann::json report;
  ASSERT_TRUE(kLikelihoodMetric.measure(input, &report).ok());
  EXPECT_EQ(report["likelihood"]["exact_nats_per_row"], 27.5);
  EXPECT_EQ(report["likelihood"]["exact_nats"]["remote_address"], 9.5);
  EXPECT_TRUE(report["likelihood"]["exact_nats_se"]["remote_address"].is_null());
  EXPECT_EQ(report["likelihood"]["paper_nats"]["duration"], 0.4);
  EXPECT_EQ(report["likelihood"]["exact_nats"].size(), kNumAttributes);
}

}  // namespace
}  // namespace stanflow
