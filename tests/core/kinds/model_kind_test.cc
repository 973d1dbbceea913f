#include "core/kinds/model_kind.h"

#include <set>

#include "gmock/gmock.h"
#include "tests/core/kinds/kind_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

class ModelKinds : public KindTest {};

TEST_F(ModelKinds, AreFoundByNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const ModelKind* kind : AllModelKinds()) {
    EXPECT_TRUE(names.insert(kind->name).second) << kind->name;
    EXPECT_EQ(FindModelKind(kind->name).value(), kind);
    EXPECT_FALSE(kind->help.empty());
  }
}

TEST_F(ModelKinds, AreListedToWhoAsksForAnother) {
  const absl::Status status = FindModelKind("gan").status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  for (const ModelKind* kind : AllModelKinds()) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(kind->name)));
  }
}

// What every job, stream and estimate relies on, whatever the kind.
TEST_F(ModelKinds, CompleteTheirOptionsAndKeepWhatWasSet) {
  for (const ModelKind* kind : AllModelKinds()) {
    const auto options = kind->complete_options({});
    ASSERT_TRUE(options.ok()) << kind->name << options.status();
    ASSERT_TRUE(options->is_object()) << kind->name;
    for (const auto& [name, value] : options->items()) {
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      const auto again = kind->complete_options({{name, text}});
      EXPECT_EQ(again.value(), *options) << kind->name << " " << name;
    }
    EXPECT_TRUE(absl::IsInvalidArgument(kind->complete_options({{"no such option", "1"}}).status()))
        << kind->name;
  }
}

TEST_F(ModelKinds, LoadABundleByItsManifest) {
  const auto dataset = Data();
  ASSERT_TRUE(kB1Kind.train(Task(*dataset)).ok());
  EXPECT_EQ(ModelKindOf(bundle()).value(), &kB1Kind);
  EXPECT_EQ(LoadGenerator(bundle(), "cpu").value()->info().preset, "b1");
  EXPECT_TRUE(ValidateBundle(bundle()).ok());
}

TEST_F(ModelKinds, RefuseABundleOfAnUnknownOneByItsName) {
  const auto dataset = Data();
  ASSERT_TRUE(kB1Kind.train(Task(*dataset)).ok());
  nlohmann::json manifest = Manifest();
  for (const nlohmann::json& preset : {nlohmann::json("oracle"), nlohmann::json(7), nlohmann::json()}) {
    manifest["preset"] = preset;
    dir_.Write("bundle/manifest.json", manifest.dump());
    const absl::Status status = ValidateBundle(bundle());
    EXPECT_TRUE(absl::IsFailedPrecondition(status));
    EXPECT_THAT(std::string(status.message()), HasSubstr(preset.dump()));
  }
}

}  // namespace
}  // namespace stanflow
