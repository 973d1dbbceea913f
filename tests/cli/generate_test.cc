#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <thread>

#include "core/io/all_formats.h"
#include "tests/cli/cli_testing.h"

namespace stanflow {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Where the fake server waits for a test that interrupts its client.
constexpr uint64_t kMiddle = 50000;

class GenerateCommand : public CliTest {
 protected:
  // Of a text with a line of names.
  static uint64_t Rows(const std::string& text) {
    const auto lines = static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
    return lines == 0 ? 0 : lines - 1;
  }
  static std::string Expected(uint64_t rows, const std::string& format = "csv") {
    FlowTable flows;
    for (uint64_t row = 0; row < rows; ++row) flows.Append(FakeFlow(row));
    const auto writer = *NewFlowWriter(format);
    std::string text;
    writer->AppendHeader(&text);
    writer->AppendRows(flows, &text);
    return text;
  }
  // A difference of long texts is told by its place, not by both texts.
  static void ExpectSame(const std::string& actual, const std::string& expected) {
    const auto differ = std::mismatch(actual.begin(), actual.end(), expected.begin(), expected.end());
    if (differ.first == actual.end() && differ.second == expected.end()) return;
    ADD_FAILURE() << actual.size() << " bytes instead of " << expected.size() << ", different from byte "
                  << differ.first - actual.begin();
  }
  Words ToFile(uint64_t rows, const Words& more = {}) const {
    Words words = {"generate", "--model",           "edge", "--rows", std::to_string(rows),
                   "--output", dir_.File("syn.csv")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  // Ctrl-C once flows have arrived, in `file` or on standard output, and before the stream's end.
  Ended Interrupted(const Words& words, const std::string& file) {
    std::promise<void> release;
    server_.synthesis.SetOnChunk([released = release.get_future().share()](uint64_t next) {
      if (next == kMiddle) released.wait();
    });
    Program program(STANFLOW_PROGRAM, words, ToServer());
    const std::string seen = file.empty() ? program.ReadSome() : "";
    while (!file.empty() && program.Runs() && (!Exists(file) || Rows(dir_.Read(file)) == 0)) {
      std::this_thread::yield();
    }
    program.Signal(SIGINT);
    Ended ended = program.Wait();
    release.set_value();
    ended.out.insert(0, seen);
    return ended;
  }
  bool Exists(const std::string& name) const { return std::filesystem::exists(dir_.File(name)); }
};

TEST_F(GenerateCommand, WritesRowsThatImportReadsBack) {
  const std::string text = Output({"generate", "--model", "edge@3", "--rows", "1000", "--seed", "7"});
  ExpectSame(text, Expected(1000));
  const auto reader = OpenFlowReader(dir_.Write("syn.csv", text), "auto");
  ASSERT_TRUE(reader.ok()) << reader.status();
  FlowBatch batch;
  std::vector<Flow> flows;
  while (*(*reader)->Next(&batch)) {
    EXPECT_THAT(batch.rejected, IsEmpty());
    for (size_t i = 0; i < batch.flows.size(); ++i) flows.push_back(batch.flows.Row(i));
  }
  ASSERT_EQ(flows.size(), 1000u);
  for (uint64_t row = 0; row < flows.size(); ++row) EXPECT_EQ(flows[row], FakeFlow(row)) << row;
}

TEST_F(GenerateCommand, WritesJsonLines) {
  EXPECT_EQ(Output({"generate", "--model", "edge", "--rows", "250", "--format", "jsonl"}),
            Expected(250, "jsonl"));
}

TEST_F(GenerateCommand, AsksForExactlyWhatTheFlagsSay) {
  Output({"generate", "--model", "edge@prod", "--hosts", "90", "--rows", "10", "--seed", "5", "--stream", "2",
          "--home", "10.7.0.0/16", "--start", "2016-04-11T12:00:00Z", "--chunk-rows", "256"});
  Output({"generate", "--model", "edge", "--rows", "10"});
  const auto requests = server_.synthesis.generates.All();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].model(), "edge@prod");
  EXPECT_EQ(requests[0].hosts(), 90u);
  EXPECT_EQ(requests[0].rows(), 10u);
  EXPECT_EQ(requests[0].seed(), 5u);
  EXPECT_EQ(requests[0].stream(), 2u);
  EXPECT_EQ(requests[0].home(), "10.7.0.0/16");
  EXPECT_EQ(requests[0].start().seconds(), 1460376000);
  EXPECT_EQ(requests[0].chunk_rows(), 256u);
  EXPECT_FALSE(requests[1].has_start());
  EXPECT_EQ(requests[1].hosts(), 0u);
}

TEST_F(GenerateCommand, ContinuesBrokenStreamsWithoutGapOrRepeat) {
  server_.synthesis.breaks = {250, 0, 333};
  const Ended ended = Run({"generate", "--model", "edge", "--rows", "1000"});
  EXPECT_EQ(ended.code, 0);
  ExpectSame(ended.out, Expected(1000));
  EXPECT_THAT(ended.err, HasSubstr("the stream broke after 250 flows"));
  const auto requests = server_.synthesis.generates.All();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(requests[0].resume_token(), "");
  EXPECT_EQ(requests[1].resume_token(), "250");
  EXPECT_EQ(requests[2].resume_token(), "250");
  EXPECT_EQ(requests[3].resume_token(), "583");
}

TEST_F(GenerateCommand, ContinuesAStreamThatWasEndedForWantOfAReader) {
  server_.synthesis.breaks = {250};
  server_.synthesis.break_with = {grpc::StatusCode::DEADLINE_EXCEEDED, "the reader took nothing"};
  const Ended ended = Run({"generate", "--model", "edge", "--rows", "1000"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  ExpectSame(ended.out, Expected(1000));
}

TEST_F(GenerateCommand, WaitsForASlotWhereItHadOne) {
  server_.synthesis.breaks = {250};
  server_.synthesis.refusals = {
      grpc::Status::OK, {grpc::StatusCode::RESOURCE_EXHAUSTED, "all 256 streams of this server are taken"}};
  const Ended ended = Run({"generate", "--model", "edge", "--rows", "1000"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  ExpectSame(ended.out, Expected(1000));
  EXPECT_EQ(server_.synthesis.generates.All().size(), 3u);
}

TEST_F(GenerateCommand, SaysAtOnceThatThereIsNoSlot) {
  server_.synthesis.refuse_generate = {grpc::StatusCode::RESOURCE_EXHAUSTED,
                                       "all 256 streams of this server are taken"};
  EXPECT_EQ(Run({"generate", "--model", "edge", "--rows", "1000"}).code, 8);
  EXPECT_EQ(server_.synthesis.generates.All().size(), 1u);
}

TEST_F(GenerateCommand, KeepsWhatHasArrivedWhenTheServerStaysAwayAndGoesOnInTheNextRun) {
  server_.synthesis.breaks = {450};
  const Ended first = Run(ToFile(1000, {"--retry-seconds", "0"}));
  EXPECT_EQ(first.code, 5);
  EXPECT_THAT(first.err, HasSubstr("450 flows are kept"));
  EXPECT_FALSE(Exists("syn.csv"));
  ExpectSame(dir_.Read("syn.csv.part"), Expected(450));

  const auto summary = JsonOf(ToFile(1000, {"--json"}));
  EXPECT_EQ(server_.synthesis.generates.All().back().resume_token(), "450");
  ExpectSame(dir_.Read("syn.csv"), Expected(1000));
  EXPECT_FALSE(Exists("syn.csv.part"));
  EXPECT_FALSE(Exists("syn.csv.resume"));
  EXPECT_EQ(summary["rows"], 1000);
  EXPECT_EQ(summary["resumed_rows"], 450);
  uint64_t packets = 0;
  for (uint64_t row = 0; row < 1000; ++row) packets += FakeFlow(row).packets;
  EXPECT_EQ(summary["total_packets"], packets);
  EXPECT_EQ(summary["simulated_seconds"], 333);
}

TEST_F(GenerateCommand, CutsWhatWasWrittenAfterTheLastMark) {
  server_.synthesis.breaks = {450};
  Run(ToFile(1000, {"--retry-seconds", "0"}));
  dir_.Write("syn.csv.part", Expected(450) + "2016-04-11 00:0");
  Output(ToFile(1000));
  ExpectSame(dir_.Read("syn.csv"), Expected(1000));
}

TEST_F(GenerateCommand, GivesTheSameFileAfterAKillAtAnyMoment) {
  for (const uint64_t kill_at : {100, 500, 900}) {
    std::promise<pid_t> pid;
    const auto child = pid.get_future().share();
    server_.synthesis.SetOnChunk([child, kill_at](uint64_t next) {
      if (next == kill_at) kill(child.get(), SIGKILL);
    });
    Program program(STANFLOW_PROGRAM, ToFile(100000, {"--save-seconds", "0"}), ToServer());
    pid.set_value(program.pid());
    EXPECT_EQ(program.Wait().signal, SIGKILL);
    EXPECT_FALSE(Exists("syn.csv"));
    server_.synthesis.SetOnChunk(nullptr);
    Output(ToFile(100000));
    ExpectSame(dir_.Read("syn.csv"), Expected(100000));
    std::filesystem::remove(dir_.File("syn.csv"));
  }
}

TEST_F(GenerateCommand, RefusesToContinueAFileOfOtherFlagsUnlessToldToRestart) {
  server_.synthesis.breaks = {450};
  Run(ToFile(1000, {"--retry-seconds", "0"}));
  const Ended other = Run(ToFile(1000, {"--seed", "2"}));
  EXPECT_EQ(other.code, 7);
  EXPECT_THAT(other.err, HasSubstr("--restart"));
  ExpectSame(dir_.Read("syn.csv.part"), Expected(450));
  Output(ToFile(1000, {"--seed", "2", "--restart"}));
  EXPECT_EQ(server_.synthesis.generates.All().back().resume_token(), "");
  ExpectSame(dir_.Read("syn.csv"), Expected(1000));
}

TEST_F(GenerateCommand, NeverWritesOneFileFromTwoProcesses) {
  std::promise<void> streaming;
  std::promise<void> release;
  const auto released = release.get_future().share();
  server_.synthesis.SetOnChunk([&streaming, released](uint64_t next) {
    if (next != 500) return;
    streaming.set_value();
    released.wait();
  });
  Program first(STANFLOW_PROGRAM, ToFile(1000), ToServer());
  streaming.get_future().wait();
  const Ended second = Run(ToFile(1000));
  release.set_value();
  EXPECT_EQ(second.code, 7);
  EXPECT_THAT(second.err, HasSubstr("is being written by another process"));
  EXPECT_EQ(first.Wait().code, 0);
  ExpectSame(dir_.Read("syn.csv"), Expected(1000));
}

TEST_F(GenerateCommand, WithoutAnExtentEndsWellByCtrlCWithWholeRows) {
  const Ended ended = Interrupted({"generate", "--model", "edge"}, "");
  EXPECT_EQ(ended.code, 0);
  ASSERT_THAT(ended.out, EndsWith("\n"));
  EXPECT_GT(Rows(ended.out), 0u);
  ExpectSame(ended.out, Expected(Rows(ended.out)));
}

TEST_F(GenerateCommand, WithoutAnExtentCompletesItsFileByCtrlC) {
  const Words words = {"generate", "--model", "edge", "--output", dir_.File("syn.csv"), "--json"};
  const Ended ended = Interrupted(words, "syn.csv.part");
  EXPECT_EQ(ended.code, 0) << ended.err;
  const std::string text = dir_.Read("syn.csv");
  EXPECT_GT(Rows(text), 0u);
  ExpectSame(text, Expected(Rows(text)));
  EXPECT_EQ(nlohmann::json::parse(ended.out)["rows"], Rows(text));
  EXPECT_FALSE(Exists("syn.csv.part"));
  EXPECT_FALSE(Exists("syn.csv.resume"));
}

TEST_F(GenerateCommand, CtrlCLeavesAFileThatTheSameCommandGoesOnWith) {
  const Ended ended = Interrupted(ToFile(200000), "syn.csv.part");
  EXPECT_EQ(ended.code, 130);
  EXPECT_THAT(ended.err, HasSubstr("the same command goes on from there"));
  const std::string part = dir_.Read("syn.csv.part");
  EXPECT_GT(Rows(part), 0u);
  ExpectSame(part, Expected(Rows(part)));
  Output(ToFile(200000));
  EXPECT_NE(server_.synthesis.generates.All().back().resume_token(), "");
  ExpectSame(dir_.Read("syn.csv"), Expected(200000));
}

TEST_F(GenerateCommand, EndsQuietlyWhenItsReaderHasSeenEnough) {
  Program program(STANFLOW_PROGRAM, {"generate", "--model", "edge"}, ToServer());
  EXPECT_THAT(program.ReadSome(), HasSubstr("te,td,sa,da"));
  program.CloseOut();
  const Ended ended = program.Wait();
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "");
}

TEST_F(GenerateCommand, RefusesAStreamThatLeavesFlowsOut) {
  server_.synthesis.skip = 5;
  const Ended ended = Run({"generate", "--model", "edge", "--rows", "1000"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("sent flow 105 where flow 100 was due"));
}

TEST_F(GenerateCommand, RefusesAStreamThatEndsWithFewerFlowsThanWereSent) {
  server_.synthesis.breaks = {250};
  server_.synthesis.lost = 5;
  const Ended ended = Run({"generate", "--model", "edge", "--rows", "1000"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("says that it sent 755 flows, but 750 came"));
}

TEST_F(GenerateCommand, SaysAtOnceThatAServerIsNotThere) {
  const Ended ended = Run({"generate", "--model", "edge", "--rows", "10", "--server", "127.0.0.1:1"});
  EXPECT_EQ(ended.code, 5);
  EXPECT_THAT(ended.err, HasSubstr("127.0.0.1:1 can't be reached"));
  EXPECT_THAT(ended.err, HasSubstr("start one with stanflowd, or set STANFLOW_SERVER"));
}

TEST_F(GenerateCommand, TellsWhyTheServerRefused) {
  server_.synthesis.refuse_generate = {grpc::StatusCode::NOT_FOUND, "model: there is no model 'edge'"};
  const Ended ended = Run({"generate", "--model", "edge", "--rows", "10"});
  EXPECT_EQ(ended.code, 3);
  EXPECT_EQ(ended.err, "stanflow: model: there is no model 'edge'\n");
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(Run(ToFile(10)).code, 3);
  EXPECT_FALSE(Exists("syn.csv.part"));
}

TEST_F(GenerateCommand, ShowsProgressOnATerminalOnly) {
  Program::Options options = ToServer();
  EXPECT_EQ(Program(STANFLOW_PROGRAM, ToFile(1000), options).Wait().err.find('\r'), std::string::npos);
  options.err_terminal = true;
  const Ended ended = Program(STANFLOW_PROGRAM, ToFile(1000), options).Wait();
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("\r"));
  EXPECT_THAT(ended.err, HasSubstr(" flows"));
}

TEST_F(GenerateCommand, WritesToNamedPipesAsTheyAre) {
  Output({"generate", "--model", "edge", "--rows", "10", "--output", "/dev/null"});
  EXPECT_FALSE(std::filesystem::exists("/dev/null.part"));
}

TEST_F(GenerateCommand, AsksForAFileWhenJsonWouldMixWithTheFlows) {
  const Ended ended = Run({"generate", "--model", "edge", "--rows", "10", "--json"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("--format jsonl"));
  EXPECT_THAT(server_.synthesis.generates.All(), IsEmpty());
}

}  // namespace
}  // namespace stanflow
