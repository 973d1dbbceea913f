#include "core/io/nfcapd.h"

#include "core/io/all_formats.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/io/format_samples.h"
#include "tests/core/io/io_testing.h"
#include "tests/support/fake_program.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kFile = std::string("\x0c\xa5\x02\x00", 4) + "and the rest";

struct FakeNfdump : FakeProgram {
  explicit FakeNfdump(std::string_view script) : FakeProgram("nfdump", script) {}
};

// As nfdump 1.7.1 writes -6 -o fmt, padded to columns.
std::string Row(int number) {
  return StrCat("2024-01-08 00:00:00.500,2024-01-08 00:00:01.000,                               10.1.0.1,",
                "                              192.0.2.1,  1000,   443,6    ,...AP.SF,   0,       1,    ",
                number, ",       0,       0");
}

// Answers -I with `expected` flows, and else with `rows`.
std::string Script(int expected, const std::string& rows, std::string_view end = "") {
  return StrCat("if [ \"$1\" = -I ]; then echo 'Ident: none'; echo 'Flows: ", expected, "'; exit 0; fi\n",
                "cat <<'ROWS'\n", rows, "ROWS\n", end, "\n");
}

absl::StatusOr<ReadRows> Read(const std::string& path) {
  auto reader = OpenFlowReader(path, "auto");
  if (!reader.ok()) return reader.status();
  EXPECT_EQ((*reader)->format(), kNfcapdFormat);
  auto rows = ReadAllRows(reader->get());
  EXPECT_EQ(rows.ok() ? (*reader)->fraction() : 1, 1);
  return rows;
}

TEST(Nfcapd, ReadsWhatNfdumpSaysToTheMillisecond) {
  TempDir dir;
  const FakeNfdump nfdump(Script(2, Row(1001) + "\n" + Row(1002) + "\n"));
  const auto rows = Read(dir.Write("f", kFile));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_TRUE(rows->rejected.empty()) << rows->rejected[0].reason;
  ASSERT_EQ(rows->flows.size(), 2u);
  EXPECT_TRUE(rows->flows.Row(0) == NumberedFlow(1001));
  EXPECT_THAT(rows->lines, ElementsAre(1, 2));
}

TEST(Nfcapd, RejectsARecordByItsNumber) {
  TempDir dir;
  std::string v6 = Row(1001);
  v6.replace(v6.find("10.1.0.1"), 8, "2001:db8::34:abcd");
  const FakeNfdump nfdump(Script(2, v6 + "\n" + Row(1002) + "\n"));
  const auto rows = Read(dir.Write("f", kFile));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_THAT(rows->flows.bytes, ElementsAre(1002));
  ASSERT_EQ(rows->rejected.size(), 1u);
  EXPECT_EQ(rows->rejected[0].line, 1u);
  EXPECT_THAT(rows->rejected[0].reason, HasSubstr("is an IPv6 address"));
}

TEST(Nfcapd, APackedFileIsUnpackedForNfdump) {
  TempDir dir;
  // Answers with rows only if it was given the file's own bytes.
  const FakeNfdump nfdump(StrCat("for last; do :; done\ngrep -q 'and the rest' \"$last\" || exit 9\n",
                                 Script(1, Row(1001) + "\n")));
  for (const char* filter : {"gzip", "xz"}) {
    WriteCompressed(dir.File("f"), filter, kFile);
    const auto rows = Read(dir.File("f"));
    ASSERT_TRUE(rows.ok()) << filter << ": " << rows.status();
    EXPECT_EQ(rows->flows.size(), 1u);
  }
}

TEST(Nfcapd, DamageThatNfdumpSkipsIsNotLetPass) {
  TempDir dir;
  const FakeNfdump nfdump(Script(5, Row(1001) + "\n", "echo \"Skip corrupt data file 'f'\" >&2"));
  const auto rows = Read(dir.Write("f", kFile));
  ASSERT_TRUE(absl::IsDataLoss(rows.status())) << rows.status();
  EXPECT_THAT(std::string(rows.status().message()),
              HasSubstr("after 1 of 5 records; nfdump says: Skip corrupt data file"));
}

TEST(Nfcapd, AFailureOfNfdumpIsDataLossInItsWords) {
  TempDir dir;
  const FakeNfdump nfdump("echo 'Bad file header' >&2; exit 250");
  const auto rows = Read(dir.Write("f", kFile));
  ASSERT_TRUE(absl::IsDataLoss(rows.status())) << rows.status();
  EXPECT_EQ(rows.status().message(), "nfdump ended with status 250: Bad file header");
}

TEST(Nfcapd, AFileWithoutRecordsHasNone) {
  TempDir dir;
  const FakeNfdump nfdump(Script(0, "No matching flows\n"));
  const auto rows = Read(dir.Write("f", kFile));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->flows.size() + rows->rejected.size(), 0u);
}

TEST(Nfcapd, AFileThatNfdumpCanNotOpenIsDataLossThoughItEndsWell) {
  TempDir dir;
  const FakeNfdump nfdump(
      "echo 'Open file f: appendix offset error' >&2\n[ \"$1\" = -I ] || echo 'No matching flows'");
  const auto rows = Read(dir.Write("f", kFile));
  ASSERT_TRUE(absl::IsDataLoss(rows.status())) << rows.status();
  EXPECT_THAT(std::string(rows.status().message()),
              HasSubstr("after 0 of unknown records; nfdump says: Open file f: appendix offset error"));
}

TEST(Nfcapd, WithoutNfdumpTheErrorNamesThePackage) {
  TempDir dir, nothing;
  const std::string path = ::getenv("PATH");
  ::setenv("PATH", nothing.path().c_str(), 1);
  const auto rows = Read(dir.Write("f", kFile));
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_TRUE(absl::IsNotFound(rows.status())) << rows.status();
  EXPECT_THAT(
      std::string(rows.status().message()),
      HasSubstr(
          "nfdump is not installed; it reads nfcapd files: install it (Debian: apt-get install nfdump)"));
}

TEST(Nfcapd, IsFoundByItsMarkAndNoOtherClaimsIt) {
  for (const ReaderFormat& reader : AllReaders()) {
    EXPECT_EQ(reader.probe(kFile).ok(), reader.name == kNfcapdFormat) << reader.name;
  }
}

TEST(Nfcapd, SaysWhichExportersAFileIsOf) {
  const FakeNfdump nfdump(R"(cat <<'TEXT'
Exporters:

SysID: 1, IP:        127.0.0.1, version: 5, ID:  0, Sequence failures: 2, packets: 3, flows: 30
SysID: 2, IP:        127.0.0.1, version: 7, ID:  0 - no flows sent
SysID: 3, IP:      2001:db8::1, version: 10, ID:  7, Sequence failures: 0, packets: 1, flows: 10
TEXT
)");
  const auto exporters = ReadNfcapdExporters("any");
  ASSERT_TRUE(exporters.ok()) << exporters.status();
  ASSERT_EQ(exporters->size(), 2u);
  EXPECT_EQ(exporters->at(0).name, "127.0.0.1 version 5 id 0");
  EXPECT_EQ(exporters->at(0).sequence_failures, 2u);
  EXPECT_EQ(exporters->at(0).packets, 3u);
  EXPECT_EQ(exporters->at(0).flows, 30u);
  EXPECT_EQ(exporters->at(1).name, "2001:db8::1 version 10 id 7");
}

// As nfdump 1.7.1 answers on files that are empty, of zeros, or cut off.
TEST(Nfcapd, ADamagedFileIsNotOneWithoutExportersThoughNfdumpEndsWell) {
  const FakeNfdump nfdump("echo 'Exporters:'; echo 'Open file f: appendix offset error' >&2");
  const auto exporters = ReadNfcapdExporters("any");
  ASSERT_TRUE(absl::IsDataLoss(exporters.status())) << exporters.status();
  EXPECT_THAT(std::string(exporters.status().message()),
              HasSubstr("nfdump says: Open file f: appendix offset error"));
}

TEST(Nfcapd, AFileWithoutExportersHasNone) {
  const FakeNfdump nfdump("echo 'No Exporter records found'");
  EXPECT_TRUE(ReadNfcapdExporters("any")->empty());
}

}  // namespace
}  // namespace stanflow
