#include "core/io/line_reader.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

std::vector<std::string> Lines(const std::string& contents) {
  TempDir dir;
  auto source = ByteSource::Open(dir.Write("f", contents));
  EXPECT_TRUE(source.ok()) << source.status();
  LineReader reader(std::move(*source));
  std::vector<std::string> lines;
  LineReader::Line line;
  while (reader.Next(&line).value()) {
    lines.emplace_back(line.text);
    EXPECT_EQ(line.number, lines.size());
  }
  return lines;
}

TEST(LineReader, SplitsAtLineFeedsAndNowhereElse) {
  using ::testing::ElementsAre;
  EXPECT_THAT(Lines("a\nb"), ElementsAre("a", "b"));
  EXPECT_THAT(Lines("a\nb\n"), ElementsAre("a", "b"));
  EXPECT_THAT(Lines("a\r\n\r\nb\rc\r\n"), ElementsAre("a", "", "b\rc"));
  EXPECT_THAT(Lines("\n\n"), ElementsAre("", ""));
  EXPECT_THAT(Lines("\xEF\xBB\xBFnames\nx"), ElementsAre("names", "x"));
  EXPECT_THAT(Lines(""), ElementsAre());
}

TEST(LineReader, LinesOfEveryLengthCrossTheBordersOfBlocks) {
  std::vector<std::string> expected;
  std::string text;
  // 4,000 lines of up to 997 bytes: some eight blocks, their borders anywhere in a line.
  for (size_t i = 0; i < 4000; ++i) {
    expected.emplace_back(i * 37 % 997, static_cast<char>('a' + i % 26));
    StrAppend(&text, expected.back(), "\n");
  }
  EXPECT_EQ(Lines(text), expected);
}

TEST(LineReader, ALineTooLongIsCutMarkedAndFollowedByTheNext) {
  TempDir dir;
  for (const size_t excess : {size_t{1}, size_t{200'000}, size_t{2'000'000}}) {
    const std::string text = std::string(LineReader::kMaxLineBytes + excess, 'x') + "\nnext\n";
    LineReader reader(ByteSource::Open(dir.Write("f", text)).value());
    LineReader::Line line;
    ASSERT_TRUE(reader.Next(&line).value());
    EXPECT_TRUE(line.too_long);
    EXPECT_EQ(line.text.size(), LineReader::kMaxLineBytes);
    ASSERT_TRUE(reader.Next(&line).value());
    EXPECT_FALSE(line.too_long);
    EXPECT_EQ(line.text, "next");
    EXPECT_EQ(line.number, 2u);
  }
}

}  // namespace
}  // namespace stanflow
