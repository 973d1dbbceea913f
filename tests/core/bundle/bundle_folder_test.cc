#include "core/bundle/bundle_folder.h"

#include <cmath>
#include <filesystem>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

class BundleFolders : public ::testing::Test {
 protected:
  nlohmann::json Manifest(const BundleInfo& info = {}) const {
    nlohmann::json manifest = CommonManifest("toy", {{"size", 3}}, 12, info);
    manifest["own"] = "field";
    return manifest;
  }
  absl::Status Write() {
    TensorFile weights;
    weights.tensors["w"] = StoreVector<float>({1, 2, 3});
    return WriteBundleFolder(folder_, Manifest(), weights);
  }
  absl::Status Read(const std::string& preset = "toy") { return ReadBundleFolder(folder_, preset).status(); }

  const TempDir dir_;
  const std::string folder_ = dir_.File("bundle");
};

TEST_F(BundleFolders, GiveBackWhatWasWritten) {
  ASSERT_TRUE(Write().ok());
  const BundleFolder back = ReadBundleFolder(folder_, "toy").value();
  EXPECT_EQ(back.manifest["own"], "field");
  EXPECT_EQ(back.manifest["options"]["size"], 3);
  EXPECT_EQ(back.manifest["parameters"], 12);
  EXPECT_EQ(LoadVector<float>(back.weights, "w").value(), (std::vector<float>{1, 2, 3}));
}

TEST_F(BundleFolders, KeepThatThereIsNoLikelihood) {
  BundleInfo info;
  info.validation_nats = std::numeric_limits<double>::quiet_NaN();
  ASSERT_TRUE(WriteBundleFolder(folder_, Manifest(info), {}).ok());
  const BundleFolder back = ReadBundleFolder(folder_, "toy").value();
  EXPECT_TRUE(back.manifest["validation_nats"].is_null());
  EXPECT_TRUE(std::isnan(back.info.validation_nats));
}

TEST_F(BundleFolders, SayWhereTheModelComesFrom) {
  const auto dataset = MakeDataset(dir_.File("data"), AnyFlows(300, 6, 8, true), "hours=odd");
  const BundleInfo info = BundleInfoOf(*dataset, 7, 1234);
  EXPECT_EQ(info.dataset, "test");
  EXPECT_EQ(info.dataset_digest, dataset->manifest().digest);
  EXPECT_EQ(info.holdout, "hours=odd");
  EXPECT_EQ(info.hosts, 6);
  EXPECT_EQ(info.seed, 7);
  EXPECT_EQ(info.created_ms, 1234);
  EXPECT_EQ(info.default_start_ms, kMidnight);
}

TEST_F(BundleFolders, AreNeverWrittenOverOneThatIsThere) {
  ASSERT_TRUE(Write().ok());
  EXPECT_TRUE(absl::IsAlreadyExists(Write()));
  EXPECT_FALSE(std::filesystem::exists(folder_ + ".tmp")) << "the refused one";
  EXPECT_TRUE(Read().ok());
}

TEST_F(BundleFolders, AreRefusedDamaged) {
  ASSERT_TRUE(Write().ok());
  const std::string weights = dir_.Read("bundle/model.safetensors");
  std::string damaged = weights;
  damaged.back() ^= 1;
  dir_.Write("bundle/model.safetensors", damaged);
  EXPECT_TRUE(absl::IsDataLoss(Read()));
  EXPECT_THAT(std::string(Read().message()), HasSubstr("model.safetensors"));
  std::filesystem::remove(folder_ + "/model.safetensors");
  EXPECT_TRUE(absl::IsDataLoss(Read()));
  EXPECT_THAT(std::string(Read().message()), HasSubstr("model.safetensors is missing"));
  dir_.Write("bundle/manifest.json", "{");
  EXPECT_TRUE(absl::IsDataLoss(Read()));
}

TEST_F(BundleFolders, AreNotFoundWithoutAManifest) {
  EXPECT_TRUE(absl::IsNotFound(Read()));
  ASSERT_TRUE(Write().ok());
  std::filesystem::remove(folder_ + "/manifest.json");
  EXPECT_TRUE(absl::IsNotFound(Read()));
}

TEST_F(BundleFolders, AreRefusedForeign) {
  ASSERT_TRUE(Write().ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Read("other")));
  const nlohmann::json manifest = nlohmann::json::parse(dir_.Read("bundle/manifest.json"));
  for (const auto& [field, value] : {std::pair<const char*, nlohmann::json>{"format", "onnx"},
                                     {"format", 3},
                                     {"format_version", 99},
                                     {"schema", nlohmann::json::array({"bytes"})}}) {
    nlohmann::json foreign = manifest;
    foreign[field] = value;
    dir_.Write("bundle/manifest.json", foreign.dump());
    EXPECT_TRUE(absl::IsFailedPrecondition(Read())) << field;
  }
}

TEST_F(BundleFolders, AreRefusedWithoutAFieldByItsName) {
  ASSERT_TRUE(Write().ok());
  const nlohmann::json manifest = nlohmann::json::parse(dir_.Read("bundle/manifest.json"));
  for (const char* field : {"hosts", "seed", "validation_nats", "weights_sha256"}) {
    nlohmann::json lacking = manifest;
    lacking.erase(field);
    dir_.Write("bundle/manifest.json", lacking.dump());
    EXPECT_TRUE(absl::IsDataLoss(Read()));
    EXPECT_THAT(std::string(Read().message()), HasSubstr(field));
  }
}

}  // namespace
}  // namespace stanflow
