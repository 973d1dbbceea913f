#include "core/dataset/dataset_writer.h"

#include <filesystem>
#include <map>

#include "core/base/strings.h"
#include "core/dataset/manifest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<DatasetManifest> Write(FlowReader* reader, const std::string& dir,
                                      double max_rejected_share = 0.01) {
  DatasetWriterOptions options;
  options.name = "test";
  options.home = HomeNetworks();
  options.max_rejected_share = max_rejected_share;
  return WriteDataset(reader, options, dir);
}

uint32_t HomeOf(const Flow& flow) {
  return HomeNetworks()[0].Contains(flow.source_address) ? flow.source_address : flow.destination_address;
}

TEST(DatasetWriter, GroupsRowsByHostAndKeepsTheOrderOfEqualEndTimes) {
  for (const bool in_order : {true, false}) {
    TempDir dir;
    const std::vector<Flow> flows = AnyFlows(5000, 13, 2, in_order);
    std::map<uint32_t, std::vector<Flow>> expected;
    for (const Flow& flow : flows) expected[HomeOf(flow)].push_back(flow);
    const auto dataset = MakeDataset(dir.File("d"), flows, "none");
    ASSERT_EQ(dataset->size(), flows.size());
    ASSERT_EQ(dataset->hosts().size(), expected.size());
    for (const Dataset::Host& host : dataset->hosts()) {
      auto& rows = expected[host.address];
      std::stable_sort(rows.begin(), rows.end(),
                       [](const Flow& a, const Flow& b) { return a.end_ms < b.end_ms; });
      ASSERT_EQ(host.end - host.begin, rows.size());
      for (size_t i = 0; i < rows.size(); ++i) ASSERT_TRUE(dataset->Row(host.begin + i) == rows[i]);
    }
  }
}

TEST(DatasetWriter, TheManifestSaysWhatTheRowsAre) {
  TempDir dir;
  const std::vector<Flow> flows = AnyFlows(1000, 5, 4, true);
  const auto dataset = MakeDataset(dir.File("d"), flows, "hours=odd");
  const DatasetManifest& m = dataset->manifest();
  uint64_t packets = 0, bytes = 0, odd = 0;
  for (const Flow& flow : flows) {
    packets += flow.packets;
    bytes += flow.bytes;
    odd += m.holdout.Contains(HomeOf(flow), flow.end_ms);
  }
  EXPECT_EQ(m.rows, 1000u);
  EXPECT_EQ(m.hosts, 5u);
  EXPECT_EQ(m.holdout_rows, odd);
  EXPECT_EQ(m.train_rows, 1000 - odd);
  EXPECT_EQ(m.total_packets, packets);
  EXPECT_EQ(m.total_bytes, bytes);
  EXPECT_EQ(m.first_end_ms, flows.front().end_ms);
  EXPECT_EQ(m.last_end_ms, flows.back().end_ms);
  EXPECT_EQ(m.format, "vector");
  ASSERT_EQ(m.ranges.size(), 11u);
  EXPECT_EQ(m.ranges[10].column, "bytes");
  EXPECT_EQ(m.ranges[10].min, 100);
  EXPECT_EQ(m.ranges[10].max, 1099);
  EXPECT_EQ(ReadManifest(dir.File("d"))->digest, m.digest);
}

TEST(DatasetWriter, TheDigestIsOfTheRowsAlone) {
  TempDir dir;
  std::vector<Flow> flows = AnyFlows(300, 3, 2, true);
  const auto digest = [&](std::string_view name, std::string_view holdout) {
    return MakeDataset(dir.File(name), flows, holdout)->manifest().digest;
  };
  const std::string first = digest("a", "none");
  EXPECT_EQ(digest("b", "none"), first);
  EXPECT_EQ(digest("b", "hours=odd"), first);
  flows[17].tos ^= 1;
  EXPECT_NE(digest("c", "none"), first);
}

TEST(DatasetWriter, OfTwoHomeAddressesTheSourceIsTheHost) {
  TempDir dir;
  std::vector<Flow> flows = AnyFlows(1, 1, 1, true);
  flows[0].source_address = kHomeNet + 7;
  flows[0].destination_address = kHomeNet + 8;
  const auto dataset = MakeDataset(dir.File("d"), flows, "none");
  ASSERT_EQ(dataset->hosts().size(), 1u);
  EXPECT_EQ(dataset->hosts()[0].address, kHomeNet + 7);
  EXPECT_TRUE(dataset->HomeIsSource(0));
}

TEST(DatasetWriter, RowsWithoutAHomeAddressAreRejectedWithTheirLine) {
  TempDir dir;
  std::vector<Flow> flows = AnyFlows(100, 3, 1, true);
  flows[41].source_address = 0xC0000201;
  flows[41].destination_address = 0xC0000202;
  VectorReader reader(flows);
  const auto manifest = Write(&reader, dir.File("d"));
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->rows, 99u);
  EXPECT_EQ(manifest->rejected_rows, 1u);
  ASSERT_EQ(manifest->rejected.size(), 1u);
  EXPECT_EQ(manifest->rejected[0].line, 42u);
  EXPECT_EQ(manifest->rejected[0].reason, "has no address in the home networks: '192.0.2.1 to 192.0.2.2'");
}

// Gives a good row, a foreign one and a bad one of each of two files.
class TwoFiles final : public FlowReader {
 public:
  absl::StatusOr<bool> Next(FlowBatch* batch) override {
    batch->Clear();
    if (files_ == 2) return false;
    batch->file = ++files_ == 1 ? "a.log" : "b.log";
    batch->flows.Append(AnyFlows(1, 1, 1, true)[0]);
    Flow foreign = batch->flows.Row(0);
    foreign.source_address = foreign.destination_address = 0xC0000201;
    batch->flows.Append(foreign);
    batch->lines = {1, 3};
    batch->rejected = {{2, "bad"}};
    return true;
  }
  double fraction() const override { return files_ / 2.0; }
  std::string_view format() const override { return "two"; }

 private:
  int files_ = 0;
};

TEST(DatasetWriter, RejectedRowsOfSeveralFilesNameTheirFile) {
  TempDir dir;
  TwoFiles reader;
  const auto manifest = Write(&reader, dir.File("d"), 1);
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  const auto stored = ReadManifest(dir.File("d"));
  ASSERT_TRUE(stored.ok()) << stored.status();
  std::vector<std::string> places;
  for (const RejectedRow& row : stored->rejected) places.push_back(StrCat(row.file, ":", row.line));
  EXPECT_THAT(places, ElementsAre("a.log:2", "a.log:3", "b.log:2", "b.log:3"));
  TwoFiles again;
  EXPECT_THAT(std::string(Write(&again, dir.File("d"), 0.5).status().message()),
              HasSubstr("a.log line 2 bad"));
}

TEST(DatasetWriter, TooManyRejectedRowsFailWithCountsAndReasonsAndLeaveNothing) {
  TempDir dir;
  std::vector<RejectedRow> rejected;
  for (uint64_t line = 1; line <= 30; ++line)
    rejected.push_back({line, StrCat("column pkt: 'x", line, "' is not a number")});
  rejected.push_back({31, "has 9 columns"});
  VectorReader reader(AnyFlows(69, 2, 1, true), rejected);
  const auto manifest = Write(&reader, dir.File("d"), 0.3);
  ASSERT_TRUE(absl::IsInvalidArgument(manifest.status()));
  EXPECT_THAT(std::string(manifest.status().message()),
              AllOf(HasSubstr("31 of 100 rows (31 %)"), HasSubstr("at most 30 %"),
                    HasSubstr("most often (30): line 1 column pkt: 'x1' is not a number"),
                    HasSubstr("also: line 31 has 9 columns")));
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  VectorReader again(AnyFlows(69, 2, 1, true), rejected);
  EXPECT_TRUE(Write(&again, dir.File("d"), 0.31).ok());
}

TEST(DatasetWriter, AFileWithoutAUsableRowIsRefusedWhateverTheShare) {
  TempDir dir;
  VectorReader nothing({});
  const auto empty = Write(&nothing, dir.File("d"), 1);
  EXPECT_TRUE(absl::IsInvalidArgument(empty.status()));
  EXPECT_THAT(std::string(empty.status().message()), HasSubstr("holds no rows"));
  VectorReader bad({}, {{1, "has 9 columns"}, {2, "has 9 columns"}});
  const auto none = Write(&bad, dir.File("d"), 1);
  EXPECT_TRUE(absl::IsInvalidArgument(none.status()));
  EXPECT_THAT(std::string(none.status().message()), HasSubstr("none of the 2 rows"));
}

TEST(DatasetWriter, KeepsTheFirstHundredRejectedRowsAndCountsAll) {
  TempDir dir;
  std::vector<RejectedRow> rejected;
  for (uint64_t line = 1; line <= 250; ++line) rejected.push_back({line, "bad"});
  VectorReader reader(AnyFlows(10, 2, 1, true), rejected);
  const auto manifest = Write(&reader, dir.File("d"), 1);
  ASSERT_TRUE(manifest.ok());
  EXPECT_EQ(manifest->rejected_rows, 250u);
  ASSERT_EQ(manifest->rejected.size(), 100u);
  EXPECT_EQ(manifest->rejected.back().line, 100u);
}

// One batch of which every second line can't be read and every other one has no home address.
class UselessReader final : public FlowReader {
 public:
  absl::StatusOr<bool> Next(FlowBatch* batch) override {
    batch->Clear();
    if (std::exchange(read_, true)) return false;
    for (uint64_t line = 1; line <= 300; ++line) {
      if (line % 2 == 0) {
        batch->rejected.push_back({line, "has 9 columns"});
        continue;
      }
      Flow flow = AnyFlows(1, 1, 1, true)[0];
      if (line < 299) flow.source_address = flow.destination_address = kRemoteNet;
      batch->flows.Append(flow);
      batch->lines.push_back(line);
    }
    return true;
  }
  double fraction() const override { return 1; }
  std::string_view format() const override { return "useless"; }

 private:
  bool read_ = false;
};

TEST(DatasetWriter, KeepsTheFirstHundredByLineWhateverTheirReason) {
  TempDir dir;
  UselessReader reader;
  const auto manifest = Write(&reader, dir.File("d"), 1);
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->rejected_rows, 299u);
  ASSERT_EQ(manifest->rejected.size(), 100u);
  for (uint64_t i = 0; i < 100; ++i) EXPECT_EQ(manifest->rejected[i].line, i + 1);
}

TEST(DatasetWriter, AReadersErrorIsTheAnswerAndLeavesNothing) {
  TempDir dir;
  VectorReader reader(AnyFlows(100, 3, 1, true));
  reader.FailAtEnd(absl::DataLossError("line 101: breaks off"));
  EXPECT_EQ(Write(&reader, dir.File("d")).status(), absl::DataLossError("line 101: breaks off"));
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

TEST(DatasetWriter, StopsWhenProgressSaysSo) {
  TempDir dir;
  DatasetWriterOptions options;
  options.home = HomeNetworks();
  int calls = 0;
  options.progress = [&](const ImportProgress&) {
    return ++calls == 3 ? absl::CancelledError("enough") : absl::OkStatus();
  };
  VectorReader reader(AnyFlows(100, 3, 1, true));
  EXPECT_TRUE(absl::IsCancelled(WriteDataset(&reader, options, dir.File("d")).status()));
  EXPECT_EQ(calls, 3);
}

TEST(DatasetWriter, ProgressGrowsFromReadingToGrouping) {
  TempDir dir;
  DatasetWriterOptions options;
  options.home = HomeNetworks();
  double last = 0;
  std::vector<std::string> phases;
  options.progress = [&](const ImportProgress& progress) {
    EXPECT_GE(progress.fraction, last);
    EXPECT_LE(progress.fraction, 1);
    last = progress.fraction;
    if (phases.empty() || phases.back() != progress.phase) phases.emplace_back(progress.phase);
    return absl::OkStatus();
  };
  VectorReader reader(AnyFlows(100, 3, 1, true));
  ASSERT_TRUE(WriteDataset(&reader, options, dir.File("d")).ok());
  EXPECT_THAT(phases, ::testing::ElementsAre("reading", "grouping"));
}

TEST(DatasetWriter, AnEndInTheMiddleOfGroupingLeavesNothing) {
  TempDir dir;
  DatasetWriterOptions options;
  options.home = HomeNetworks();
  options.progress = [](const ImportProgress& progress) {
    return progress.fraction > 0.9 ? absl::CancelledError("enough") : absl::OkStatus();
  };
  VectorReader reader(AnyFlows(100, 3, 1, true));
  EXPECT_TRUE(absl::IsCancelled(WriteDataset(&reader, options, dir.File("d")).status()));
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

TEST(DatasetWriter, ReplacesWhatAnInterruptedImportLeft) {
  TempDir dir;
  std::filesystem::create_directories(dir.File("d.arrival"));
  std::filesystem::create_directories(dir.File("d"));
  dir.Write("d/end_ms.bin", "half");
  dir.Write("d.arrival/end_ms.bin", "half");
  EXPECT_EQ(MakeDataset(dir.File("d"), AnyFlows(50, 2, 1, true), "none")->size(), 50u);
  EXPECT_FALSE(std::filesystem::exists(dir.File("d.arrival")));
}

TEST(DatasetWriter, WantsAHomeNetworkAndAShareThatIsOne) {
  TempDir dir;
  VectorReader reader(AnyFlows(1, 1, 1, true));
  EXPECT_TRUE(absl::IsInvalidArgument(WriteDataset(&reader, {}, dir.File("d")).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Write(&reader, dir.File("d"), 1.5).status()));
}

}  // namespace
}  // namespace stanflow
