#include "core/io/byte_source.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<std::string> Slurp(const std::string& path, const ByteSourceOptions& options = {}) {
  auto source = ByteSource::Open(path, options);
  if (!source.ok()) return source.status();
  std::string all;
  while (true) {
    const auto block = (*source)->Next();
    if (!block.ok()) return block.status();
    if (block->empty()) return all;
    all.append(*block);
  }
}

// Text that compresses, but not to nothing.
std::string Text(int rows) {
  std::string text;
  for (int i = 0; i < rows; ++i) StrAppend(&text, NumberedRow(i * 7919 % 100'003), "\n");
  return text;
}

class Compression : public ::testing::TestWithParam<const char*> {
 protected:
  std::string Compressed(std::string_view name, std::string_view contents) {
    WriteCompressed(dir_.File(name), GetParam(), contents);
    return dir_.File(name);
  }
  TempDir dir_;
};

TEST_P(Compression, IsFoundOutByContentAndUndone) {
  const std::string text = Text(20000);
  const std::string path = Compressed("misleading.txt", text);
  EXPECT_EQ(ByteSource::Open(path).value()->compression(), GetParam());
  EXPECT_TRUE(Slurp(path).value() == text);
}

TEST_P(Compression, SeveralMembersAreReadAsOneFile) {
  Compressed("a", Text(100));
  Compressed("b", "and more\n");
  EXPECT_EQ(Slurp(dir_.Write("both", dir_.Read("a") + dir_.Read("b"))).value(), Text(100) + "and more\n");
}

TEST_P(Compression, AFileThatBreaksOffIsDataLossAtEveryLength) {
  Compressed("whole", Text(5000));
  const std::string whole = dir_.Read("whole");
  for (size_t size = 40; size < whole.size(); size += whole.size() / 23) {
    const auto read = Slurp(dir_.Write("part", whole.substr(0, size)));
    ASSERT_TRUE(absl::IsDataLoss(read.status())) << size << " of " << whole.size() << ": " << read.status();
    EXPECT_THAT(std::string(read.status().message()), HasSubstr("uncompressed bytes"));
  }
  EXPECT_TRUE(absl::IsDataLoss(Slurp(dir_.Write("part", whole.substr(0, whole.size() - 1))).status()));
}

// zstd's checksum is optional, and libarchive writes none.
class CheckedCompression : public Compression {};

TEST_P(CheckedCompression, AFlippedByteIsDataLossOrChangesNothing) {
  const std::string text = Text(5000);
  Compressed("whole", text);
  const std::string whole = dir_.Read("whole");
  for (size_t at = 20; at < whole.size(); at += whole.size() / 41) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x5A);
    const auto read = Slurp(dir_.Write("damaged", damaged));
    if (read.ok()) {
      EXPECT_TRUE(*read == text) << at;
    } else {
      EXPECT_TRUE(absl::IsDataLoss(read.status())) << read.status();
    }
  }
}

TEST_P(Compression, ABombIsRefusedBeforeItIsUnpacked) {
  ByteSourceOptions options;
  options.expansion_free_bytes = 1 << 20;
  const auto read = Slurp(Compressed("bomb", std::string(60 << 20, 'x')), options);
  ASSERT_TRUE(absl::IsInvalidArgument(read.status())) << read.status();
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("-fold"));
}

TEST_P(Compression, MoreThanTheAllowedBytesAreRefused) {
  const std::string text = Text(5000);
  ByteSourceOptions options;
  options.max_uncompressed_bytes = text.size();
  EXPECT_TRUE(Slurp(Compressed("f", text), options).ok());
  options.max_uncompressed_bytes = text.size() - 1;
  EXPECT_TRUE(absl::IsInvalidArgument(Slurp(dir_.File("f"), options).status()));
}

INSTANTIATE_TEST_SUITE_P(All, Compression, ::testing::Values("gzip", "xz", "bzip2", "zstd"),
                         [](const auto& info) { return std::string(info.param); });

INSTANTIATE_TEST_SUITE_P(All, CheckedCompression, ::testing::Values("gzip", "xz", "bzip2"),
                         [](const auto& info) { return std::string(info.param); });

TEST(ByteSource, ReadsPlainFilesAsTheyAre) {
  TempDir dir;
  const std::string text = Text(20000);
  auto source = ByteSource::Open(dir.Write("f", text));
  ASSERT_TRUE(source.ok());
  EXPECT_EQ((*source)->compression(), "none");
  EXPECT_TRUE(Slurp(dir.File("f")).value() == text);
}

TEST(ByteSource, TheFirstBlockCanBeLookedAtWithoutBeingTaken) {
  TempDir dir;
  auto source = ByteSource::Open(dir.Write("f", "abc")).value();
  EXPECT_EQ(source->first_block(), "abc");
  EXPECT_EQ(source->Next().value(), "abc");
  EXPECT_EQ(source->Next().value(), "");
  EXPECT_EQ(source->fraction(), 1);
}

TEST(ByteSource, AnEmptyFileIsJustOver) {
  TempDir dir;
  EXPECT_EQ(Slurp(dir.Write("f", "")).value(), "");
}

TEST(ByteSource, GarbageAfterAGzipMemberIsDataLoss) {
  TempDir dir;
  WriteCompressed(dir.File("f"), "gzip", "text");
  EXPECT_TRUE(absl::IsDataLoss(Slurp(dir.Write("g", dir.Read("f") + "garbage, and plenty of it")).status()));
}

TEST(ByteSource, AMissingFileIsNotFound) {
  TempDir dir;
  EXPECT_TRUE(absl::IsNotFound(Slurp(dir.File("missing")).status()));
}

}  // namespace
}  // namespace stanflow
