#include "core/eval/weakest.h"

#include "core/eval/distribution_figure.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/core/eval/eval_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

// Real: UDP exactly where bytes are many. Synthetic: as much of both, independently, and another ToS.
class Weakest : public ::testing::Test {
 protected:
  Weakest() {
    real_ = EvalRowsOf(SpreadFlows(4000, 10, 6, 1,
                                   [](double u, double, Flow* flow) {
                                     flow->protocol = u < 0.25 ? kUdp : kTcp;
                                     flow->bytes = u < 0.25 ? 100000 : 100;
                                   }),
                       TestHomes());
    synthetic_ = EvalRowsOf(SpreadFlows(4000, 10, 6, 2,
                                        [](double u, double v, Flow* flow) {
                                          flow->protocol = u < 0.25 ? kUdp : kTcp;
                                          flow->bytes = v < 0.25 ? 100000 : 100;
                                          flow->tos = 8;
                                        }),
                            TestHomes());
    input_.real = &real_;
    input_.synthetic = &synthetic_;
    input_.options.jsd_repeats = 1;
    for (const Metric* metric : {&kDivergenceMetric, &kDistributionsMetric, &kAssociationMetric})
      EXPECT_TRUE(metric->measure(input_, &report_).ok());
    AddWeakest(input_, &report_);
  }

  EvalRows real_, synthetic_;
  EvalInput input_;
  nlohmann::json report_;
};

TEST_F(Weakest, NamesTheAttributeThatDiffersAndThePairThatHangsTogetherInOneSetOnly) {
  EXPECT_EQ(report_["weakest"]["attributes"].size(), 3);
  EXPECT_EQ(report_["weakest"]["attributes"][0], "tos");
  const auto& pair = report_["weakest"]["pairs"][0];
  EXPECT_EQ(pair["a"], "protocol");
  EXPECT_EQ(pair["b"], "bytes");
}

TEST_F(Weakest, JointSharesAreThoseOfTheRows) {
  const auto& pair = report_["weakest"]["pairs"][0];
  EXPECT_EQ(pair["a_bins"], (std::vector<std::string>{"≤ TCP", "> TCP"}));
  EXPECT_EQ(pair["b_bins"], (std::vector<std::string>{"≤ 100", "> 100"}));
  EXPECT_NEAR(pair["real"][0][0].get<double>(), 0.75, 0.03);
  EXPECT_EQ(pair["real"][0][1], 0);
  EXPECT_EQ(pair["real"][1][0], 0);
  EXPECT_NEAR(pair["synthetic"][1][0].get<double>(), 0.25 * 0.75, 0.03);
  EXPECT_NEAR(pair["synthetic"][1][1].get<double>(), 0.25 * 0.25, 0.03);
}

TEST_F(Weakest, ArePicturedAndMissingWithoutThem) {
  const std::string page = RenderWeakest(report_);
  EXPECT_THAT(page, HasSubstr("id=\"weakest_tos\""));
  EXPECT_THAT(page, HasSubstr("real: protocol down, bytes across"));
  EXPECT_THAT(page, HasSubstr("synthetic minus real: protocol down, bytes across"));
  EXPECT_EQ(RenderWeakest(nlohmann::json::object()), "");
}

}  // namespace
}  // namespace stanflow
