#include <filesystem>

#include "core/base/strings.h"
#include "core/dataset/dataset.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/worker/job_handler.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

std::string Rows(int rows) {
  std::string text;
  for (int i = 0; i < rows; ++i) {
    StrAppend(&text, "2024-01-08 ", i % 2 == 0 ? "10" : "11", ":00:01,0.5,10.1.0.", 1 + i % 3,
              ",192.0.2.1,1000,443,TCP,.AP.SF,0,0,1,", 60 + i, ",background\n");
  }
  return text;
}

class ImportJob : public ::testing::Test {
 protected:
  absl::StatusOr<nlohmann::json> Run(const std::string& upload, nlohmann::json changes = {}) {
    dir_.Write("upload", upload);
    return RunOnUpload(std::move(changes));
  }
  absl::StatusOr<nlohmann::json> RunOnUpload(nlohmann::json changes) {
    JobContext context;
    context.job_dir = dir_.path();
    context.spec = {{"dataset", "office"}, {"home", {"10.1.0.0/16"}}, {"holdout", "hours=odd"}};
    if (!changes.is_null()) context.spec.update(changes);
    context.progress = [this](const JobProgress& progress) { last_ = progress; };
    context.stop_requested = [this] { return stop_; };
    return RunImportJob(context);
  }

  TempDir dir_;
  JobProgress last_;
  bool stop_ = false;
};

TEST_F(ImportJob, MakesTheDatasetAndAnswersItsFigures) {
  const auto figures = Run(Rows(300));
  ASSERT_TRUE(figures.ok()) << figures.status();
  const auto dataset = Dataset::Open(dir_.File("out/dataset"), /*verify_digest=*/true);
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(*figures, (nlohmann::json{{"rows", 300},
                                      {"rejected_rows", 0},
                                      {"hosts", 3},
                                      {"train_rows", 150},
                                      {"holdout_rows", 150},
                                      {"digest", (*dataset)->manifest().digest}}));
  EXPECT_EQ((*dataset)->manifest().name, "office");
  EXPECT_EQ((*dataset)->manifest().format, "ugr16-csv");
  EXPECT_GT((*dataset)->manifest().created_ms, 0);
  EXPECT_EQ(last_.phase, "grouping");
}

TEST_F(ImportJob, ASecondRunOfTheSameJobMakesTheSameDataset) {
  const auto first = Run(Rows(50));
  const auto second = Run(Rows(50));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*first, *second);
}

TEST_F(ImportJob, AnotherSchemaIsRefusedWithBothLayouts) {
  const auto figures = Run("a,b,c\n1,2,3\n");
  ASSERT_TRUE(absl::IsInvalidArgument(figures.status()));
  EXPECT_THAT(std::string(figures.status().message()), HasSubstr("has 3 columns, ugr16-csv has 13: te,td"));
  EXPECT_FALSE(std::filesystem::exists(dir_.File("out/dataset")));
}

TEST_F(ImportJob, AHomeNetworkThatNoRowIsInIsRefused) {
  const auto figures = Run(Rows(50), {{"home", {"172.16.0.0/12"}}});
  ASSERT_TRUE(absl::IsInvalidArgument(figures.status()));
  EXPECT_THAT(
      std::string(figures.status().message()),
      HasSubstr(
          "none of the 50 rows can be used; most often (50): line 1 has no address in the home networks"));
}

TEST_F(ImportJob, BadSpecsAreRefusedByName) {
  const auto message = [this](const nlohmann::json& changes) {
    const auto figures = Run(Rows(5), changes);
    EXPECT_TRUE(absl::IsInvalidArgument(figures.status())) << figures.status();
    return std::string(figures.status().message());
  };
  EXPECT_THAT(message({{"home", nlohmann::json::array()}}), HasSubstr("home network"));
  EXPECT_THAT(message({{"home", {"10.1.0.0"}}}), HasSubstr("'10.1.0.0'"));
  EXPECT_THAT(message({{"home", 5}}), HasSubstr("import spec"));
  EXPECT_THAT(message({{"holdout", "hours=3"}}), HasSubstr("'hours=3'"));
  EXPECT_THAT(message({{"format", "zeek"}}), HasSubstr("ugr16-csv"));
  EXPECT_THAT(message({{"max_rejected_share", 2}}), HasSubstr("max_rejected_share"));
  EXPECT_THAT(message({{"max_uncompressed_bytes", 10}}), HasSubstr("more than 10 bytes"));
}

TEST_F(ImportJob, StopsWhenAskedTo) {
  stop_ = true;
  EXPECT_TRUE(absl::IsCancelled(Run(Rows(50)).status()));
}

TEST_F(ImportJob, AMissingUploadIsNotFound) {
  JobContext context;
  context.job_dir = dir_.path();
  context.spec = {{"dataset", "office"}, {"home", {"10.1.0.0/16"}}};
  context.progress = [](const JobProgress&) {};
  context.stop_requested = [] { return false; };
  EXPECT_TRUE(absl::IsNotFound(RunImportJob(context).status()));
}

TEST_F(ImportJob, ReadsSeveralFilesInTheirOrderEachInItsFormat) {
  std::filesystem::create_directory(dir_.File("upload"));
  dir_.Write("upload/0", Rows(10) + "bad\n");
  dir_.Write("upload/1", "te,td\n" + Rows(10));
  const auto figures = RunOnUpload({{"files", {"flows-1.csv", "flows-2.csv"}}, {"max_rejected_share", 0.5}});
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ((*figures)["rows"], 20);
  const auto dataset = Dataset::Open(dir_.File("out/dataset"));
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  const auto& rejected = (*dataset)->manifest().rejected;
  ASSERT_EQ(rejected.size(), 2u);
  EXPECT_EQ(rejected[0].file, "flows-1.csv");
  EXPECT_EQ(rejected[0].line, 11u);
  EXPECT_EQ(rejected[1].file, "flows-2.csv");
  EXPECT_EQ(rejected[1].line, 1u);
}

constexpr char kZeek[] =
    "#separator \\x09\n"
    "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_pkts\torig_ip_bytes\tresp_pkts\t"
    "resp_ip_bytes\n"
    "1704672000.5\t10.1.0.1\t1000\t192.0.2.1\t443\ttcp\t1\t100\t2\t200\n";

TEST_F(ImportJob, SplitsOrKeepsRecordsOfBothDirectionsAsTold) {
  EXPECT_EQ((*Run(kZeek))["rows"], 2);
  EXPECT_EQ((*Run(kZeek, {{"biflow", "split"}}))["rows"], 2);
  EXPECT_EQ((*Run(kZeek, {{"biflow", "keep"}}))["rows"], 1);
  EXPECT_TRUE(absl::IsInvalidArgument(Run(kZeek, {{"biflow", "both"}}).status()));
}

TEST_F(ImportJob, ReadsACsvByItsSchema) {
  nlohmann::json columns;
  for (const char* field : {"source_address", "destination_address", "protocol", "packets", "bytes"}) {
    columns[field] = {{"name", field}};
  }
  columns["end"] = {{"name", "end"}, {"unit", "s"}};
  columns["duration"] = {{"name", "took"}, {"unit", "ms"}};
  const auto figures =
      Run("end;took;source_address;destination_address;protocol;packets;bytes\n"
          "1704672000;5;10.1.0.1;192.0.2.1;tcp;1;60\n",
          {{"schema", nlohmann::json{{"delimiter", ";"}, {"columns", columns}}.dump()}});
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ((*figures)["rows"], 1);
}

}  // namespace
}  // namespace stanflow
