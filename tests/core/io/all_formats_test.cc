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
  const absl::Status status = CheckReading("zeek", "split", "");
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("format: 'zeek'"), HasSubstr("auto, ugr16-csv")));
  EXPECT_TRUE(CheckReading("auto", "split", "").ok());
  for (const ReaderFormat& reader : AllReaders()) {
    EXPECT_EQ(CheckReading(reader.name, "keep", "").ok(), reader.name != "generic-csv") << reader.name;
  }
}

TEST(Readers, WhatFilesCanNotBeReadWithNamesItsField) {
  const auto error = [](std::string_view format, std::string_view biflow, std::string_view schema) {
    return std::string(CheckReading(format, biflow, schema).message());
  };
  EXPECT_THAT(error("auto", "both", ""), HasSubstr("biflow: 'both' is not known; it is one of split, keep"));
  EXPECT_THAT(error("auto", "split", "{}"), HasSubstr("schema: columns is not an object"));
  EXPECT_THAT(error("generic-csv", "split", ""), HasSubstr("schema: none is given"));
  EXPECT_THAT(error("zeek-tsv", "split", "{}"), HasSubstr("schema: format zeek-tsv takes none"));
}

TEST(Readers, EveryReaderSaysWhyAForeignFileIsNotIts) {
  for (const ReaderFormat& reader : AllReaders()) {
    const absl::Status status = reader.probe("a;b\n1;2\n");
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << reader.name;
    EXPECT_FALSE(status.message().empty()) << reader.name;
  }
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
