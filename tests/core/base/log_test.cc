#include "core/base/log.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr char kTime[] = "2026-11-23T12:00:00.123Z";

TEST(Log, WritesFieldsAfterTheMessageAsText) {
  EXPECT_EQ(FormatLogLine(false, kTime, LogLevel::kInfo, "job started", {{"job", "train-1"}, {"attempt", 2}}),
            "2026-11-23T12:00:00.123Z INFO  job started job=train-1 attempt=2");
}

TEST(Log, QuotesTextThatWouldRunIntoTheNextField) {
  const std::string line = FormatLogLine(false, kTime, LogLevel::kError, "failed",
                                         {{"error", std::string("a b=c\n\"d\"")}, {"empty", ""}});
  EXPECT_THAT(line, EndsWith(R"(error="a b=c\n\"d\"" empty="")"));
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(Log, WritesOneJsonObjectWithTypedFields) {
  const auto json = nlohmann::json::parse(
      FormatLogLine(true, kTime, LogLevel::kWarning, "m",
                    {{"n", -3}, {"u", uint64_t{1} << 63}, {"x", 0.5}, {"b", true}, {"s", "t"}}));
  EXPECT_EQ(json["time"], kTime);
  EXPECT_EQ(json["level"], "warning");
  EXPECT_EQ(json["message"], "m");
  EXPECT_EQ(json["n"], -3);
  EXPECT_EQ(json["u"], uint64_t{1} << 63);
  EXPECT_EQ(json["x"], 0.5);
  EXPECT_EQ(json["b"], true);
  EXPECT_EQ(json["s"], "t");
}

TEST(Log, SurvivesBytesThatAreNoUtf8) {
  EXPECT_THAT(FormatLogLine(true, kTime, LogLevel::kInfo, "m",
                            {{"s",
                              "a\xff"
                              "b"}}),
              HasSubstr("\"s\":\"a"));
}

TEST(Log, WritesNothingBelowItsLevel) {
  ASSERT_TRUE(InitLog({"warning", "text"}).ok());
  testing::internal::CaptureStderr();
  LogInfo("quiet");
  LogWarning("loud", {{"n", 1}});
  const std::string out = testing::internal::GetCapturedStderr();
  ASSERT_TRUE(InitLog({}).ok());
  EXPECT_THAT(out, EndsWith("WARN  loud n=1\n"));
  EXPECT_EQ(out.find("quiet"), std::string::npos);
}

TEST(Log, NamesABadOption) {
  EXPECT_THAT(std::string(InitLog({"loud", "text"}).message()), HasSubstr("'loud'"));
  EXPECT_THAT(std::string(InitLog({"info", "xml"}).message()), HasSubstr("'xml'"));
}

}  // namespace
}  // namespace stanflow
