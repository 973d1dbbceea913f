#include "core/model/bundle.h"

#include <ATen/ATen.h>

#include "gtest/gtest.h"
#include "tests/support/small_model.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}

class Bundles : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(WriteBundle(path_, *SmallModel(Preset::kCausal), SmallBundleInfo()).ok());
  }
  absl::Status Read() { return ReadBundle(path_, Preset::kCausal).status(); }

  const TempDir dir_;
  const std::string path_ = dir_.File("bundle");
};

TEST_F(Bundles, GiveBackTheModelThatWasWritten) {
  const auto model = SmallModel(Preset::kCausal);
  const Bundle back = ReadBundle(path_, Preset::kCausal).value();
  EXPECT_EQ(back.info.dataset, "sample");
  EXPECT_EQ(back.model->outputs.ToJson(), model->outputs.ToJson());
  ASSERT_EQ(back.model->nets.size(), model->nets.size());
  for (size_t n = 0; n < model->nets.size(); ++n) {
    const auto a = model->nets[n]->parameters(), b = back.model->nets[n]->parameters();
    for (size_t p = 0; p < a.size(); ++p) EXPECT_TRUE(at::equal(a[p], b[p]));
  }
}

TEST_F(Bundles, AreNeverWrittenOverOneThatIsThere) {
  EXPECT_EQ(WriteBundle(path_, *SmallModel(Preset::kCausal), SmallBundleInfo()).code(),
            absl::StatusCode::kAlreadyExists);
}

TEST_F(Bundles, AreRefusedWithDamagedWeights) {
  std::string weights = dir_.Read("bundle/model.safetensors");
  weights[weights.size() / 2] ^= 1;
  dir_.Write("bundle/model.safetensors", weights);
  EXPECT_EQ(Read().code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(Read().message().find("model.safetensors"), absl::string_view::npos);
}

TEST_F(Bundles, AreRefusedWithoutWeights) {
  std::filesystem::remove(path_ + "/model.safetensors");
  EXPECT_EQ(Read().code(), absl::StatusCode::kDataLoss);
}

TEST_F(Bundles, AreRefusedWithAManifestThatIsNoJson) {
  dir_.Write("bundle/manifest.json", "{");
  EXPECT_EQ(Read().code(), absl::StatusCode::kDataLoss);
}

TEST_F(Bundles, AreRefusedOfAnotherProgramFormatOrSchema) {
  const std::string manifest = dir_.Read("bundle/manifest.json");
  for (const auto& [from, to] :
       {std::pair{"\"stanflow-model\"", "\"other\""},
        std::pair{"\"format_version\": 1", "\"format_version\": 99"},
        std::pair{"\"time_delta\",\n  \"direction\"", "\"direction\",\n  \"time_delta\""}}) {
    dir_.Write("bundle/manifest.json", Replaced(manifest, from, to));
    EXPECT_EQ(Read().code(), absl::StatusCode::kFailedPrecondition) << to;
  }
}

TEST_F(Bundles, AreRefusedAsOneOfTheOtherPreset) {
  EXPECT_EQ(ReadBundle(path_, Preset::kPaper).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(Bundles, AreRefusedWhenOptionsAndWeightsDisagree) {
  const std::string manifest = dir_.Read("bundle/manifest.json");
  dir_.Write("bundle/manifest.json", Replaced(manifest, "\"width\": 8", "\"width\": 9"));
  EXPECT_EQ(Read().code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(Read().message().find("tensor"), absl::string_view::npos);
}

TEST_F(Bundles, AreRefusedWithAHeadThatThePresetHasNot) {
  const std::string manifest = dir_.Read("bundle/manifest.json");
  dir_.Write("bundle/manifest.json", Replaced(manifest, "\"head\": \"softmax\"", "\"head\": \"marginal\""));
  EXPECT_EQ(Read().code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(Read().message().find("softmax"), absl::string_view::npos);
}

}  // namespace
}  // namespace stanflow
