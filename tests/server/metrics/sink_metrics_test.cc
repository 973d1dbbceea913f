#include "server/metrics/sink_metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/text_serializer.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SinkMetricsTest : public ::testing::Test {
 protected:
  std::string Text() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }
  static SinkReport Report(uint64_t flows) {
    SinkReport report;
    report.sink = "netflow9";
    report.flows = flows;
    report.committed_rows = flows;
    report.flow_end_ms = 86'400'500;
    return report;
  }

  prometheus::Registry registry_;
  SinkMetrics metrics_{&registry_};
};

TEST_F(SinkMetricsTest, EveryKindOfSinkBeginsAtZero) {
  for (const char* sink : {"netflow5", "netflow9", "ipfix", "kafka", "file", "syslog"}) {
    EXPECT_THAT(Text(), HasSubstr(std::string("stanflow_sink_flows_total{sink=\"") + sink + "\"} 0\n"));
    EXPECT_THAT(Text(),
                HasSubstr(std::string("stanflow_sink_dropped_flows_total{sink=\"") + sink + "\"} 0\n"));
  }
}

TEST_F(SinkMetricsTest, CountsWhatIsNewInAReport) {
  metrics_.Reported("a", 1, Report(100));
  metrics_.Reported("a", 1, Report(250));
  metrics_.Reported("b", 1, Report(10));
  EXPECT_THAT(Text(), HasSubstr("stanflow_sink_flows_total{sink=\"netflow9\"} 260\n"));
  EXPECT_THAT(Text(), HasSubstr("stanflow_sinks_active{sink=\"netflow9\"} 2\n"));
}

TEST_F(SinkMetricsTest, ANewAttemptBeginsAnew) {
  metrics_.Reported("a", 1, Report(100));
  metrics_.Reported("a", 2, Report(30));
  EXPECT_THAT(Text(), HasSubstr("stanflow_sink_flows_total{sink=\"netflow9\"} 130\n"));
  EXPECT_THAT(Text(), HasSubstr("stanflow_sinks_active{sink=\"netflow9\"} 1\n"));
}

TEST_F(SinkMetricsTest, AJobsOwnSeriesEndWithIt) {
  metrics_.Reported("a", 1, Report(100));
  EXPECT_THAT(Text(), HasSubstr("stanflow_sink_position_flows{id=\"a\",sink=\"netflow9\"} 100\n"));
  EXPECT_THAT(Text(),
              HasSubstr("stanflow_sink_flow_timestamp_seconds{id=\"a\",sink=\"netflow9\"} 86400.5\n"));
  metrics_.Ended("a");
  metrics_.Ended("a");
  EXPECT_THAT(Text(), Not(HasSubstr("id=\"a\"")));
  EXPECT_THAT(Text(), HasSubstr("stanflow_sinks_active{sink=\"netflow9\"} 0\n"));
  EXPECT_THAT(Text(), HasSubstr("stanflow_sink_flows_total{sink=\"netflow9\"} 100\n"));
}

TEST_F(SinkMetricsTest, LatenessIsAHistogramOfFlows) {
  SinkReport report = Report(10);
  report.lateness_buckets.assign(kLatenessBuckets, 0);
  report.lateness_buckets[0] = 8;
  report.lateness_buckets[kLatenessBuckets - 1] = 2;
  report.lateness_sum_seconds = 140;
  metrics_.Reported("a", 1, report);
  metrics_.Reported("a", 1, report);
  EXPECT_THAT(Text(), HasSubstr("stanflow_sink_lateness_seconds_bucket{sink=\"netflow9\",le=\"0.001\"} 8\n"));
  EXPECT_THAT(Text(), HasSubstr("stanflow_sink_lateness_seconds_count{sink=\"netflow9\"} 10\n"));
  EXPECT_THAT(Text(), HasSubstr("stanflow_sink_lateness_seconds_sum{sink=\"netflow9\"} 140\n"));
}

}  // namespace
}  // namespace stanflow
