#include "core/eval/report.h"

#include "core/base/strings.h"
#include "core/eval/html.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/eval/eval_testing.h"
#include "tests/core/eval/html_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Report : public ::testing::Test {
 protected:
  Report() {
    const auto mixed = [](double u, double v, Flow* flow) {
      flow->protocol = u < 0.3 ? kUdp : kTcp;
      flow->destination_port = static_cast<uint16_t>(65535 * v);
    };
    real_ = EvalRowsOf(SpreadFlows(1500, 8, 5, 1, mixed), TestHomes());
    synthetic_ = EvalRowsOf(SpreadFlows(1200, 8, 5, 2, mixed), TestHomes());
    likelihood_.rows = likelihood_.rows_of_all = real_.size();
    likelihood_.exact_per_row = {27.5, 0.25};
    input_.real = &real_;
    input_.synthetic = &synthetic_;
    input_.b1 = &synthetic_;
    runs_.real = StickyRuns(8, 150, 1, 0.8);
    runs_.one_step = runs_.from_window = runs_.from_nothing = StickyRuns(8, 150, 2, 0.8);
    input_.runs = &runs_;
    input_.likelihood = input_.b1_likelihood = &likelihood_;
    input_.regressor = &regressor_;
    input_.options.jsd_repeats = 2;
    input_.options.two_sample_rows = 300;
    input_.options.two_sample_repeats = 1;
    input_.options.tasks.rows_per_fit = 200;
    input_.options.tasks.test_rows = 100;
    input_.options.tasks.trees = 5;
    header_.model = "edge@3";
    header_.dataset = "office <&> \"home\"";
    header_.synthetic_source = "generated";
    report_ = MakeReport(header_, input_).value();
  }

  EvalRows real_, synthetic_;
  ModelRuns runs_;
  Likelihood likelihood_;
  // Says 6 whatever it is shown.
  const RegressorFitter regressor_ = [](const FeatureMatrix&, absl::Span<const float>,
                                        const FeatureMatrix& test,
                                        uint64_t) { return std::vector<float>(test.rows(), 6); };
  EvalInput input_;
  ReportHeader header_;
  nlohmann::json report_;
};

TEST_F(Report, HasEveryStableField) {
  EXPECT_EQ(report_["model"], "edge@3");
  EXPECT_EQ(report_["rows_real"], 1500);
  EXPECT_EQ(report_["rows_synthetic"], 1200);
  EXPECT_EQ(report_["likelihood"]["exact_nats_per_row"], 27.5);
  EXPECT_EQ(report_["jsd"].size(), 14);
  for (const auto& [name, jsd] : report_["jsd"].items()) {
    for (const char* field : {"value", "floor", "last_quarter", "last_quarter_floor", "b1"}) {
      EXPECT_TRUE(jsd[field].is_number()) << name << " " << field;
    }
  }
  for (const char* rule : {"T1", "T2", "T3"}) {
    EXPECT_TRUE(report_["rules"][rule]["real"].is_number());
    EXPECT_TRUE(report_["rules"][rule]["synthetic"].is_number());
  }
  for (const char* field : {"value", "floor", "b1"}) {
    EXPECT_TRUE(report_["two_sample_auc"][field].is_number()) << field;
    EXPECT_TRUE(report_["association"][field].is_number()) << field;
    EXPECT_TRUE(report_["autocorrelation"]["bytes"][field].is_number()) << field;
  }
  for (const char* task : {"task1", "task2"}) {
    for (const auto& point : report_["tasks"][task]) {
      for (const char* field : {"real_fraction", "mean", "sd"})
        EXPECT_TRUE(point[field].is_number()) << field;
      EXPECT_TRUE(point["series"].is_string());
    }
    EXPECT_FALSE(report_["tasks"][task].empty());
  }
  EXPECT_EQ(report_["summary"]["exact_nats_per_row"], 27.5);
  EXPECT_EQ(report_["summary"]["jsd"]["attributes"], 14);
}

TEST_F(Report, IsTheSameForTheSameInput) { EXPECT_EQ(MakeReport(header_, input_)->dump(), report_.dump()); }

TEST_F(Report, TooFewRowsAreRefused) {
  synthetic_ = EvalRowsOf(SpreadFlows(3, 1, 1, 1), TestHomes());
  EXPECT_TRUE(absl::IsInvalidArgument(MakeReport(header_, input_).status()));
}

TEST_F(Report, ASingleHostHourHasNoFloorAndSaysNothingFalse) {
  real_ = EvalRowsOf(SpreadFlows(100, 1, 1, 1), TestHomes());
  const auto report = MakeReport(header_, input_);
  ASSERT_TRUE(report.ok()) << report.status();
  for (const auto& measure :
       {(*report)["jsd"]["bytes"], (*report)["association"], (*report)["autocorrelation"]["bytes"]}) {
    ASSERT_TRUE(measure.contains("floor"));
    EXPECT_TRUE(measure["floor"].is_null());
    EXPECT_TRUE(measure["value"].is_number());
  }
  EXPECT_THAT(ReportHtml(*report), HasSubstr("–"));
}

TEST_F(Report, PageIsWellFormedAndNeedsNothingElse) {
  const std::string html = ReportHtml(report_);
  ExpectBalanced(html);
  ExpectNeedsNothingElse(html);
  EXPECT_THAT(html, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(html, HasSubstr("@media print"));
  EXPECT_THAT(html, HasSubstr("office &lt;&amp;&gt; &quot;home&quot;"));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST_F(Report, PageShowsEveryAttributesChartAndEveryMeasuresDefinition) {
  const std::string html = ReportHtml(report_);
  for (const auto& [name, jsd] : report_["jsd"].items())
    EXPECT_THAT(html, HasSubstr("<figure id=\"" + name + "\"><svg"));
  for (const char* figure :
       {"association", "autocorrelation_bytes", "autocorrelation_time_delta", "task1", "task2"})
    EXPECT_THAT(html, HasSubstr(StrCat("<figure id=\"", figure, "\"><svg")));
  for (const Metric* metric : AllMetrics()) EXPECT_THAT(html, HasSubstr(std::string(metric->definition)));
}

TEST_F(Report, PageIsMadeFromTheStoredReportAlone) {
  EXPECT_EQ(ReportHtml(nlohmann::json::parse(report_.dump())), ReportHtml(report_));
}

TEST(Html, FiguresKeepTheirSignificantDigits) {
  EXPECT_EQ(FormatFigure(28.7654, 4), "28.77");
  EXPECT_EQ(FormatFigure(0.004567), "0.00457");
  EXPECT_EQ(FormatFigure(1234.5, 3), "1234");
  EXPECT_EQ(FormatFigure(nullptr), "–");
  EXPECT_EQ(FormatFigure(NAN), "–");
  EXPECT_EQ(FormatCount(1306502), "1,306,502");
  EXPECT_EQ(FormatPercent(0.9262), "92.62&nbsp;%");
}

}  // namespace
}  // namespace stanflow
