#include "core/dataset/growing_dataset.h"

#include <atomic>
#include <filesystem>
#include <thread>

#include "core/base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class GrowingDatasetTest : public ::testing::Test {
 protected:
  std::unique_ptr<GrowingDataset> Open(uint64_t max_rows = 1'000'000) {
    GrowingDatasetOptions options;
    options.name = "test";
    options.home = HomeNetworks();
    options.holdout = *Holdout::Parse("hours=odd");
    options.max_rows = max_rows;
    auto growing = GrowingDataset::Open(dir_.File("rows"), options);
    EXPECT_TRUE(growing.ok()) << growing.status();
    return *std::move(growing);
  }
  // Flows [begin, end) of flows_.
  FlowBatch Batch(size_t begin, size_t end) const {
    FlowBatch batch;
    for (size_t i = begin; i < end; ++i) {
      batch.flows.Append(flows_[i]);
      batch.lines.push_back(i + 1);
    }
    return batch;
  }
  std::unique_ptr<Dataset> Write(GrowingDataset* growing) {
    const auto manifest = growing->WriteTo(dir_.File("dataset"), 5, [](double) { return absl::OkStatus(); });
    EXPECT_TRUE(manifest.ok()) << manifest.status();
    auto dataset = Dataset::Open(dir_.File("dataset"), /*verify_digest=*/true);
    EXPECT_TRUE(dataset.ok()) << dataset.status();
    return *std::move(dataset);
  }
  // That all of flows_ at once would make.
  std::string DigestOf(size_t rows) {
    const std::vector<Flow> flows(flows_.begin(), flows_.begin() + static_cast<ptrdiff_t>(rows));
    return MakeDataset(dir_.File("at_once"), flows, "hours=odd")->manifest().digest;
  }

  TempDir dir_;
  const std::vector<Flow> flows_ = AnyFlows(3000, 9, 3, false);
};

TEST_F(GrowingDatasetTest, MakesTheDatasetThatAllItsRowsAtOnceWouldMake) {
  const auto growing = Open();
  for (size_t begin = 0; begin < 3000; begin += 1000) {
    ASSERT_TRUE(growing->Take(Batch(begin, begin + 1000), "nfcapd").ok());
    ASSERT_TRUE(growing->Commit(json{{"file", begin}}).ok());
    const auto dataset = Write(growing.get());
    EXPECT_EQ(dataset->manifest().rows, begin + 1000);
    EXPECT_EQ(dataset->manifest().format, "nfcapd");
    EXPECT_EQ(dataset->manifest().digest, DigestOf(begin + 1000));
  }
}

TEST_F(GrowingDatasetTest, GoesOnBehindTheLastCommitWithItsNote) {
  {
    const auto growing = Open();
    EXPECT_TRUE(growing->note().is_null());
    FlowBatch batch = Batch(0, 1000);
    batch.rejected.push_back({2000, "is IPv6"});
    ASSERT_TRUE(growing->Take(batch, "nfcapd").ok());
    ASSERT_TRUE(growing->Commit(json{{"through", 7}}).ok());
    // More than a writer's buffer holds: some of it reaches the files.
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(growing->Take(Batch(1000, 3000), "nfcapd").ok());
  }
  const auto growing = Open();
  EXPECT_EQ(growing->note(), json({{"through", 7}}));
  EXPECT_EQ(growing->rows(), 1000u);
  EXPECT_EQ(growing->rejected_rows(), 1u);
  ASSERT_TRUE(growing->Take(Batch(1000, 3000), "nfcapd").ok());
  ASSERT_TRUE(growing->Commit(json{{"through", 8}}).ok());
  const auto dataset = Write(growing.get());
  EXPECT_EQ(dataset->manifest().digest, DigestOf(3000));
  EXPECT_EQ(dataset->manifest().rejected_rows, 1u);
  EXPECT_EQ(dataset->manifest().rejected.at(0).reason, "is IPv6");
}

TEST_F(GrowingDatasetTest, BeginsWithTheRowsOfADataset) {
  const std::vector<Flow> first(flows_.begin(), flows_.begin() + 1000);
  const auto base = MakeDataset(dir_.File("base"), first, "hours=odd");
  const auto growing = Open();
  ASSERT_TRUE(growing->Begin(*base).ok());
  ASSERT_TRUE(growing->Take(Batch(1000, 3000), "nfcapd").ok());
  ASSERT_TRUE(growing->Commit(json()).ok());
  const auto dataset = Write(growing.get());
  EXPECT_EQ(dataset->manifest().rows, 3000u);
  EXPECT_EQ(dataset->manifest().format, base->manifest().format + ", nfcapd");
  EXPECT_EQ(dataset->manifest().train_rows + dataset->manifest().holdout_rows, 3000u);
}

TEST_F(GrowingDatasetTest, LeavesOutAndCountsWhatIsBeyondItsBound) {
  const auto growing = Open(/*max_rows=*/1200);
  ASSERT_TRUE(growing->Take(Batch(0, 1000), "nfcapd").ok());
  ASSERT_TRUE(growing->Take(Batch(1000, 3000), "nfcapd").ok());
  EXPECT_EQ(growing->rows(), 1200u);
  EXPECT_EQ(growing->left_out_rows(), 1800u);
}

TEST_F(GrowingDatasetTest, SaysThatThereAreNoRows) {
  const auto growing = Open();
  ASSERT_TRUE(growing->Commit(json()).ok());
  const auto written = growing->WriteTo(dir_.File("dataset"), 5, [](double) { return absl::OkStatus(); });
  EXPECT_TRUE(absl::IsFailedPrecondition(written.status()));
}

TEST_F(GrowingDatasetTest, SaysThatItsFilesAreDamaged) {
  {
    const auto growing = Open();
    ASSERT_TRUE(growing->Take(Batch(0, 1000), "nfcapd").ok());
    ASSERT_TRUE(growing->Commit(json()).ok());
  }
  GrowingDatasetOptions options;
  options.home = HomeNetworks();
  std::filesystem::resize_file(dir_.File("rows") + "/bytes.bin", 7);
  const auto shorter = GrowingDataset::Open(dir_.File("rows"), options);
  EXPECT_TRUE(absl::IsDataLoss(shorter.status())) << shorter.status();
  EXPECT_THAT(std::string(shorter.status().message()), HasSubstr("bytes.bin"));
  ASSERT_TRUE(WriteFileDurably(dir_.File("rows") + "/commit.json", "{").ok());
  const auto half = GrowingDataset::Open(dir_.File("rows"), options);
  EXPECT_TRUE(absl::IsDataLoss(half.status())) << half.status();
}

TEST(DatasetOpen, IsWholeWhileItsNameGoesToAnotherFolder) {
  TempDir dir;
  MakeDataset(dir.File("a"), AnyFlows(100, 3, 2, true), "none");
  MakeDataset(dir.File("b"), AnyFlows(500, 5, 2, true), "none");
  // About one exchange to an opening, somewhere in its midst.
  std::atomic<int> opened{0};
  std::atomic<bool> done{false};
  std::thread exchanges([&] {
    for (int seen = -1; !done; std::this_thread::yield()) {
      if (seen == opened) continue;
      seen = opened;
      EXPECT_TRUE(ExchangeDirectories(dir.File("a"), dir.File("b")).ok());
    }
  });
  for (int i = 0; i < 200; ++i, ++opened) {
    const auto dataset = Dataset::Open(dir.File("a"), /*verify_digest=*/true);
    EXPECT_TRUE(dataset.ok()) << dataset.status();
    if (!dataset.ok()) continue;
    EXPECT_TRUE((*dataset)->size() == 100 || (*dataset)->size() == 500);
  }
  done = true;
  exchanges.join();
}

}  // namespace
}  // namespace stanflow
