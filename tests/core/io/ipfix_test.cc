#include "core/io/ipfix.h"

#include "core/io/all_formats.h"
#include "core/io/ipfix_record.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/io/format_samples.h"
#include "tests/core/io/io_testing.h"
#include "tests/core/io/ipfix_builder.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<ReadRows> TryToRead(const std::string& file, Biflow biflow = Biflow::kSplit) {
  TempDir dir;
  ReaderOptions options;
  options.biflow = biflow;
  auto reader = OpenFlowReader(dir.Write("f", file), "ipfix", options);
  if (!reader.ok()) return reader.status();
  auto rows = ReadAllRows(reader->get());
  EXPECT_TRUE(!rows.ok() || (*reader)->fraction() == 1);
  return rows;
}

ReadRows Read(const std::string& file, Biflow biflow = Biflow::kSplit) {
  auto rows = TryToRead(file, biflow);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.ok() ? *rows : ReadRows();
}

// One record of the plain template with these fields in place of its times.
struct Timed {
  std::vector<IpfixField> fields;
  std::string values;
};
ReadRows ReadTimed(const Timed& timed) {
  std::vector<IpfixField> fields = timed.fields;
  for (const IpfixField& field : PlainFields()) {
    if (field.number != 152 && field.number != 153) fields.push_back(field);
  }
  return Read(IpfixMessage(IpfixTemplate(256, fields) +
                           IpfixSetBytes(256, timed.values + PlainRecord(1001).substr(16))));
}

TEST(Ipfix, ReadsEveryFieldOfEveryRecord) {
  const ReadRows rows = Read(PlainIpfixFile({1001, 1002, 1003}));
  ASSERT_EQ(rows.flows.size(), 3u);
  EXPECT_TRUE(rows.rejected.empty()) << rows.rejected[0].reason;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(rows.flows.Row(i) == NumberedFlow(1001 + i)) << i;
  EXPECT_THAT(rows.lines, ElementsAre(1, 2, 3));
}

TEST(Ipfix, IsFoundByContentBehindCompressionAndNoOtherClaimsIt) {
  TempDir dir;
  const std::string file = PlainIpfixFile({1001});
  WriteCompressed(dir.File("packed"), "xz", file);
  auto reader = OpenFlowReader(dir.File("packed"), "auto");
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->format(), kIpfixFormat);
  EXPECT_EQ(ReadAllRows(reader->get())->flows.size(), 1u);
  for (const ReaderFormat& other : AllReaders()) {
    EXPECT_EQ(other.probe(file).ok(), other.name == kIpfixFormat) << other.name;
  }
}

TEST(Ipfix, ElementsMayComeInAnyOrderAndShortenedAndOthersAreReadOver) {
  // 210 is padding, 82 a name of any length.
  const std::string file = IpfixMessage(
      IpfixTemplate(300,
                    {{1, 2}, {82, 65535}, {4, 1}, {12, 4}, {8, 4}, {2, 3}, {210, 3}, {150, 4}, {151, 4}}) +
      IpfixSetBytes(300, StrCat(Be(1001, 2), Be(3, 1), "eth", Be(17, 1), Be(0xC0000201, 4), Be(0x0A010001, 4),
                                Be(2, 3), Be(0, 3), Be(1704672000, 4), Be(1704672001, 4))));
  const ReadRows rows = Read(file);
  ASSERT_EQ(rows.flows.size(), 1u);
  const Flow expected = {1704672001000, 1000, 0x0A010001, 0xC0000201, 0, 0, 17, 0, 0, 2, 1001};
  EXPECT_TRUE(rows.flows.Row(0) == expected);
}

TEST(Ipfix, TimesComeInEveryUnit) {
  constexpr uint64_t kStart = 1704672000, kNtp = 2208988800;
  const auto ntp = [](uint64_t s, uint64_t half) { return Be((s + kNtp) << 32 | half << 31, 8); };
  const Timed all[] = {
      {{{150, 4}, {161, 4}}, Be(kStart, 4) + Be(1000, 4)},
      {{{151, 4}, {162, 4}}, Be(kStart + 1, 4) + Be(1'000'000, 4)},
      {{{154, 8}, {155, 8}}, ntp(kStart, 0) + ntp(kStart + 1, 0)},
      {{{156, 8}, {157, 8}}, ntp(kStart, 0) + ntp(kStart + 1, 0)},
      {{{158, 4}, {159, 4}}, Be(10'000'000, 4) + Be(9'000'000, 4)},
      {{{160, 8}, {22, 4}, {21, 4}}, Be((kStart - 100) * 1000, 8) + Be(100'000, 4) + Be(101'000, 4)},
  };
  for (const Timed& timed : all) {
    const ReadRows rows = ReadTimed(timed);
    ASSERT_EQ(rows.flows.size(), 1u) << timed.fields[0].number << ": " << rows.rejected.at(0).reason;
    EXPECT_EQ(rows.flows.end_ms[0], 1704672001000) << timed.fields[0].number;
    EXPECT_EQ(rows.flows.duration_ms[0], 1000u) << timed.fields[0].number;
  }
  EXPECT_THAT(ReadTimed({{{154, 8}, {155, 8}}, ntp(kStart, 1) + ntp(kStart + 1, 0)}).flows.duration_ms,
              ElementsAre(500));
}

TEST(Ipfix, TimesThatCanNotBeAreRejectedWithTheirElement) {
  const auto reason = [](const Timed& timed) {
    const ReadRows rows = ReadTimed(timed);
    return rows.rejected.empty() ? std::string() : rows.rejected[0].reason;
  };
  EXPECT_EQ(reason({{{153, 8}}, Be(1704672001000, 8)}),
            "has not two of flowStart..., flowEnd... and flowDuration...");
  EXPECT_EQ(reason({{{150, 4}, {151, 4}}, Be(9, 4) + Be(8, 4)}),
            "element flowEndSeconds: '8' is an end before the start");
  EXPECT_EQ(reason({{{22, 4}, {21, 4}}, Be(9, 4) + Be(10, 4)}),
            "element flowStartSysUpTime: '9' counts from an unknown start");
  EXPECT_EQ(reason({{{154, 8}, {155, 8}}, Be(9, 8) + Be(10, 8)}),
            "element flowStartMicroseconds: '9' is a time before 1970");
  EXPECT_THAT(reason({{{152, 8}, {153, 8}}, Be(~uint64_t{0}, 8) + Be(10, 8)}),
              HasSubstr("is beyond the year 9999"));
  EXPECT_EQ(reason({{{160, 8}, {22, 4}, {21, 4}}, Be(~uint64_t{0} - 999, 8) + Be(2000, 4) + Be(3000, 4)}),
            "element systemInitTimeMilliseconds: '18446744073709550616' is beyond the year 9999");
}

TEST(Ipfix, ReverseElementsAreAnswersToSplitOrKeep) {
  std::vector<IpfixField> fields = PlainFields();
  for (const uint16_t number : {2, 1, 6, 5}) {
    fields.push_back({number, static_cast<uint16_t>(number < 3 ? 4 : 1), kReverseEnterprise});
  }
  const std::string file =
      IpfixMessage(IpfixTemplate(256, fields) +
                   IpfixSetBytes(256, PlainRecord(1001) + Be(7, 4) + Be(7000, 4) + Be(0x12, 1) + Be(4, 1)));
  const ReadRows split = Read(file);
  ASSERT_EQ(split.flows.size(), 2u);
  EXPECT_TRUE(split.flows.Row(0) == NumberedFlow(1001));
  const Flow answer = {1704672001000, 500, 0xC0000201, 0x0A010001, 443, 1000, 6, 0x12, 4, 7, 7000};
  EXPECT_TRUE(split.flows.Row(1) == answer);
  EXPECT_THAT(split.lines, ElementsAre(1, 1));
  EXPECT_THAT(Read(file, Biflow::kKeep).flows.bytes, ElementsAre(8001));
}

TEST(Ipfix, YafsFlagsAndTotalsAreTaken) {
  const std::string file = IpfixMessage(
      IpfixTemplate(256, {{152, 8},
                          {153, 8},
                          {8, 4},
                          {12, 4},
                          {4, 1},
                          {86, 8},
                          {85, 8},
                          {14, 1, 6871},
                          {15, 1, 6871},
                          {14 | 0x4000, 1, 6871},
                          {15 | 0x4000, 1, 6871},
                          {86, 8, kReverseEnterprise},
                          {85, 8, kReverseEnterprise}}) +
      IpfixSetBytes(256, StrCat(PlainRecord(1).substr(0, 24), Be(6, 1), Be(3, 8), Be(300, 8), Be(0x02, 1),
                                Be(0x18, 1), Be(0x12, 1), Be(0x11, 1), Be(2, 8), Be(200, 8))));
  const ReadRows rows = Read(file);
  EXPECT_THAT(rows.flows.bytes, ElementsAre(300, 200));
  EXPECT_THAT(rows.flows.tcp_flags, ElementsAre(0x1A, 0x13));
}

TEST(Ipfix, IcmpTypeAndCodeComeFromTheirElementsOrThePort) {
  const auto port = [](const std::vector<IpfixField>& extra, const std::string& values) {
    std::vector<IpfixField> fields = {{152, 8}, {153, 8}, {8, 4}, {12, 4}, {4, 1}, {2, 1}, {1, 1}};
    fields.insert(fields.end(), extra.begin(), extra.end());
    return Read(IpfixMessage(IpfixTemplate(256, fields) +
                             IpfixSetBytes(256, StrCat(PlainRecord(1).substr(0, 24), Be(1, 1), Be(1, 1),
                                                       Be(84, 1), values))))
        .flows.destination_port;
  };
  EXPECT_THAT(port({{32, 2}}, Be(769, 2)), ElementsAre(769));
  EXPECT_THAT(port({{176, 1}, {177, 1}}, Be(3, 1) + Be(1, 1)), ElementsAre(769));
  EXPECT_THAT(port({{11, 2}}, Be(769, 2)), ElementsAre(769));
}

TEST(Ipfix, RecordsWithoutANeededElementAreRejectedWithItsName) {
  for (const auto& [number, name] : {std::pair<uint16_t, const char*>{8, "sourceIPv4Address"},
                                     {12, "destinationIPv4Address"},
                                     {4, "protocolIdentifier"},
                                     {2, "packetDeltaCount"},
                                     {1, "octetDeltaCount"}}) {
    std::vector<IpfixField> fields = PlainFields();
    for (IpfixField& field : fields) {
      if (field.number == number) field.number = 210;
    }
    const ReadRows rows = Read(
        IpfixMessage(IpfixTemplate(256, fields) + IpfixSetBytes(256, PlainRecord(1001) + PlainRecord(1002))));
    EXPECT_EQ(rows.flows.size(), 0u) << name;
    ASSERT_EQ(rows.rejected.size(), 2u) << name;
    EXPECT_EQ(rows.rejected[1].line, 2u);
    EXPECT_EQ(rows.rejected[1].reason, StrCat("has no element ", name));
  }
}

TEST(Ipfix, Ipv6RecordsAreRejectedWithThatReason) {
  std::vector<IpfixField> fields = PlainFields();
  fields[2] = {27, 16};
  fields[3] = {28, 16};
  std::string record = PlainRecord(1001);
  record.replace(16, 8, std::string(32, '\1'));
  const ReadRows rows = Read(IpfixMessage(IpfixTemplate(256, fields) + IpfixSetBytes(256, record)));
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_EQ(rows.rejected[0].reason, "has an IPv6 address; only IPv4 flows are read");
}

TEST(Ipfix, ASetWhoseTemplateIsNotKnownIsOneRejectedRow) {
  const std::string records = PlainRecord(1) + PlainRecord(2);
  const ReadRows rows = Read(IpfixMessage(IpfixSetBytes(256, records)) + PlainIpfixFile({1003}) +
                             IpfixMessage(IpfixSetBytes(256, PlainRecord(4)), /*domain=*/2));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1003));
  ASSERT_EQ(rows.rejected.size(), 2u);
  EXPECT_EQ(rows.rejected[0].line, 1u);
  EXPECT_EQ(rows.rejected[0].reason,
            "is a set of records of template 256, which is not in the file before it");
  EXPECT_EQ(rows.rejected[1].line, 3u) << "a template holds in its own observation domain";
}

TEST(Ipfix, ATemplateThatComesAgainHoldsFromThereOn) {
  std::vector<IpfixField> other = PlainFields();
  std::swap(other[9], other[10]);
  std::string swapped = PlainRecord(0);
  swapped.replace(swapped.size() - 16, 16, Be(1002, 8) + Be(1, 8));
  const ReadRows rows =
      Read(PlainIpfixFile({1001}) + IpfixMessage(IpfixTemplate(256, other) + IpfixSetBytes(256, swapped)));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1001, 1002));
  EXPECT_THAT(rows.flows.packets, ElementsAre(1, 1));
}

TEST(Ipfix, ATemplateBehindASetOfItsRecordsInTheSameMessageDoesNotHoldForIt) {
  const ReadRows rows =
      Read(IpfixMessage(StrCat(IpfixSetBytes(256, PlainRecord(1)), IpfixTemplate(256, PlainFields()),
                               IpfixSetBytes(256, PlainRecord(1002)))));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1002));
  EXPECT_THAT(rows.lines, ElementsAre(2));
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_EQ(rows.rejected[0].line, 1u);
  EXPECT_EQ(rows.rejected[0].reason,
            "is a set of records of template 256, which is not in the file before it");
}

TEST(Ipfix, ATemplateThatChangesWithinAMessageHoldsForTheRecordsBehindIt) {
  std::vector<IpfixField> no_bytes = PlainFields();
  no_bytes.back() = {210, 8};
  const ReadRows rows =
      Read(IpfixMessage(StrCat(IpfixTemplate(256, no_bytes), IpfixSetBytes(256, PlainRecord(1)),
                               IpfixTemplate(256, PlainFields()), IpfixSetBytes(256, PlainRecord(1002)))));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1002));
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_EQ(rows.rejected[0].reason, "has no element octetDeltaCount");
}

TEST(Ipfix, PaddingBehindTheRecordsOfASetIsReadOver) {
  const ReadRows rows = Read(
      IpfixMessage(StrCat(IpfixTemplate(256, PlainFields()), IpfixSetBytes(256, PlainRecord(1001) + Be(0, 3)),
                          IpfixSetBytes(256, PlainRecord(1002) + Be(0, 1)))));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1001, 1002));
  EXPECT_TRUE(rows.rejected.empty()) << rows.rejected[0].reason;
}

TEST(Ipfix, ARecordThatReachesBeyondItsSetIsDataLoss) {
  std::vector<IpfixField> fields = {{82, 65535}};
  for (const IpfixField& field : PlainFields()) fields.push_back(field);
  const auto file = [&](int size_of_name) {
    return IpfixMessage(StrCat(IpfixTemplate(256, fields),
                               IpfixSetBytes(256, StrCat(Be(3, 1), "eth", PlainRecord(1001),
                                                         Be(size_of_name, 1), "eth", PlainRecord(1002))),
                               IpfixSetBytes(256, StrCat(Be(3, 1), "eth", PlainRecord(1003)))));
  };
  EXPECT_THAT(Read(file(3)).flows.bytes, ElementsAre(1001, 1002, 1003));
  const auto damaged = TryToRead(file(3 | 0x80));
  EXPECT_TRUE(absl::IsDataLoss(damaged.status())) << damaged.status();
  EXPECT_THAT(std::string(damaged.status().message()), HasSubstr("message 1 is damaged: libfixbuf says: "));
}

TEST(Ipfix, RecordsOfOptionsTemplatesAreNoRows) {
  // Template 400 of two fields, the first of which is the scope.
  const std::string options =
      IpfixSetBytes(3, Be(400, 2) + Be(2, 2) + Be(1, 2) + Be(149, 2) + Be(4, 2) + Be(41, 2) + Be(8, 2));
  const ReadRows rows =
      Read(IpfixMessage(options + IpfixSetBytes(400, Be(1, 4) + Be(7, 8))) + PlainIpfixFile({1001}));
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1001));
  EXPECT_TRUE(rows.rejected.empty()) << rows.rejected[0].reason;
}

TEST(Ipfix, OfAFileCutOffAnywhereGivesTheFlowsBeforeTheCutAndDataLoss) {
  const std::string file = PlainIpfixFile({1001, 1002});
  TempDir dir;
  const size_t message = PlainIpfixFile({1}).size() - PlainIpfixFile({}).size();
  for (size_t size = 1; size < file.size(); ++size) {
    auto reader = OpenFlowReader(dir.Write("f", file.substr(0, size)), "ipfix");
    ASSERT_TRUE(reader.ok()) << reader.status();
    const auto rows = ReadAllRows(reader->get());
    const bool whole = size >= PlainIpfixFile({}).size() && (file.size() - size) % message == 0;
    ASSERT_EQ(rows.ok(), whole) << size << rows.status();
    ASSERT_TRUE(whole || absl::IsDataLoss(rows.status())) << size;
  }
}

TEST(Ipfix, ATemplateWithoutLengthIsDataLossAndNoEndlessFile) {
  const std::string file = IpfixMessage(IpfixTemplate(256, {{82, 0}}) + IpfixSetBytes(256, "x"));
  const auto rows = TryToRead(file);
  ASSERT_TRUE(absl::IsDataLoss(rows.status())) << rows.status();
  EXPECT_EQ(rows.status().message(), "message 1 is damaged: template 256 has no length");
}

TEST(Ipfix, DamageNamesTheMessage) {
  std::string file = PlainIpfixFile({1001, 1002});
  const size_t second = PlainIpfixFile({}).size();
  std::string other_version = file;
  other_version[second + 1] = 9;
  EXPECT_EQ(TryToRead(other_version).status().message(),
            "message 2 does not begin with version 10 of an IPFIX message, but with 9");
  std::string long_set = file;
  long_set[second + 18] = 1;
  EXPECT_THAT(std::string(TryToRead(long_set).status().message()),
              HasSubstr("message 2 is damaged: set 1 of it says "));
  std::string short_message = file;
  short_message[second + 2] = 0;
  short_message[second + 3] = 4;
  EXPECT_THAT(std::string(TryToRead(short_message).status().message()),
              HasSubstr("message 2 says 4 bytes, where an IPFIX message's head alone has 16"));
}

}  // namespace
}  // namespace stanflow
