#include "core/base/philox.h"
#include "core/generate/baselines/b2_fit.h"
#include "gmock/gmock.h"
#include "tests/core/kinds/kind_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

class B2Kind : public KindTest {
 protected:
  // Flows whose bytes nearly always repeat their host's last ones.
  std::unique_ptr<Dataset> Repeating() {
    std::vector<Flow> flows = AnyFlows(6000, 3, 8, true);
    std::map<uint32_t, uint64_t> last;
    for (size_t i = 0; i < flows.size(); ++i) {
      Flow& flow = flows[i];
      const bool outgoing = (flow.source_address >> 16) == (kHomeNet >> 16);
      uint64_t& bytes = last[outgoing ? flow.source_address : flow.destination_address];
      const auto u = Uniform2({1, 0, 0, i, 0});
      if (bytes == 0 || u[0] < 0.1) bytes = 40 + static_cast<uint64_t>(u[1] * 10000);
      flow.bytes = bytes;
    }
    return MakeDataset(dir_.File("data"), flows, "hours=odd");
  }
  // Of 2000 drawn flows, those with bytes within a tenth of the ones before.
  static int NearTheirLast(const Generator& generator) {
    const std::vector<HostRow> rows = Draw(generator, {5, 0, 0, 0}, 2000);
    int near = 0;
    for (size_t i = 1; i < rows.size(); ++i) {
      const double ratio = static_cast<double>(rows[i].bytes) / static_cast<double>(rows[i - 1].bytes);
      near += ratio > 0.9 && ratio < 1.1;
    }
    return near;
  }
  static double BytesNats(const Scorer& scorer, const std::vector<HostRow>& rows) {
    std::vector<RowNats> nats(rows.size());
    EXPECT_TRUE(scorer.Score(rows, absl::MakeSpan(nats)).ok());
    double sum = 0;
    for (const RowNats& row : nats) sum += row.exact[static_cast<int>(Attribute::kBytes)];
    return sum / static_cast<double>(rows.size());
  }
};

TEST_F(B2Kind, KnowsBytesByThoseBeforeAndB1DoesNot) {
  const auto dataset = Repeating();
  ASSERT_TRUE(kB2Kind.train(Task(*dataset)).ok());
  const auto b2 = kB2Kind.load_scorer(bundle(), "cpu");
  ASSERT_TRUE(b2.ok()) << b2.status();
  const auto b1 = MakeRowScorer(FitB1Model(*dataset, {}).value().model);
  const Sequence held_out = dataset->Sequences(Split::kHoldout).front();
  const std::vector<HostRow> rows = dataset->HostRows(held_out);
  EXPECT_LT(BytesNats(**b2, rows), BytesNats(*b1, rows) - 1);
}

TEST_F(B2Kind, DrawsBytesThatHangTogetherAsTheRealOnesDo) {
  const auto dataset = Repeating();
  ASSERT_TRUE(kB2Kind.train(Task(*dataset)).ok());
  const auto b2 = kB2Kind.load_generator(bundle(), "cpu").value();
  const auto b1 = MakeRowGenerator(FitB1Model(*dataset, {}).value().model, {});
  EXPECT_GT(NearTheirLast(*b2), 800);
  EXPECT_LT(NearTheirLast(*b1), 300);
}

TEST_F(B2Kind, ALoadedModelIsTheFittedOneWithAnExpertsStructure) {
  const auto dataset = Data();
  const std::string structure = "protocol|previous.protocol;packets|protocol,hour";
  ASSERT_TRUE(kB2Kind.train(Task(*dataset, {{"structure", structure}})).ok());
  EXPECT_EQ(Manifest()["options"]["structure"], structure);
  B2FitOptions options;
  options.structure = structure;
  const auto fitted = FitB2Model(*dataset, options).value().model;
  const auto loaded = kB2Kind.load_generator(bundle(), "cpu").value();
  EXPECT_EQ(Draw(*loaded, {5, 0, 0, 0}, 100), Draw(*MakeRowGenerator(fitted, {}), {5, 0, 0, 0}, 100));
  EXPECT_EQ(loaded->info().preset, "b2");
}

TEST_F(B2Kind, AWrongStructureIsRefusedWithItsWord) {
  const absl::Status status = kB2Kind.complete_options({{"structure", "bytes|previous.size"}}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("'size' is no attribute"));
}

TEST_F(B2Kind, AManifestWithoutItsOptionsIsRefused) {
  const auto dataset = Data();
  ASSERT_TRUE(kB2Kind.train(Task(*dataset)).ok());
  nlohmann::json manifest = Manifest();
  manifest.erase("options");
  dir_.Write("bundle/manifest.json", manifest.dump());
  const absl::Status status = kB2Kind.load_generator(bundle(), "cpu").status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("bundle/manifest.json: preset b2: option structure is missing"));
}

TEST_F(B2Kind, StopsWhenAsked) {
  const auto dataset = Data("none");
  TrainingTask task = Task(*dataset);
  task.stop_requested = [] { return true; };
  EXPECT_TRUE(absl::IsCancelled(kB2Kind.train(task).status()));
}

}  // namespace
}  // namespace stanflow
