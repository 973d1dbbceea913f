#include "core/dataset/reject_report.h"

#include "core/base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

TEST(RejectReport, CountsReasonsThatDifferInTheirValuesAsOneKind) {
  RejectReport report;
  for (uint64_t line = 2; line < 12; ++line)
    report.Add({line, StrCat("column sp: '", line, "' is not a number")});
  report.Add({1, "has 9 columns"});
  EXPECT_EQ(report.count(), 11u);
  const absl::Status status = report.Check(100, 0.05);
  ASSERT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("most often (10): line 2 column sp: '2'"));
}

TEST(RejectReport, AllowsUpToTheShareAndNoMore) {
  RejectReport report;
  EXPECT_TRUE(report.Check(1, 0).ok());
  report.Add({1, "bad"});
  EXPECT_TRUE(report.Check(99, 0.01).ok());
  EXPECT_FALSE(report.Check(98, 0.01).ok());
}

TEST(RejectReport, ThousandsOfDifferentReasonsStayABoundedMessage) {
  RejectReport report;
  for (uint64_t line = 1; line <= 5000; ++line) report.Add({line, StrCat("reason ", line)});
  EXPECT_LT(report.Check(1, 0).message().size(), 600u);
}

}  // namespace
}  // namespace stanflow
