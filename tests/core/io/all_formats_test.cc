#include "core/io/all_formats.h"

#include "core/io/ugr16_csv.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Readers, AutoFindsTheFormatBehindTheCompression) {
  TempDir dir;
  WriteCompressed(dir.File("f"), "xz", NumberedRow(1) + "\n");
  auto reader = OpenFlowReader(dir.File("f"), "auto");
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->format(), kUgr16CsvFormat);
  EXPECT_EQ(ReadAllRows(reader->get())->flows.size(), 1u);
  EXPECT_EQ((*reader)->fraction(), 1);
}

TEST(Readers, AutoLooksPastBadRowsAtTheStart) {
  TempDir dir;
  auto reader = OpenFlowReader(dir.Write("f", "# exported by hand\n" + NumberedRow(2) + "\n"), "auto");
  ASSERT_TRUE(reader.ok()) << reader.status();
  const auto rows = ReadAllRows(reader->get());
  EXPECT_EQ(rows->flows.size(), 1u);
  EXPECT_EQ(rows->rejected.size(), 1u);
}

TEST(Readers, AutoSaysWhatEveryReaderFoundWrong) {
  TempDir dir;
  const auto reader = OpenFlowReader(dir.Write("f", "a;b\n1;2\n"), "auto");
  ASSERT_TRUE(absl::IsInvalidArgument(reader.status()));
  EXPECT_THAT(std::string(reader.status().message()),
              AllOf(HasSubstr("not ugr16-csv: line 1 has 1 column"), HasSubstr("te,td,sa,da")));
}

TEST(Readers, AnUnknownFormatIsAnsweredWithTheKnownOnes) {
  const absl::Status status = CheckReaderFormat("zeek");
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("'zeek'"), HasSubstr("auto, ugr16-csv")));
  EXPECT_TRUE(CheckReaderFormat("auto").ok());
  for (const ReaderFormat& reader : AllReaders()) EXPECT_TRUE(CheckReaderFormat(reader.name).ok());
}

TEST(Readers, AnEmptyFileIsRefusedAsSuch) {
  TempDir dir;
  const auto reader = OpenFlowReader(dir.Write("f", ""), "ugr16-csv");
  EXPECT_TRUE(absl::IsInvalidArgument(reader.status()));
  EXPECT_THAT(std::string(reader.status().message()), HasSubstr("empty"));
}

TEST(Readers, DamageInTheMiddleNamesTheLine) {
  TempDir dir;
  std::string text;
  for (int i = 0; i < 60000; ++i) StrAppend(&text, NumberedRow(i * 7919 % 100'003 + 1), "\n");
  WriteCompressed(dir.File("f"), "xz", text);
  const std::string whole = dir.Read("f");
  auto reader = OpenFlowReader(dir.Write("g", whole.substr(0, whole.size() * 3 / 4)), "auto");
  ASSERT_TRUE(reader.ok()) << reader.status();
  const auto rows = ReadAllRows(reader->get());
  ASSERT_TRUE(absl::IsDataLoss(rows.status()));
  EXPECT_THAT(std::string(rows.status().message()), testing::StartsWith("line "));
}

TEST(Writers, AnUnknownFormatIsAnsweredWithTheKnownOnes) {
  const auto writer = NewFlowWriter("xml");
  EXPECT_TRUE(absl::IsInvalidArgument(writer.status()));
  EXPECT_THAT(std::string(writer.status().message()), HasSubstr("csv, jsonl"));
  for (const WriterFormat& format : AllWriters()) EXPECT_TRUE(NewFlowWriter(format.name).ok());
}

}  // namespace
}  // namespace stanflow
