#include "core/kinds/model_kind.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

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

// Another value than `value`, which every kind takes beside its defaults for the rest.
nlohmann::json Another(const std::string& name, const nlohmann::json& value) {
  static const auto* const words = new std::map<std::string, std::string>{
      {"mask", "a"}, {"encoding", "n"}, {"conditions", "log"}, {"structure", "protocol|hour"}};
  if (value.is_number_integer()) return 2 * value.get<int>();
  if (value.is_number()) return value.get<double>() / 2;
  return words->at(name);
}

// What every job, stream and estimate relies on, whatever the kind.
TEST_F(ModelKinds, CompleteTheirOptionsAndKeepWhatWasSet) {
  for (const ModelKind* kind : AllModelKinds()) {
    const auto options = kind->complete_options({});
    ASSERT_TRUE(options.ok()) << kind->name << options.status();
    ASSERT_TRUE(options->is_object()) << kind->name;
    for (const auto& [name, value] : options->items()) {
      nlohmann::json expected = *options;
      const nlohmann::json another = expected[name] = Another(name, value);
      ASSERT_NE(another, value) << kind->name << " " << name;
      const std::string text = another.is_string() ? another.get<std::string>() : another.dump();
      const auto set = kind->complete_options({{name, text}});
      ASSERT_TRUE(set.ok()) << kind->name << set.status();
      EXPECT_EQ(*set, expected) << kind->name << " " << name;
    }
    EXPECT_TRUE(absl::IsInvalidArgument(kind->complete_options({{"no such option", "1"}}).status()))
        << kind->name;
  }
}

TEST_F(ModelKinds, OfRowModelsReportToTheEndAndStopAtTheLastOfTheirReports) {
  const auto dataset = Data();
  for (const ModelKind* kind : {&kB1Kind, &kB2Kind}) {
    std::vector<double> fractions;
    TrainingTask task = Task(*dataset);
    task.progress = [&](const TrainerProgress& p) { fractions.push_back(p.fraction); };
    ASSERT_TRUE(kind->train(task).ok()) << kind->name;
    std::filesystem::remove_all(bundle());
    EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end())) << kind->name;
    EXPECT_EQ(std::count(fractions.begin(), fractions.end(), 1), 1) << kind->name;
    EXPECT_EQ(fractions.back(), 1) << kind->name;
    const double late = fractions[fractions.size() - 2];
    bool stop = false;
    task.progress = [&](const TrainerProgress& p) { stop = stop || p.fraction >= late; };
    task.stop_requested = [&] { return stop; };
    EXPECT_TRUE(absl::IsCancelled(kind->train(task).status())) << kind->name;
    EXPECT_FALSE(std::filesystem::exists(bundle())) << kind->name;
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
