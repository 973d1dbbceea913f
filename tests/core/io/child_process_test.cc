#include "core/io/child_process.h"

#include "core/base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

absl::StatusOr<std::string> Shell(const std::string& script) {
  return RunProgram({"sh", "-c", script}, "get one");
}

TEST(ChildProcess, GivesWhatTheProgramWrites) {
  EXPECT_EQ(*Shell("echo one; echo two"), "one\ntwo\n");
  EXPECT_EQ(*Shell(":"), "");
  EXPECT_EQ(*Shell("cat"), "") << "standard input is empty";
  EXPECT_EQ(*Shell("echo $TZ $LC_ALL"), "UTC C\n");
}

TEST(ChildProcess, GivesMoreThanAPipeHolds) {
  const auto all = Shell("i=0; while [ $i -lt 3000 ]; do printf '%0100d\\n' $i; i=$((i+1)); done");
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->size(), 3000u * 101u);
}

TEST(ChildProcess, AFailureNamesStatusAndTheFirstComplaint) {
  const auto failed = Shell("echo partial; echo 'no such file' >&2; echo more >&2; exit 3");
  EXPECT_TRUE(absl::IsDataLoss(failed.status()));
  EXPECT_EQ(failed.status().message(), "sh ended with status 3: no such file");
  EXPECT_EQ(Shell("exit 4").status().message(), "sh ended with status 4");
}

TEST(ChildProcess, TellsWhatSomebodyHasEndedFromWhatHasFailed) {
  const absl::Status killed = Shell("kill -KILL $$").status();
  EXPECT_EQ(killed, absl::UnavailableError("sh was ended by signal 9"));
  EXPECT_TRUE(absl::IsUnavailable(Shell("kill -TERM $$").status()));
  EXPECT_TRUE(absl::IsDataLoss(Shell("kill -SEGV $$").status()));
}

TEST(ChildProcess, MuchToComplainAboutDoesNotStopIt) {
  const auto all =
      Shell("i=0; while [ $i -lt 3000 ]; do printf '%0100d\\n' $i >&2; i=$((i+1)); done; echo end");
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(*all, "end\n");
}

TEST(ChildProcess, ComplaintsAreShortAndPrintable) {
  auto child = ChildProcess::Start({"sh", "-c", "printf '\\033[31mred\\n' >&2"}, "get one");
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_EQ((*child)->Next().value(), "");
  EXPECT_EQ((*child)->Next().value(), "") << "the end stays the end";
  EXPECT_EQ((*child)->complaint(), "\\x1b[31mred");
}

TEST(ChildProcess, TheLastWordsAreKeptHoweverMuchWentBefore) {
  auto child = ChildProcess::Start(
      {"sh", "-c", "i=0; while [ $i -lt 3000 ]; do echo $i >&2; i=$((i+1)); done; echo total 7 >&2"},
      "get one");
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_EQ((*child)->Next().value(), "");
  EXPECT_EQ((*child)->complaint(), "0");
  EXPECT_EQ((*child)->last_words().size(), 4096u);
  EXPECT_THAT((*child)->last_words(), EndsWith("\n2999\ntotal 7\n"));
}

TEST(ChildProcess, AMissingProgramIsNotFoundWithTheMend) {
  const auto child = ChildProcess::Start({"stanflow-no-such-program"}, "install it");
  EXPECT_TRUE(absl::IsNotFound(child.status()));
  EXPECT_EQ(child.status().message(), "stanflow-no-such-program is not installed; install it");
}

TEST(ChildProcess, OneThatIsLetGoIsEnded) {
  auto child = ChildProcess::Start({"sh", "-c", "while :; do echo on; done"}, "get one");
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_FALSE((*child)->Next().value().empty());
  child->reset();  // or this test would not end
}

}  // namespace
}  // namespace stanflow
