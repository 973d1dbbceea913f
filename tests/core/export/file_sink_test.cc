#include "core/export/file_sink.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>

#include "core/base/strings.h"
#include "core/flow/time.h"
#include "gmock/gmock.h"
#include "nlohmann/json.hpp"
#include "tests/core/export/sink_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class FileSinkTest : public ::testing::Test {
 protected:
  FileSinkTest() {
    fs::create_directories(dir_.File("state"));
    options_.state_dir = dir_.File("state");
    options_.stream_id = "jobs/1";
    options_.file_dir = dir_.File("files");
  }

  absl::StatusOr<std::unique_ptr<FlowSink>> Open(const std::string& url) {
    return OpenFileSink(std::get<FileSink>(ParseSinkUrl(url).value()), options_);
  }
  void BeStream(const std::string& id, const std::string& state) {
    options_.stream_id = id;
    options_.state_dir = dir_.File(state);
    fs::create_directories(options_.state_dir);
  }
  // As a process leaves it that dies while it opens the stream, before its file is there.
  void OpenAndDieBeforeTheFile(const std::string& url) {
    ASSERT_TRUE(Open(url).ok());
    fs::remove_all(options_.file_dir);
    auto position = nlohmann::json::parse(dir_.Read("state/position.json"));
    EXPECT_EQ(position["numbers"][0], 1) << "once it is open, the stream knows its file";
    position["numbers"] = {0, 0, 0};
    dir_.Write("state/position.json", position.dump());
  }
  // Names and contents below file_dir.
  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(options_.file_dir)) {
      if (!entry.is_regular_file()) continue;
      const std::string name = fs::relative(entry.path(), options_.file_dir).string();
      files[name] = dir_.Read("files/" + name);
    }
    return files;
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& file : Files()) names.push_back(file.first);
    return names;
  }
  // Of all files, in the order of their names, which must be JSON lines.
  std::vector<uint64_t> FlowsInFiles() const {
    std::vector<uint64_t> numbers;
    for (const auto& file : Files()) {
      for (size_t begin = 0; begin < file.second.size();) {
        const size_t end = file.second.find('\n', begin);
        if (end == std::string::npos) ADD_FAILURE() << file.first << " ends within a line";
        const auto line = nlohmann::json::parse(file.second.substr(begin, end - begin), nullptr, false);
        if (line.is_discarded() || end == std::string::npos) return {};
        numbers.push_back(line["octetDeltaCount"]);
        begin = end + 1;
      }
    }
    return numbers;
  }

  TempDir dir_;
  SinkOptions options_;
};

TEST_F(FileSinkTest, WritesUnderItsOwnNameAndMakesTheFolder) {
  auto sink = Open("file:new/deep/flows.csv");
  ASSERT_TRUE(sink.ok()) << sink.status();
  ASSERT_TRUE((*sink)->Write(NumberedFlows(1, 3), 0, 2).ok());
  ASSERT_TRUE((*sink)->Commit(MarkAt(2)).ok());
  const auto files = Files();
  ASSERT_EQ(files.size(), 1u);
  const std::string& text = files.at("new/deep/flows.csv");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_EQ(text.substr(0, 9), "te,td,sa,");
  EXPECT_EQ((*sink)->counts().flows, 2u);
  EXPECT_EQ((*sink)->counts().bytes, text.size());
  ASSERT_TRUE((*sink)->Finish().ok());
  EXPECT_EQ(Files(), files);
}

TEST_F(FileSinkTest, AStreamWithoutFlowsIsAFileWithAHeader) {
  auto sink = Open("file:flows.csv");
  ASSERT_TRUE(sink.ok());
  ASSERT_TRUE((*sink)->Commit({}).ok());
  ASSERT_TRUE((*sink)->Finish().ok());
  EXPECT_EQ(Files().at("flows.csv"), "te,td,sa,da,sp,dp,pr,flg,fwd,stos,pkt,byt,label\n");
}

TEST_F(FileSinkTest, PartsByTimeAreWholeIntervalsOfTheFlowsTimeWithAHeaderEach) {
  auto sink = Open("file:flows.csv?rotate=1h");
  ASSERT_TRUE(sink.ok());
  // A flow a minute from 09:30 on: 30 in the first hour, 60 in the second, 10 in the third.
  ASSERT_TRUE((*sink)->Write(NumberedFlows(0, 100), 0, 100).ok());
  EXPECT_EQ(Names(), (std::vector<std::string>{"flows.000001.csv.part", "flows.000002.csv.part",
                                               "flows.000003.csv.part"}));
  ASSERT_TRUE((*sink)->Commit(MarkAt(100)).ok());
  EXPECT_EQ(Names(),
            (std::vector<std::string>{"flows.000001.csv", "flows.000002.csv", "flows.000003.csv.part"}));
  ASSERT_TRUE((*sink)->Finish().ok());
  std::vector<long> lines;
  for (const auto& file : Files()) lines.push_back(std::count(file.second.begin(), file.second.end(), '\n'));
  EXPECT_EQ(lines, (std::vector<long>{31, 61, 11}));
  EXPECT_THAT(Files().at("flows.000002.csv"), HasSubstr("label\n2024-01-08 10:00:00,"));
}

TEST_F(FileSinkTest, AnIntervalWithoutFlowsMakesNoPartAndALateFlowStaysInTheOpenOne) {
  auto sink = Open("file:flows.jsonl?format=jsonl&rotate=1h");
  ASSERT_TRUE(sink.ok());
  FlowTable flows = NumberedFlows(0, 1);
  for (const uint64_t minute : {300, 20, 301}) flows.Append(NumberedFlows(minute, minute + 1).Row(0));
  ASSERT_TRUE((*sink)->Write(flows, 0, 4).ok());
  ASSERT_TRUE((*sink)->Commit(MarkAt(4)).ok());
  EXPECT_EQ(Names(), (std::vector<std::string>{"flows.000001.jsonl", "flows.000002.jsonl.part"}));
  EXPECT_EQ(FlowsInFiles(), (std::vector<uint64_t>{0, 300, 20, 301}));
}

TEST_F(FileSinkTest, PartsBySizeNeverPassItAndHaveAFlowAtLeast) {
  auto sink = Open("file:flows.jsonl?format=jsonl&rotate=1000B");
  ASSERT_TRUE(sink.ok());
  ASSERT_TRUE((*sink)->Write(NumberedFlows(0, 50), 0, 50).ok());
  ASSERT_TRUE((*sink)->Commit(MarkAt(50)).ok());
  ASSERT_TRUE((*sink)->Finish().ok());
  const auto files = Files();
  size_t number = 0;
  for (const auto& file : files) {
    EXPECT_LE(file.second.size(), 1000u);
    // One more would not have fitted: a line has some 330 bytes.
    if (++number < files.size()) {
      EXPECT_GT(file.second.size(), 600u) << file.first;
    }
  }
  EXPECT_EQ(FlowsInFiles(), Numbers(0, 50));

  options_.stream_id = "jobs/2";
  options_.state_dir = dir_.File("state2");
  fs::create_directories(options_.state_dir);
  auto tiny = Open("file:tiny/f.csv?rotate=1B");
  ASSERT_TRUE(tiny.ok());
  ASSERT_TRUE((*tiny)->Write(NumberedFlows(0, 3), 0, 3).ok());
  ASSERT_TRUE((*tiny)->Commit(MarkAt(3)).ok());
  ASSERT_TRUE((*tiny)->Finish().ok());
  EXPECT_TRUE(fs::exists(dir_.File("files/tiny/f.000003.csv")));
  EXPECT_FALSE(fs::exists(dir_.File("files/tiny/f.000004.csv")));
}

TEST_F(FileSinkTest, GoesOnAfterFinishInTheSamePart) {
  for (uint64_t i = 0; i < 3; ++i) {
    auto sink = Open("file:f.jsonl?format=jsonl&rotate=1d");
    ASSERT_TRUE(sink.ok()) << sink.status();
    EXPECT_EQ((*sink)->resumed().rows, i);
    ASSERT_TRUE((*sink)->Write(NumberedFlows(i, i + 1), 0, 1).ok());
    ASSERT_TRUE((*sink)->Commit(MarkAt(i + 1)).ok());
    ASSERT_TRUE((*sink)->Finish().ok());
    EXPECT_EQ(Names(), std::vector<std::string>{"f.000001.jsonl"});
  }
  EXPECT_EQ(FlowsInFiles(), Numbers(0, 3));
}

TEST_F(FileSinkTest, WhatIsThereAndNotThisStreamsIsLeftAlone) {
  fs::create_directories(dir_.File("files"));
  for (const auto& [name, url] :
       {std::pair("f.csv", "file:f.csv"), std::pair("g.000007.csv", "file:g.csv?rotate=1h"),
        std::pair("h.000001.csv.part", "file:h.csv?rotate=1MB")}) {
    const std::string path = dir_.Write(StrCat("files/", name), "precious");
    EXPECT_EQ(Open(url).status(),
              absl::FailedPreconditionError(
                  StrCat(path, " is there and is not this stream's; move it away, or name another file")));
    EXPECT_EQ(dir_.Read(StrCat("files/", name)), "precious");
    // Nothing is remembered: once it is moved away, the stream can begin.
    fs::remove(path);
    EXPECT_TRUE(Open(url).ok());
    fs::remove(dir_.File("state/position.json"));
  }
}

TEST_F(FileSinkTest, ARotatedStreamHasItsNameBeforeItsFirstFlow) {
  const std::string url = "file:f.csv?rotate=1h";
  auto sink = Open(url);
  ASSERT_TRUE(sink.ok());
  EXPECT_EQ(Names(), std::vector<std::string>{"f.000001.csv.part"});

  const SinkOptions first = options_;
  options_.stream_id = "jobs/2";
  options_.state_dir = dir_.File("state2");
  fs::create_directories(options_.state_dir);
  EXPECT_EQ(Open(url).status().code(), absl::StatusCode::kFailedPrecondition);

  // The part is still the first one's, and its first flow decides which interval it is.
  options_ = first;
  ASSERT_TRUE((*sink)->Commit({}).ok());
  sink = Open(url);
  ASSERT_TRUE(sink.ok()) << sink.status();
  ASSERT_TRUE((*sink)->Write(NumberedFlows(0, 40), 0, 40).ok());
  ASSERT_TRUE((*sink)->Commit(MarkAt(40)).ok());
  EXPECT_EQ(Names(), (std::vector<std::string>{"f.000001.csv", "f.000002.csv.part"}));
  const std::string text = Files().at("f.000001.csv");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 31);
}

TEST_F(FileSinkTest, AStreamThatDiedBeforeItsFileWasThereLeavesAnothersAlone) {
  for (const std::string url : {"file:f.csv", "file:f.csv?rotate=1h"}) {
    BeStream("jobs/1", "state");
    OpenAndDieBeforeTheFile(url);
    BeStream("jobs/2", "state2");
    auto other = Open(url);
    ASSERT_TRUE(other.ok()) << other.status();
    ASSERT_TRUE((*other)->Write(NumberedFlows(0, 100), 0, 100).ok());
    ASSERT_TRUE((*other)->Commit(MarkAt(100)).ok());
    const auto files = Files();

    BeStream("jobs/1", "state");
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(Open(url).status().code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_FALSE(fs::exists(dir_.File("state/position.json"))) << "it would seem to have a file";
      EXPECT_EQ(Files(), files);
    }
    fs::remove_all(options_.file_dir);
    EXPECT_TRUE(Open(url).ok());
    for (const char* state : {"state", "state2"}) fs::remove_all(dir_.File(state));
  }
}

TEST_F(FileSinkTest, AFileThatLacksItsHeaderBecauseItsProcessDiedIsBegunAnew) {
  for (const auto& [url, name] :
       {std::pair("file:f.csv", "f.csv"), std::pair("file:f.csv?rotate=1h", "f.000001.csv.part")}) {
    OpenAndDieBeforeTheFile(url);
    fs::create_directories(options_.file_dir);
    dir_.Write(StrCat("files/", name), "te,td");
    const auto sink = Open(url);
    ASSERT_TRUE(sink.ok()) << sink.status();
    EXPECT_EQ(Files().at(name), "te,td,sa,da,sp,dp,pr,flg,fwd,stos,pkt,byt,label\n");
    fs::remove_all(options_.file_dir);
    fs::remove(dir_.File("state/position.json"));
  }
}

TEST_F(FileSinkTest, APartThatAppearsOnTheWayIsLeftAlone) {
  auto sink = Open("file:f.jsonl?format=jsonl&rotate=1h");
  ASSERT_TRUE(sink.ok());
  ASSERT_TRUE((*sink)->Write(NumberedFlows(0, 1), 0, 1).ok());
  dir_.Write("files/f.000002.jsonl", "precious");
  EXPECT_EQ((*sink)->Write(NumberedFlows(1, 100), 0, 99).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(dir_.Read("files/f.000002.jsonl"), "precious");
}

TEST_F(FileSinkTest, AFileThatIsGoneOrShorterIsLostData) {
  for (const bool gone : {true, false}) {
    auto sink = Open("file:f.csv");
    ASSERT_TRUE(sink.ok()) << sink.status();
    ASSERT_TRUE((*sink)->Write(NumberedFlows(0, 10), 0, 10).ok());
    ASSERT_TRUE((*sink)->Commit(MarkAt(10)).ok());
    if (gone) {
      fs::remove(dir_.File("files/f.csv"));
    } else {
      fs::resize_file(dir_.File("files/f.csv"), 50);
    }
    const absl::Status status = Open("file:f.csv").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), HasSubstr(dir_.File("files/f.csv")));
    fs::remove(dir_.File("state/position.json"));
    fs::remove(dir_.File("files/f.csv"));
  }
}

TEST_F(FileSinkTest, PathsAndFormatsThatAreNotPossibleAreRefusedBeforeAnythingIsMade) {
  FileSink url = std::get<FileSink>(ParseSinkUrl("file:../f.csv").value());
  EXPECT_EQ(CheckFileSink(url, options_).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Open("file:../f.csv").status().code(), absl::StatusCode::kInvalidArgument);
  url.path = "f.csv";
  EXPECT_TRUE(CheckFileSink(url, options_).ok());
  EXPECT_FALSE(fs::exists(options_.file_dir));
}

// Writes all flows from where the stream was, a few at a time, and tells of every step through `progress`.
// After `most` steps it waits for its end.
void WriteStream(const std::function<absl::StatusOr<std::unique_ptr<FlowSink>>()>& open, uint64_t rows,
                 int progress, int most) {
  auto step = [progress, most, steps = 0]() mutable {
    if (::write(progress, "s", 1) != 1) ::_exit(2);
    while (++steps >= most) ::pause();
  };
  auto sink = open();
  if (!sink.ok()) ::_exit(3);
  step();
  for (uint64_t row = (*sink)->resumed().rows; row < rows;) {
    const uint64_t next = std::min(rows, row + 37);
    if (!(*sink)->Write(NumberedFlows(row, next), 0, next - row).ok()) ::_exit(4);
    row = next;
    step();
    if (row / 37 % 3 == 0 || row == rows) {
      if (!(*sink)->Commit(MarkAt(row)).ok()) ::_exit(5);
      step();
    }
  }
  ::_exit((*sink)->Finish().ok() ? 0 : 6);
}

// Starts a process that writes the stream, kills it while it takes the step behind `steps` others, and
// answers how it ended: killed, or before with an exit status.
int KillAfter(int steps, const std::function<void(int progress)>& process) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    process(pipe[1]);
  }
  ::close(pipe[1]);
  char octet;
  for (int i = 0; i < steps && ::read(pipe[0], &octet, 1) == 1; ++i) {
  }
  ::kill(child, SIGKILL);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  ::close(pipe[0]);
  return status;
}

TEST_F(FileSinkTest, EveryFlowIsThereOnceHoweverOftenTheProcessIsKilled) {
  constexpr uint64_t kRows = 2400;
  for (const std::string url : {"file:f.jsonl?format=jsonl", "file:f.jsonl?format=jsonl&rotate=2h",
                                "file:f.jsonl?format=jsonl&rotate=9kB"}) {
    fs::remove_all(options_.file_dir);
    fs::remove(dir_.File("state/position.json"));
    std::map<std::string, std::string> complete;
    int status = -1, killed = 0;
    for (int i = 0; !WIFEXITED(status); ++i) {
      ASSERT_LT(i, 500);
      // From within the first steps to many: 0, 1, ..., 8, 0, ...
      const int steps = i % 9;
      status = KillAfter(
          steps, [&](int progress) { WriteStream([&] { return Open(url); }, kRows, progress, steps + 2); });
      killed += WIFSIGNALED(status);
      // What has its complete name stays as it is.
      std::map<std::string, std::string> now;
      if (fs::exists(options_.file_dir)) now = Files();
      for (const auto& [name, text] : complete) ASSERT_EQ(now[name], text) << url << " " << i;
      complete.clear();
      for (const auto& [name, text] : now) {
        if (url.find("rotate") != std::string::npos && fs::path(name).extension() != ".part")
          complete[name] = text;
      }
    }
    EXPECT_EQ(WEXITSTATUS(status), 0) << url;
    EXPECT_GT(killed, 10) << url;
    EXPECT_EQ(FlowsInFiles(), Numbers(0, kRows)) << url;
    for (const std::string& name : Names()) EXPECT_NE(fs::path(name).extension(), ".part");
  }
}

}  // namespace
}  // namespace stanflow
