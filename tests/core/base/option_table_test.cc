#include "core/base/option_table.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

struct Knobs {
  int turns = 3;
  double heat = 0.5;
  int colour = 1;
  std::string name = "none";
};

absl::Status NoSpaces(const std::string& text) {
  if (text.find(' ') == std::string::npos) return absl::OkStatus();
  return absl::InvalidArgumentError("has a space");
}

const OptionTable<Knobs>& Table() {
  static const auto* const table = new OptionTable<Knobs>(
      "the stove", {{"turns", "turns", "how often", WholeOption<Knobs>{&Knobs::turns, 0, 10}},
                    {"heat", "", "how hot", RealOption<Knobs>{&Knobs::heat, 0, 1}},
                    {"colour", "red|blue", "of the flame",
                     WordOption<Knobs>{{"red", "blue"},
                                       [](const Knobs& knobs) { return knobs.colour; },
                                       [](int word, Knobs* knobs) { knobs->colour = word; }}},
                    {"name", "text", "who made it", TextOption<Knobs>{&Knobs::name, NoSpaces}}});
  return *table;
}

std::string Refusal(const std::string& name, const std::string& text) {
  const absl::Status status = Table().Parse({{name, text}}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << name << "=" << text;
  return std::string(status.message());
}

TEST(OptionTable, KeepsTheDefaultsOfWhatIsNotSet) {
  const Knobs knobs = Table().Parse({{"turns", "7"}, {"colour", "red"}}).value();
  EXPECT_EQ(knobs.turns, 7);
  EXPECT_EQ(knobs.colour, 0);
  EXPECT_EQ(knobs.heat, 0.5);
  EXPECT_EQ(knobs.name, "none");
}

TEST(OptionTable, SaysWhatAValueShouldHaveBeen) {
  for (const char* text : {"11", "-1", "2.5", "many", "", "nan", "inf"}) {
    EXPECT_THAT(Refusal("turns", text),
                EndsWith("turns: '" + std::string(text) + "' is not a whole number from 0 to 10 (turns)"));
  }
  EXPECT_THAT(Refusal("heat", "2"), EndsWith("a number from 0 to 1"));
  EXPECT_THAT(Refusal("colour", "green"), HasSubstr("none of red, blue"));
  EXPECT_THAT(Refusal("name", "a b"), HasSubstr("has a space"));
}

TEST(OptionTable, ExplainsTheOptionsThereAreToWhoSetsAnUnknownOne) {
  EXPECT_EQ(Refusal("smoke", "1"),
            "the stove has no option 'smoke'; it has turns, heat, colour, name\n"
            "  turns=3 (turns): how often\n"
            "  heat=0.5: how hot\n"
            "  colour=blue (red|blue): of the flame\n"
            "  name=none (text): who made it");
  EXPECT_THAT(std::string(OptionTable<Knobs>("a stone", {}).Parse({{"x", "1"}}).status().message()),
              EndsWith("it has none"));
}

TEST(OptionTable, ComesBackFromJson) {
  const Knobs knobs =
      Table().Parse({{"turns", "7"}, {"heat", "0.1"}, {"colour", "red"}, {"name", "x"}}).value();
  const nlohmann::json json = Table().ToJson(knobs);
  EXPECT_EQ(json, (nlohmann::json{{"turns", 7}, {"heat", 0.1}, {"colour", "red"}, {"name", "x"}}));
  EXPECT_EQ(Table().ToJson(Table().FromJson(json).value()), json);
}

TEST(OptionTable, RefusesJsonThatLacksOneOrHoldsAnImpossibleOrAnUnknownOne) {
  nlohmann::json json = Table().ToJson(Knobs());
  json["smoke"] = 1;
  EXPECT_TRUE(absl::IsDataLoss(Table().FromJson(json).status()));
  EXPECT_THAT(Table().FromJson(json).status().message(), HasSubstr("no option 'smoke'"));
  json.erase("smoke");
  json["turns"] = 99;
  EXPECT_TRUE(absl::IsDataLoss(Table().FromJson(json).status()));
  json.erase("turns");
  EXPECT_THAT(Table().FromJson(json).status().message(), HasSubstr("turns is missing"));
  EXPECT_TRUE(absl::IsDataLoss(Table().FromJson(nullptr).status()));
}

TEST(OptionTable, HelpHasEveryOptionsDefault) {
  std::vector<std::string> defaults;
  for (const OptionHelp& help : Table().Help()) defaults.push_back(help.name + "=" + help.default_value);
  EXPECT_THAT(defaults, ::testing::ElementsAre("turns=3", "heat=0.5", "colour=blue", "name=none"));
}

}  // namespace
}  // namespace stanflow
