#include "server/metrics/metrics_http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "httplib.h"
#include "server/metrics/metrics.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<MetricsHttp> StartOnFreePort() {
  return MetricsHttp::Start("127.0.0.1:0", [] { return std::string("up 1\n"); }).value();
}

TEST(MetricsHttp, AnswersWhatTheTextFunctionSays) {
  const auto http = StartOnFreePort();
  const auto answer = httplib::Client("127.0.0.1", http->port()).Get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "up 1\n");
  EXPECT_THAT(answer->get_header_value("Content-Type"), HasSubstr("version=0.0.4"));
}

TEST(MetricsHttp, HasNothingButMetrics) {
  const auto http = StartOnFreePort();
  const auto answer = httplib::Client("127.0.0.1", http->port()).Get("/");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
}

TEST(MetricsHttp, RefusesAPortThatAnotherServerHas) {
  const auto http = StartOnFreePort();
  const auto second =
      MetricsHttp::Start(absl::StrCat("127.0.0.1:", http->port()), [] { return std::string(); });
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(second.status().message(), HasSubstr("is the port in use?"));
}

TEST(MetricsHttp, RefusesAnAddressWithoutAPort) {
  const auto http = MetricsHttp::Start("localhost", [] { return std::string(); });
  EXPECT_EQ(http.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Metrics, AreServedWithWhatWasCounted) {
  Metrics metrics("1.2.3", "none");
  metrics.OnFlowsSent(41);
  metrics.OnFlowsSent(1);
  ASSERT_TRUE(metrics.Serve("127.0.0.1:0").ok());
  const auto answer = httplib::Client("127.0.0.1", metrics.port()).Get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->body, HasSubstr("\nstanflow_flows_sent_total 42\n"));
  EXPECT_THAT(answer->body, HasSubstr("version=\"1.2.3\""));
}

}  // namespace
}  // namespace stanflow
