#include "server/metrics/collection_metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/text_serializer.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CollectionMetricsTest : public ::testing::Test {
 protected:
  std::string Text() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }
  static CollectionReport Report(uint64_t flows) {
    CollectionReport report;
    report.flows = flows;
    report.dropped_datagrams = 2;
    report.dataset_rows = 1000 + flows;
    return report;
  }

  prometheus::Registry registry_;
  CollectionMetrics metrics_{&registry_};
};

TEST_F(CollectionMetricsTest, EveryLossBeginsAtZero) {
  for (const char* name : {"flows", "rejected_flows", "dropped_flows", "dropped_datagrams", "bad_datagrams",
                           "sequence_failures", "lost_files"}) {
    EXPECT_THAT(Text(), HasSubstr(std::string("\nstanflow_collection_") + name + "_total 0\n"));
  }
}

TEST_F(CollectionMetricsTest, CountsWhatIsNewInAReportAndBeginsAnewWithAnAttempt) {
  metrics_.Reported("a", 1, Report(100));
  metrics_.Reported("a", 1, Report(250));
  metrics_.Reported("b", 1, Report(10));
  metrics_.Reported("a", 2, Report(30));
  EXPECT_THAT(Text(), HasSubstr("\nstanflow_collection_flows_total 290\n"));
  EXPECT_THAT(Text(), HasSubstr("\nstanflow_collection_dropped_datagrams_total 6\n"));
  EXPECT_THAT(Text(), HasSubstr("\nstanflow_collections_active 2\n"));
}

TEST_F(CollectionMetricsTest, ShowsWhatARunningOneIsAtUntilItEnds) {
  metrics_.Reported("a", 1, Report(100));
  EXPECT_THAT(Text(), HasSubstr("stanflow_collection_rows{id=\"a\"} 1100\n"));
  metrics_.Ended("a");
  metrics_.Ended("a");
  EXPECT_THAT(Text(), Not(HasSubstr("id=\"a\"")));
  EXPECT_THAT(Text(), HasSubstr("\nstanflow_collections_active 0\n"));
  EXPECT_THAT(Text(), HasSubstr("\nstanflow_collection_flows_total 100\n"));
}

}  // namespace
}  // namespace stanflow
