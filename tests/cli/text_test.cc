#include "client/cli/lib/exit_code.h"
#include "client/cli/lib/format.h"
#include "client/cli/lib/progress.h"
#include "client/cli/lib/report_text.h"
#include "client/cpp/server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "stanflow/v1/error_details.pb.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Format, ReadsAsPeopleWrite) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1306502), "1,306,502");
  EXPECT_EQ(FormatBytes(999), "999 B");
  EXPECT_EQ(FormatBytes(37423111), "37.4 MB");
  EXPECT_EQ(FormatBytes(999960), "1.0 MB");
  EXPECT_EQ(FormatSeconds(8.4), "8 s");
  EXPECT_EQ(FormatSeconds(80), "1 min 20 s");
  EXPECT_EQ(FormatSeconds(7500), "2 h 5 min");
}

TEST(Format, TimesKeepTheirMilliseconds) {
  EXPECT_EQ(ToMs(ToTimestamp(1460332800123)), 1460332800123);
  EXPECT_EQ(FormatTime(true, ToTimestamp(1460332800123)), "2016-04-11 00:00:00");
  EXPECT_EQ(FormatTime(false, {}), "-");
}

TEST(Table, AlignsByCharactersNotBytes) {
  Table table({"NAME", ">ROWS", "NOTE"});
  table.Row({"é", "1", ""});
  table.Row({"long", "1,000", "x"});
  EXPECT_EQ(table.ToString(), "NAME   ROWS  NOTE\né         1\nlong  1,000  x\n");
}

TEST(Progress, ShowsWhatIsKnownAndNothingElse) {
  v1::JobProgress progress;
  progress.set_fraction(0.52);
  progress.set_phase("training");
  progress.set_attribute("bytes");
  progress.set_epoch(3);
  progress.set_nats(2.4125);
  progress.set_rows_per_second(12345.6);
  progress.set_seconds_left(80);
  EXPECT_EQ(
      DescribeProgress(v1::JOB_STATE_RUNNING, progress),
      "[##########..........]  52 %  training  bytes  epoch 3  2.413 nats  12,345 rows/s  1 min 20 s left");
  v1::JobProgress little;
  little.set_phase("reading");
  little.set_seconds_left(-1);
  EXPECT_EQ(DescribeProgress(v1::JOB_STATE_RUNNING, little), "[....................]   0 %  reading");
}

TEST(ExitCodes, AreAllDocumentedOnce) {
  int last = -1;
  for (const ExitCodeMeaning& line : AllExitCodes()) {
    EXPECT_GT(static_cast<int>(line.code), last);
    last = static_cast<int>(line.code);
  }
  for (int code = 0; code <= 16; ++code) {
    const ExitCode exit = ToExitCode(absl::Status(static_cast<absl::StatusCode>(code), "x"));
    EXPECT_TRUE(std::any_of(AllExitCodes().begin(), AllExitCodes().end(),
                            [exit](const ExitCodeMeaning& line) { return line.code == exit; }));
  }
}

TEST(FromGrpc, KeepsTheServersOwnWordsWhenItIsThere) {
  const auto draining = FromGrpc({grpc::StatusCode::UNAVAILABLE, "the server is shutting down"}, "h:1");
  EXPECT_EQ(draining.message(), "the server is shutting down");
  const auto gone = FromGrpc({grpc::StatusCode::UNAVAILABLE, "failed to connect to all addresses"}, "h:1");
  EXPECT_THAT(std::string(gone.message()), HasSubstr("the server at h:1 can't be reached"));
  EXPECT_TRUE(absl::IsUnavailable(gone));
  v1::ErrorStatus details;
  details.set_message("from a server");
  const std::string words = "the reader took nothing for 600 s";
  for (const auto code : {grpc::StatusCode::DEADLINE_EXCEEDED, grpc::StatusCode::UNIMPLEMENTED}) {
    EXPECT_EQ(FromGrpc({code, words, details.SerializeAsString()}, "h:1").message(), words);
    EXPECT_THAT(std::string(FromGrpc({code, "Deadline Exceeded"}, "h:1").message()), HasSubstr("at h:1"));
  }
}

TEST(ReportText, ShowsFiguresBesideTheirFloorAndLeavesOutWhatIsMissing) {
  const auto text =
      DescribeReport(R"({"model":"edge@3","dataset":"ugr","rows_real":653502,"rows_synthetic":1000000,
    "likelihood":{"exact_nats_per_row":28.71,"exact_nats":{"bytes":3.25},"paper_nats":{"bytes":2.5},
                  "b1":{"exact_nats_per_row":57.3,"exact_nats":{"bytes":6.5},"paper_nats":{"bytes":4.5}}},
    "jsd":{"bytes":{"value":0.0123,"floor":0.004,"last_quarter":0.0150,"last_quarter_floor":0.006,"b1":null}},
    "rules":{"T1":{"real":1,"synthetic":0.9987}},
    "association":{"value":0.0213,"floor":0.0031,"b1":0.0912},"two_sample_auc":{"value":0.912,"floor":0.5123},
    "tasks":{"task1":[{"series":"real","real_fraction":0.01,"mean":0.6123,"sd":0.0456},
                      {"series":"synthetic","real_fraction":0,"mean":0.7,"sd":0.01}]},"notes":["labels are not scored"]})");
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("653,502 real, 1,000,000 synthetic"));
  EXPECT_THAT(*text, HasSubstr("bytes                    3.2500   6.5000        2.5000  4.5000"));
  EXPECT_THAT(*text, HasSubstr("28.7100  57.3000"));
  EXPECT_THAT(*text, HasSubstr("0.0123  0.0040        0.0150     0.0060   -"));
  EXPECT_THAT(*text, HasSubstr("100.00 %    99.87 %"));
  EXPECT_THAT(*text, HasSubstr("association of pairs, nats    0.0213  0.0031  0.0912"));
  EXPECT_THAT(*text, HasSubstr("two-sample AUC (0.5 is best)  0.9120  0.5123       -"));
  EXPECT_THAT(*text, Not(HasSubstr("autocorrelation")));
  EXPECT_THAT(*text, HasSubstr("real share 0.01   0.612 +-0.046               -"));
  EXPECT_THAT(*text, HasSubstr("real share 0                  -   0.700 +-0.010"));
  EXPECT_THAT(*text, Not(HasSubstr("real share 1"))) << "the report has no such point";
  EXPECT_THAT(*text, Not(HasSubstr("TASK 2")));
  EXPECT_THAT(*text, HasSubstr("labels are not scored"));
  EXPECT_THAT(*DescribeReport("{}"), Not(HasSubstr("JENSEN")));
  EXPECT_FALSE(DescribeReport("oops").ok());
}

}  // namespace
}  // namespace stanflow
