#include "core/model/options.h"

#include "gtest/gtest.h"

namespace stanflow {
namespace {

TEST(TrainOptions, AreThePresetsDefaultsUntilTheyAreSet) {
  const StanOptions options = ParseTrainOptions(Preset::kCausal, {{"width", "24"}, {"mask", "a"}}).value();
  EXPECT_EQ(options.width, 24);
  EXPECT_EQ(options.mask, Mask::kA);
  EXPECT_EQ(options.hidden, StanOptions().hidden);
}

TEST(TrainOptions, RefuseAnUnknownOneWithTheOnesThereAre) {
  const auto status = ParseTrainOptions(Preset::kPaper, {{"width", "24"}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("'width'"), absl::string_view::npos);
  EXPECT_NE(status.message().find("epochs"), absl::string_view::npos);
}

TEST(TrainOptions, RefuseValuesOutsideTheirRange) {
  for (const char* value : {"0", "2.5", "many", ""}) {
    const auto status = ParseTrainOptions(Preset::kCausal, {{"epochs", value}}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << value;
    EXPECT_NE(status.message().find("epochs"), absl::string_view::npos);
  }
}

TEST(TrainOptions, ComeBackFromJsonAsTheyWere) {
  const StanOptions options = ParseTrainOptions(Preset::kCausal, {{"learning_rate", "0.003"}}).value();
  EXPECT_EQ(StanOptions::FromJson(options.ToJson()).value().ToJson(), options.ToJson());
}

TEST(Presets, AreRefusedByNameWithTheOnesThereAre) {
  EXPECT_EQ(PresetFromName("paper").value(), Preset::kPaper);
  EXPECT_NE(PresetFromName("gan").status().message().find("causal, paper, b1"), absl::string_view::npos);
}

}  // namespace
}  // namespace stanflow
