// What every reader of text must do, whatever its format.
#include <algorithm>

#include "absl/strings/str_replace.h"
#include "core/io/all_formats.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/io/format_samples.h"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

uint64_t Lines(std::string_view text) {
  return static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

class Reader : public ::testing::TestWithParam<FormatSample> {
 protected:
  absl::StatusOr<ReadRows> TryToRead(const std::string& text) {
    auto reader = OpenFlowReader(dir_.Write("f", text), GetParam().format, GetParam().Options());
    if (!reader.ok()) return reader.status();
    return ReadAllRows(reader->get());
  }
  ReadRows Read(const std::string& text) {
    auto rows = TryToRead(text);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? *rows : ReadRows();
  }

  TempDir dir_;
};

TEST_P(Reader, ReadsEveryFieldOfEveryRow) {
  const ReadRows rows = Read(GetParam().Text({1001, 1002, 1003}));
  ASSERT_EQ(rows.flows.size(), 3u);
  EXPECT_TRUE(rows.rejected.empty()) << rows.rejected[0].reason;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(rows.flows.Row(i) == NumberedFlow(1001 + i)) << i;
  const uint64_t before = Lines(GetParam().head);
  EXPECT_THAT(rows.lines, ElementsAre(before + 1, before + 2, before + 3));
}

TEST_P(Reader, ReadsTheSameBehindAnyCompression) {
  for (const char* filter : {"gzip", "xz"}) {
    WriteCompressed(dir_.File("packed"), filter, GetParam().Text({1001, 1002}));
    auto reader = OpenFlowReader(dir_.File("packed"), GetParam().format, GetParam().Options());
    ASSERT_TRUE(reader.ok()) << reader.status();
    EXPECT_THAT(ReadAllRows(reader->get())->flows.bytes, ElementsAre(1001, 1002)) << filter;
  }
}

TEST_P(Reader, IsFoundByContentAndNoOtherClaimsTheFile) {
  const std::string text = GetParam().Text({1001});
  auto reader = OpenFlowReader(dir_.Write("f", text), "auto", GetParam().Options());
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->format(), GetParam().format);
  for (const ReaderFormat& other : AllReaders()) {
    if (other.name == GetParam().format) continue;
    EXPECT_FALSE(other.probe(text).ok()) << other.name;
  }
}

TEST_P(Reader, RejectsABadRowWithItsLineAndReadsTheNext) {
  const FormatSample& sample = GetParam();
  const ReadRows rows =
      Read(StrCat(sample.head, sample.row(1001), "\nbad row\n", sample.row(1003), "\n", sample.tail));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1001, 1003));
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_EQ(rows.rejected[0].line, Lines(sample.head) + 2);
  EXPECT_FALSE(rows.rejected[0].reason.empty());
}

TEST_P(Reader, RejectsIpv6RowsWithThatReason) {
  const std::string row = absl::StrReplaceAll(GetParam().row(1001), {{"10.1.0.1", "2001:db8::1"}});
  const ReadRows rows = Read(StrCat(GetParam().head, row, "\n", GetParam().row(1002), "\n"));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1002));
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_THAT(rows.rejected[0].reason,
              HasSubstr("'2001:db8::1' is an IPv6 address; only IPv4 flows are read"));
}

TEST_P(Reader, RejectsARowWithoutBytesWithThatReason) {
  const ReadRows rows = Read(GetParam().Text({0, 1002}));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1002));
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_THAT(rows.rejected[0].reason, HasSubstr("byt"));
}

TEST_P(Reader, OfAFileCutOffAnywhereGivesTheFlowsBeforeTheCutAndNoOther) {
  const std::string text = GetParam().Text({1001, 1002, 1003});
  EXPECT_TRUE(absl::IsInvalidArgument(TryToRead("").status()));
  for (size_t size = 1; size < text.size(); ++size) {
    const auto rows = TryToRead(text.substr(0, size));
    ASSERT_TRUE(rows.ok()) << size << ": " << rows.status();
    ASSERT_LE(rows->flows.size(), 3u) << size;
    for (size_t i = 0; i < rows->flows.size(); ++i) {
      ASSERT_TRUE(rows->flows.Row(i) == NumberedFlow(1001 + static_cast<int>(i))) << "cut after " << size;
    }
  }
}

TEST_P(Reader, ToleratesCarriageReturnsBlankLinesAMarkAndAMissingLastLineEnd) {
  const FormatSample& sample = GetParam();
  std::string text =
      absl::StrReplaceAll(StrCat(sample.head, sample.row(1001), "\n\n", sample.row(1002)), {{"\n", "\r\n"}});
  const ReadRows rows = Read("\xEF\xBB\xBF" + text);
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1001, 1002));
  EXPECT_TRUE(rows.rejected.empty()) << rows.rejected[0].reason;
}

TEST_P(Reader, OfAHeadAloneGivesNothing) {
  const FormatSample& sample = GetParam();
  if (sample.head.empty()) GTEST_SKIP() << "the format has no head";
  const ReadRows rows = Read(sample.head + sample.tail);
  EXPECT_EQ(rows.flows.size(), 0u);
  EXPECT_TRUE(rows.rejected.empty()) << rows.rejected[0].reason;
}

TEST_P(Reader, ReadsFilesThatWerePutTogether) {
  if (!GetParam().head_may_repeat) GTEST_SKIP() << "a head between rows is a bad row of this format";
  const ReadRows rows = Read(GetParam().Text({1001}) + GetParam().Text({1002}));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1001, 1002));
  EXPECT_TRUE(rows.rejected.empty()) << rows.rejected[0].reason;
}

TEST_P(Reader, AnEndlessLineIsOneRejectedRow) {
  const FormatSample& sample = GetParam();
  const ReadRows rows = Read(
      StrCat(sample.head, sample.row(1001), "\n", std::string(200'000, 'x'), "\n", sample.row(1003), "\n"));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1001, 1003));
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_THAT(rows.rejected[0].reason, HasSubstr("longer than"));
}

TEST_P(Reader, FractionGrowsToOne) {
  std::vector<int> numbers(20'000);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int>(i) + 1;
  auto reader =
      OpenFlowReader(dir_.Write("f", GetParam().Text(numbers)), GetParam().format, GetParam().Options());
  ASSERT_TRUE(reader.ok()) << reader.status();
  FlowBatch batch;
  size_t rows = 0;
  double before = 0;
  while ((*reader)->Next(&batch).value()) {
    EXPECT_GE((*reader)->fraction(), before);
    before = (*reader)->fraction();
    for (size_t i = 0; i < batch.flows.size(); ++i) ASSERT_EQ(batch.flows.bytes[i], ++rows);
  }
  EXPECT_EQ(rows, numbers.size());
  EXPECT_EQ((*reader)->fraction(), 1);
}

INSTANTIATE_TEST_SUITE_P(All, Reader, ::testing::ValuesIn(FormatSamples()), [](const auto& info) {
  return absl::StrReplaceAll(info.param.format, {{"-", "_"}});
});

TEST(ReaderSamples, AreThereForEveryFormatThatIsReadAsText) {
  for (const ReaderFormat& reader : AllReaders()) {
    const auto is_of = [&](const FormatSample& sample) { return sample.format == reader.name; };
    const bool there = std::any_of(FormatSamples().begin(), FormatSamples().end(), is_of);
    EXPECT_EQ(there, reader.read_as == ReadAs::kLines) << reader.name;
  }
}

}  // namespace
}  // namespace stanflow
