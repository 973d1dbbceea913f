#include "core/io/several_files.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/io/format_samples.h"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const FormatSample& Sample(std::string_view format) {
  for (const FormatSample& sample : FormatSamples()) {
    if (sample.format == format) return sample;
  }
  ADD_FAILURE() << format;
  return FormatSamples()[0];
}

class SeveralFiles : public ::testing::Test {
 protected:
  void Add(std::string_view name, std::string_view contents) {
    files_.push_back({std::string(name), dir_.Write(StrCat(files_.size()), contents)});
  }
  absl::StatusOr<std::unique_ptr<FlowReader>> Open() { return OpenSeveralFiles(files_, "auto", {}); }

  TempDir dir_;
  std::vector<NamedFile> files_;
};

TEST_F(SeveralFiles, AreReadInTheirOrderEachInItsFormat) {
  Add("b.log", Sample("zeek-tsv").Text({1001}));
  Add("a.csv", Sample("ugr16-csv").Text({1002, 1003}));
  Add("c.log", Sample("zeek-tsv").Text({1004}));
  auto reader = Open();
  ASSERT_TRUE(reader.ok()) << reader.status();
  const auto rows = ReadAllRows(reader->get());
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_THAT(rows->flows.bytes, ElementsAre(1001, 1002, 1003, 1004));
  EXPECT_EQ((*reader)->format(), "zeek-tsv, ugr16-csv");
}

TEST_F(SeveralFiles, ABatchNamesItsFileAndLinesCountFromItsBeginning) {
  Add("a.csv", Sample("ugr16-csv").Text({1001}) + "bad\n");
  Add("b.csv", "bad\n" + Sample("ugr16-csv").row(1002) + "\n");
  auto reader = Open();
  ASSERT_TRUE(reader.ok()) << reader.status();
  FlowBatch batch;
  ASSERT_TRUE((*reader)->Next(&batch).value());
  EXPECT_EQ(batch.file, "a.csv");
  EXPECT_EQ(batch.rejected.at(0).line, 3u);
  ASSERT_TRUE((*reader)->Next(&batch).value());
  EXPECT_EQ(batch.file, "b.csv");
  EXPECT_EQ(batch.rejected.at(0).line, 1u);
  EXPECT_FALSE((*reader)->Next(&batch).value());
}

TEST_F(SeveralFiles, OneThatHoldsNoRowsIsPassedOver) {
  Add("head.csv", Sample("ugr16-csv").head);
  Add("a.csv", Sample("ugr16-csv").Text({1001}));
  Add("end.csv", Sample("ugr16-csv").head);
  auto reader = Open();
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_THAT(ReadAllRows(reader->get())->flows.bytes, ElementsAre(1001));
}

TEST_F(SeveralFiles, FractionGrowsOverAllOfThem) {
  for (int i = 0; i < 4; ++i) Add(StrCat(i), Sample("ugr16-csv").Text({1000 + i}));
  auto reader = Open();
  ASSERT_TRUE(reader.ok()) << reader.status();
  FlowBatch batch;
  std::vector<double> fractions;
  while ((*reader)->Next(&batch).value()) fractions.push_back((*reader)->fraction());
  EXPECT_THAT(fractions, ElementsAre(0.25, 0.5, 0.75, 1));
}

TEST_F(SeveralFiles, AnErrorNamesTheFile) {
  Add("first.bin", "a;b\n");
  EXPECT_THAT(std::string(Open().status().message()), HasSubstr("first.bin: the file is of no known format"));
  files_[0] = {"first.csv", dir_.Write("0", Sample("ugr16-csv").Text({1001}))};
  WriteCompressed(dir_.File("packed"), "gzip", Sample("ugr16-csv").Text({1002}));
  std::string packed = dir_.Read("packed");
  packed.resize(packed.size() - 4);
  Add("cut.csv.gz", packed);
  auto reader = Open();
  ASSERT_TRUE(reader.ok()) << reader.status();
  const absl::Status status = ReadAllRows(reader->get()).status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("cut.csv.gz: line 3: the file is damaged or breaks off"));
}

}  // namespace
}  // namespace stanflow
