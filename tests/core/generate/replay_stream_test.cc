#include "core/generate/replay_stream.h"

#include <set>

#include "core/generate/ordered_stream.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/support/stream_stepper.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

constexpr uint32_t kRows = 600, kHosts = 5;
constexpr int64_t kStart = kMidnight + 40 * kDayMs;

class ReplayStreamTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // Over 30 hours at whole seconds: many rows end at the same time, and a pass takes two days.
    dataset_ = MakeDataset(dir_.File("data"), AnyFlows(kRows, kHosts, 30, true), "none");
    model_ = std::make_shared<const ReplayModel>(ReplayModel::OfDataset(*dataset_).value());
    generator_ = MakeRowGenerator(model_, {});
  }

  static StreamSpec Spec(uint32_t hosts) {
    StreamSpec spec;
    spec.hosts = hosts;
    spec.home = Cidr{0xAC100000, 16};
    spec.start_ms = kStart;
    return spec;
  }
  static FlowTable Drain(FlowStream* stream, size_t limit) {
    FlowTable flows;
    while (!stream->done()) EXPECT_GT(stream->Pop(limit, &flows), 0u);
    return flows;
  }
  FlowTable Replayed(const StreamSpec& spec, uint64_t first_row = 0, size_t limit = 1000) const {
    return Drain(generator_->OpenStream(spec, first_row).get(), limit);
  }
  // The same by the contexts, row by row.
  FlowTable Stepped(const StreamSpec& spec) const {
    OrderedStream stream(generator_.get(), spec, 64);
    StreamStepper stepper(generator_.get(), &stream);
    FlowTable flows;
    while (!stream.done()) {
      EXPECT_TRUE(stepper.Step().ok());
      stream.Pop(1000, &flows);
    }
    return flows;
  }
  static void ExpectSame(const FlowTable& a, const FlowTable& b) {
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) ASSERT_EQ(a.Row(i), b.Row(i)) << "flow " << i;
  }

  TempDir dir_;
  std::unique_ptr<Dataset> dataset_;
  std::shared_ptr<const ReplayModel> model_;
  std::unique_ptr<Generator> generator_;
};

TEST_F(ReplayStreamTest, OnePassIsTheDatasetWithItsHomeAddressesAndClockMoved) {
  StreamSpec spec = Spec(kHosts);
  spec.duration_ms = 2 * kDayMs;
  const FlowTable flows = Replayed(spec);
  ASSERT_EQ(flows.size(), kRows);
  std::multiset<std::string> expected, found;
  const auto text = [](const Flow& f) {
    return StrCat(f.end_ms, " ", f.duration_ms, " ", f.source_address, " ", f.destination_address, " ",
                  f.source_port, " ", f.destination_port, " ", int{f.protocol}, " ", int{f.tcp_flags}, " ",
                  int{f.tos}, " ", f.packets, " ", f.bytes);
  };
  for (const Flow& real : AnyFlows(kRows, kHosts, 30, true)) {
    Flow moved = real;
    moved.end_ms += kStart - kMidnight;
    for (uint32_t* address : {&moved.source_address, &moved.destination_address}) {
      if ((*address & 0xFFFF0000) == kHomeNet) *address = *address - kHomeNet + 0xAC100000;
    }
    expected.insert(text(moved));
  }
  for (size_t i = 0; i < flows.size(); ++i) found.insert(text(flows.Row(i)));
  EXPECT_EQ(found, expected);
  EXPECT_TRUE(std::is_sorted(flows.end_ms.begin(), flows.end_ms.end()));
}

TEST_F(ReplayStreamTest, EqualsItsContextsSteppedOneByOne) {
  for (const uint32_t hosts : {1u, 3u, kHosts, 2 * kHosts, 13u}) {
    StreamSpec spec = Spec(hosts);
    spec.rows = 3000;  // more than a pass
    ExpectSame(Replayed(spec), Stepped(spec));
  }
}

TEST_F(ReplayStreamTest, EndsWhereADurationEnds) {
  for (const uint32_t hosts : {2u, kHosts, 12u}) {
    for (const int64_t duration : {kHourMs + 1, kHourMs, 2 * kDayMs, 5 * kDayMs + 7 * kHourMs}) {
      StreamSpec spec = Spec(hosts);
      spec.duration_ms = duration;
      ExpectSame(Replayed(spec), Stepped(spec));
    }
  }
}

TEST_F(ReplayStreamTest, GoesOnAtAnyFlowWithWhatFollowsIt) {
  for (const uint32_t hosts : {3u, kHosts, 12u}) {
    StreamSpec spec = Spec(hosts);
    spec.rows = 2500;
    const FlowTable whole = Replayed(spec);
    for (const uint64_t first : {1u, 17u, kRows - 1, kRows, kRows + 1, 1999u, 2499u}) {
      const FlowTable rest = Replayed(spec, first, 7);
      ASSERT_EQ(rest.size(), whole.size() - first);
      for (size_t i = 0; i < rest.size(); ++i)
        ASSERT_EQ(rest.Row(i), whole.Row(first + i)) << first << "+" << i;
    }
  }
}

TEST_F(ReplayStreamTest, IsNeverDueAndNeedsNoSavedState) {
  const auto stream = generator_->OpenStream(Spec(kHosts), 10);
  EXPECT_EQ(stream->due(), 0u);
  EXPECT_TRUE(stream->seekable());
  EXPECT_EQ(stream->emitted(), 10u);
  EXPECT_FALSE(stream->done());
}

TEST_F(ReplayStreamTest, AStoredModelIsTheSame) {
  TensorFile file;
  model_->Store(&file);
  const auto loaded = ReplayModel::Load(file);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const auto generator = MakeRowGenerator(std::make_shared<const ReplayModel>(*loaded), {});
  StreamSpec spec = Spec(7);
  spec.rows = 1000;
  ExpectSame(Drain(generator->OpenStream(spec, 0).get(), 100), Replayed(spec));
}

TEST_F(ReplayStreamTest, ADamagedModelIsRefusedWithWhatIsWrong) {
  TensorFile whole;
  model_->Store(&whole);
  const auto refused = [&](const std::function<void(TensorFile*)>& damage) {
    TensorFile file = whole;
    damage(&file);
    const absl::Status status = ReplayModel::Load(file).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    return std::string(status.message());
  };
  EXPECT_THAT(refused([](TensorFile* file) { file->tensors.erase("tos"); }),
              HasSubstr("tensor tos is missing"));
  EXPECT_THAT(refused([](TensorFile* file) {
                file->tensors["tos"] = StoreVector<uint8_t>({1, 2});
              }),
              HasSubstr("tensor tos is not of 600 values"));
  EXPECT_THAT(refused([](TensorFile* file) {
                std::vector<int64_t> ends = LoadVector<int64_t>(*file, "end_ms").value();
                std::swap(ends.front(), ends.back());
                file->tensors["end_ms"] = StoreVector<int64_t>(ends);
              }),
              HasSubstr("order of their ends"));
  EXPECT_THAT(refused([](TensorFile* file) {
                std::vector<uint32_t> hosts = LoadVector<uint32_t>(*file, "host").value();
                hosts[0] = 1u << 31;
                file->tensors["host"] = StoreVector<uint32_t>(hosts);
              }),
              HasSubstr("hosts without rows"));
}

}  // namespace
}  // namespace stanflow
