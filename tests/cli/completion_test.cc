#include <sstream>

#include "tests/cli/cli_testing.h"

namespace stanflow {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class Completion : public CliTest {
 protected:
  // What bash offers for the last of `words`.
  std::vector<std::string> Offered(const std::string& words) {
    const std::string script = dir_.Write("completion.bash", Output({"completion", "bash"}));
    const std::string ask =
        "source " + script + "; COMP_WORDS=(" + words +
        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _stanflow; printf '%s\\n' \"${COMPREPLY[@]}\"";
    const Ended ended = Program("/bin/bash", {"--norc", "-c", ask}).Wait();
    EXPECT_EQ(ended.err, "");
    std::vector<std::string> out;
    std::istringstream lines(ended.out);
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty()) out.push_back(line);
    }
    return out;
  }
};

TEST_F(Completion, OffersCommandsFlagsAndChoices) {
  EXPECT_THAT(Offered("stanflow da"), ElementsAre("datasets"));
  EXPECT_THAT(Offered("stanflow datasets ''"),
              ::testing::IsSupersetOf({"import", "list", "describe", "delete"}));
  EXPECT_THAT(Offered("stanflow generate --fo"), ElementsAre("--format"));
  EXPECT_THAT(Offered("stanflow generate --format ''"),
              UnorderedElementsAre("csv", "jsonl", "nfdump-csv", "zeek"));
  EXPECT_THAT(Offered("stanflow completion z"), ElementsAre("zsh"));
}

TEST_F(Completion, KeepsItsPlaceAfterFlagsAndOffersFiles) {
  const std::string file = dir_.Write("flows.csv", "");
  EXPECT_THAT(Offered("stanflow datasets import --home 10.0.0.0/8 ugr " + dir_.File("fl")),
              ElementsAre(file));
  EXPECT_THAT(Offered("stanflow generate --seed 1 --output " + dir_.File("fl")), ElementsAre(file));
  EXPECT_THAT(Offered("stanflow train --dataset x --m"), UnorderedElementsAre("--model", "--max-minutes"));
}

TEST_F(Completion, DoesNotOfferHiddenCommands) {
  EXPECT_THAT(Offered("stanflow ''"), Not(Contains("reference")));
}

// zsh itself may not be here; what its script has of syntax bash has too.
TEST_F(Completion, OfBashAndZshIsWhatBashParses) {
  for (const std::string shell : {"bash", "zsh"}) {
    const std::string script = dir_.Write("completion." + shell, Output({"completion", shell}));
    const Ended ended = Program("/bin/bash", {"-n", script}).Wait();
    EXPECT_EQ(ended.code, 0) << shell << ": " << ended.err;
    EXPECT_EQ(ended.err, "") << shell;
  }
}

TEST_F(Completion, OfZshNamesCommandsAndFlagsWithWhatTheyDo) {
  const std::string script = Output({"completion", "zsh"});
  EXPECT_THAT(script, HasSubstr("#compdef stanflow\n"));
  EXPECT_THAT(script, HasSubstr("'datasets import')"));
  EXPECT_THAT(script, HasSubstr("'describe:One dataset, with the rows that were rejected'"));
  EXPECT_THAT(script, HasSubstr("'--seed:Seed\\: the same flags give the same flows'"));
  EXPECT_THAT(script, HasSubstr("'generate --format') compadd -- csv jsonl nfdump-csv zeek; return ;;"));
}

TEST_F(Completion, OfFishNamesCommandsAndFlagsWithWhatTheyDo) {
  const std::string script = Output({"completion", "fish"});
  const std::string at = "complete -c stanflow -n \"__stanflow_at '";
  EXPECT_THAT(script, HasSubstr(at + "datasets'\" -a import -d 'Upload files of real flows"));
  EXPECT_THAT(script, HasSubstr(at + "generate'\" -l seed -x -d 'Seed: the same flags"));
  EXPECT_THAT(script, HasSubstr(at + "generate'\" -l format -x -a 'csv jsonl nfdump-csv zeek' -d "));
  EXPECT_THAT(script, HasSubstr(at + "datasets import'\" -F\n"));
}

}  // namespace
}  // namespace stanflow
