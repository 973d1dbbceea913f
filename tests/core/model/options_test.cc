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
  for (const Preset preset : {Preset::kCausal, Preset::kPaper}) {
    const StanOptions options = ParseTrainOptions(preset, {{"epochs", "3"}, {"mask", "a"}}).value();
    const StanOptions back = StanOptions::FromJson(preset, options.ToJson()).value();
    EXPECT_EQ(back.ToJson(), options.ToJson());
    EXPECT_EQ(back.preset, preset);
    EXPECT_EQ(back.mask, Mask::kA);
  }
}

}  // namespace
}  // namespace stanflow
