#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <set>

#include "core/base/digest.h"
#include "stanflow/v1/error_details.pb.h"
#include "tests/cli/cli_testing.h"

namespace stanflow {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Command : public CliTest {};

TEST_F(Command, ImportSendsTheFileInPiecesWithItsSizeAndDigest) {
  std::string bytes(2'500'000, 'x');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31);
  const std::string file = dir_.Write("flows.csv.xz", bytes);
  const std::string text = Output({"datasets", "import", "ugr", file, "--home", "42.219.0.0/16", "--home",
                                   "42.220.0.0/16", "--holdout", "hours=odd", "--max-rejected", "0.2"});
  const auto uploads = server_.datasets.uploads.All();
  ASSERT_EQ(uploads.size(), 1u);
  const v1::UploadHeader& header = uploads[0].header;
  EXPECT_EQ(uploads[0].data, bytes);
  EXPECT_EQ(uploads[0].largest_message, size_t{1} << 20);
  EXPECT_EQ(header.dataset(), "ugr");
  EXPECT_THAT(header.home(), ElementsAre("42.219.0.0/16", "42.220.0.0/16"));
  EXPECT_EQ(header.holdout(), "hours=odd");
  EXPECT_EQ(header.format(), "auto");
  EXPECT_EQ(header.max_rejected_share(), 0.2);
  EXPECT_EQ(header.size_bytes(), bytes.size());
  Sha256 digest;
  digest.Update(bytes);
  EXPECT_EQ(header.sha256(), digest.Finish());
}

TEST_F(Command, ImportEndsWithWhatTheDatasetHolds) {
  server_.jobs.job.set_result("datasets/ugr");
  const std::string file = dir_.Write("flows.csv", "x");
  const std::string text = Output({"datasets", "import", "ugr", file, "--home", "42.219.0.0/16"});
  EXPECT_THAT(text, HasSubstr("1,306,502"));
  EXPECT_THAT(text, HasSubstr("653,502 (50.02 %), hours=odd"));
  EXPECT_THAT(text, HasSubstr("column pkt: 'x' is not a number"));
  EXPECT_THAT(text, HasSubstr("92 in 42.219.0.0/16"));
}

TEST_F(Command, ImportSendsTheFilesOfAFolderInOneUploadInTheOrderOfTheirNames) {
  std::filesystem::create_directories(dir_.File("logs/day2"));
  std::filesystem::create_directories(dir_.File("logs/.cache"));
  dir_.Write("logs/day2/a.log", "three");
  dir_.Write("logs/b.log", "two");
  dir_.Write("logs/a.log", "first ");
  dir_.Write("logs/c.log", "");
  dir_.Write("logs/.hidden", "no");
  dir_.Write("logs/.cache/d.log", "no");
  const Ended ended = Run({"datasets", "import", "ugr", dir_.File("logs"), "--home", "42.219.0.0/16"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err,
              HasSubstr("1 of 4 files are empty and left out, such as " + dir_.File("logs/c.log")));
  const auto uploads = server_.datasets.uploads.All();
  ASSERT_EQ(uploads.size(), 1u);
  EXPECT_EQ(uploads[0].data, "first twothree");
  const v1::UploadHeader& header = uploads[0].header;
  ASSERT_EQ(header.files_size(), 3);
  EXPECT_EQ(header.files(0).name(), dir_.File("logs/a.log"));
  EXPECT_EQ(header.files(1).name(), dir_.File("logs/b.log"));
  EXPECT_EQ(header.files(2).name(), dir_.File("logs/day2/a.log"));
  EXPECT_EQ(header.files(1).size_bytes(), 3u);
  Sha256 digest;
  digest.Update("two");
  EXPECT_EQ(header.files(1).sha256(), digest.Finish());
  EXPECT_EQ(header.size_bytes(), 0u);
  EXPECT_EQ(header.sha256(), "");
}

TEST_F(Command, ImportTakesSeveralFilesAndPatternsInTheirOrder) {
  const std::string z = dir_.Write("z.csv", "z"), one = dir_.Write("f1.csv", "1");
  dir_.Write("f2.csv", "2");
  Output({"datasets", "import", "ugr", z, dir_.File("f*.csv"), "--home", "42.219.0.0/16"});
  EXPECT_EQ(server_.datasets.uploads.All()[0].data, "z12");
  EXPECT_EQ(server_.datasets.uploads.All()[0].header.files(1).name(), one);
}

TEST_F(Command, ImportSaysHowTheFilesAreRead) {
  const std::string file = dir_.Write("f.csv", "x");
  const std::string schema = R"({"columns": {
      "end": {"name": "e", "unit": "s"}, "start": {"name": "s", "unit": "s"},
      "source_address": {"name": "a"}, "destination_address": {"name": "b"}, "protocol": {"name": "p"},
      "packets": {"name": "n"}, "bytes": {"name": "m"}}})";
  Output({"datasets", "import", "ugr", file, "--home", "42.219.0.0/16", "--biflow", "keep", "--schema",
          dir_.Write("schema.json", schema)});
  Output({"datasets", "import", "ugr", file, "--home", "42.219.0.0/16"});
  const auto uploads = server_.datasets.uploads.All();
  EXPECT_EQ(uploads[0].header.biflow(), "keep");
  EXPECT_EQ(uploads[0].header.schema(), schema);
  EXPECT_EQ(uploads[1].header.biflow(), "split");
  EXPECT_EQ(uploads[1].header.schema(), "");
}

TEST_F(Command, ImportReadsStandardInput) {
  Program::Options options = ToServer();
  options.input = "from a pipe";
  const Words words = {"datasets", "import", "ugr", "-", "--home", "42.219.0.0/16", "--detach"};
  const Ended ended = Program(STANFLOW_PROGRAM, words, options).Wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out, "jobs/import-1\n");
  EXPECT_EQ(server_.datasets.uploads.All()[0].data, "from a pipe");
  EXPECT_EQ(server_.datasets.uploads.All()[0].header.size_bytes(), 0u);
}

TEST_F(Command, ImportOfAFailedJobAnswersFour) {
  server_.jobs.EndAs(v1::JOB_STATE_FAILED);
  const Ended ended = Run({"datasets", "import", "ugr", dir_.Write("f.csv", "x"), "--home", "42.219.0.0/16"});
  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(ended.err, HasSubstr("jobs/import-1 failed: INTERNAL: bytes: the loss is not a number"));
}

TEST_F(Command, ImportRefusesWhatItCanSeeItself) {
  EXPECT_EQ(Run({"datasets", "import", "ugr", dir_.File("none.csv"), "--home", "42.219.0.0/16"}).code, 3);
  EXPECT_EQ(Run({"datasets", "import", "ugr", dir_.Write("f.csv", "x"), "--home", "42.219.0.0/99"}).code, 2);
  EXPECT_EQ(Run({"datasets", "import", "ugr", dir_.Write("f.csv", "x")}).code, 2);
  const auto import = [this](const std::string& what, Words more) {
    Words words = {"datasets", "import", "ugr", what, "--home", "42.219.0.0/16"};
    words.insert(words.begin() + 4, more.begin(), more.end());
    return Run(words);
  };
  const std::string file = dir_.File("f.csv");
  EXPECT_EQ(import(file, {"-"}).code, 2) << "standard input among others";
  EXPECT_THAT(import(dir_.File("none*"), {}).err, HasSubstr("there is no file '"));
  EXPECT_THAT(import(dir_.Write("empty", ""), {dir_.File("empty")}).err, HasSubstr("all 2 files are empty"));
  std::filesystem::create_directory(dir_.File("folder"));
  EXPECT_THAT(import(dir_.File("folder"), {}).err, HasSubstr("has no files"));
  EXPECT_EQ(import(file, {"--biflow", "both"}).code, 2);
  const Ended schema = import(file, {"--schema", dir_.Write("s.json", "{}")});
  EXPECT_EQ(schema.code, 2);
  EXPECT_THAT(schema.err, HasSubstr("schema: columns is not an object of fields"));
  EXPECT_THAT(server_.datasets.uploads.All(), IsEmpty());
}

TEST_F(Command, TrainPrintsTheJobAtOnce) {
  EXPECT_EQ(Output({"train", "--dataset", "ugr", "--model", "edge", "--max-minutes", "25", "--set",
                    "width=64", "--set", "note=a=b", "--seed", "3", "--request-id", "r1"}),
            "jobs/train-1\n");
  const v1::TrainRequest request = server_.synthesis.trains.All()[0];
  EXPECT_EQ(request.dataset(), "datasets/ugr");
  EXPECT_EQ(request.model(), "edge");
  EXPECT_EQ(request.preset(), "causal");
  EXPECT_EQ(request.max_minutes(), 25);
  EXPECT_EQ(request.options().at("width"), "64");
  EXPECT_EQ(request.options().at("note"), "a=b");
  EXPECT_EQ(request.seed(), 3u);
  EXPECT_EQ(request.request_id(), "r1");
}

TEST_F(Command, TrainValidateOnlyPrintsTheEstimate) {
  const Words words = {"train", "--dataset", "ugr", "--model", "edge", "--validate-only"};
  EXPECT_EQ(Output(words), "valid\n{\"rows\":3,\"seconds\":null}\n");
  Words json = words;
  json.push_back("--json");
  EXPECT_EQ(JsonOf(json)["figures"]["rows"], 3);
}

TEST_F(Command, TrainRefusesSettingsOfTheWrongForm) {
  const Ended ended = Run({"train", "--dataset", "ugr", "--model", "edge", "--set", "width"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("--set: 'width' is not of the form key=value"));
}

TEST_F(Command, TrainWaitAnswersByTheJobsOutcome) {
  const Words words = {"train", "--dataset", "ugr", "--model", "edge", "--wait"};
  const Ended good = Run(words);
  EXPECT_EQ(good.code, 0);
  EXPECT_THAT(good.out, StartsWith("jobs/train-1\n"));
  EXPECT_THAT(good.out, HasSubstr("models/edge/versions/3"));
  server_.jobs.EndAs(v1::JOB_STATE_FAILED);
  EXPECT_EQ(Run(words).code, 4);
  server_.jobs.EndAs(v1::JOB_STATE_CANCELLED);
  EXPECT_EQ(Run(words).code, 6);
}

TEST_F(Command, WaitingShowsWhatIsTrainedOnATerminal) {
  Program::Options options = ToServer();
  options.err_terminal = true;
  const Ended ended = Program(STANFLOW_PROGRAM, {"jobs", "watch", "train-1"}, options).Wait();
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("waiting for a worker"));
  EXPECT_EQ(Run({"jobs", "watch", "train-1"}).err, "");
  // The first line is always shown, those that follow at once are not: let it be the training's.
  auto& events = server_.jobs.events;
  events.erase(events.begin(), events.begin() + 2);
  const Ended training = Program(STANFLOW_PROGRAM, {"jobs", "watch", "train-1"}, options).Wait();
  EXPECT_THAT(training.err, HasSubstr("]  25 %  training  bytes  epoch 2  4.125 nats"));
}

TEST_F(Command, WatchGoesOnAfterALostServerWithEveryEventOnce) {
  server_.jobs.break_watch_after = 2;
  const Ended ended = Run({"jobs", "watch", "jobs/train-1", "--json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.err,
            "stanflow: the watch of jobs/train-1 broke off (the server is shutting down); trying to go on "
            "for 1 min 0 s\n");
  std::vector<int> sequences;
  std::istringstream in(ended.out);
  for (std::string line; std::getline(in, line);)
    sequences.push_back(nlohmann::json::parse(line)["sequence"]);
  EXPECT_THAT(sequences, ElementsAre(1, 2, 3, 4));
  ASSERT_EQ(server_.jobs.watches.All().size(), 2u);
  EXPECT_EQ(server_.jobs.watches.All()[1].after_sequence(), 2u);
}

TEST_F(Command, WatchGoesOnAtAServerWithTooManyCalls) {
  server_.jobs.break_watch_after = 2;
  server_.jobs.break_watch_with = {grpc::StatusCode::RESOURCE_EXHAUSTED,
                                   "the server has too many calls waiting; try again"};
  const Ended ended = Run({"jobs", "watch", "jobs/train-1", "--json"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 4);
}

TEST_F(Command, WatchSaysAtOnceThatAServerIsNotThere) {
  for (const Words& more : {Words{}, Words{"--json"}}) {
    Words words = {"jobs", "watch", "train-1", "--server", "127.0.0.1:1", "--retry-seconds", "1000000"};
    words.insert(words.end(), more.begin(), more.end());
    const Ended ended = Run(words);
    EXPECT_EQ(ended.code, 5);
    EXPECT_THAT(ended.err, HasSubstr("127.0.0.1:1 can't be reached"));
  }
}

TEST_F(Command, WatchEndsAtOnceWhereTheLastEventIsKnown) {
  const Ended ended =
      Run({"jobs", "watch", "train-1", "--after", "4", "--json", "--retry-seconds", "1000000"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out, "");
}

TEST_F(Command, CtrlCWhileWaitingSaysThatTheJobGoesOn) {
  std::promise<pid_t> pid;
  const auto child = pid.get_future().share();
  server_.jobs.on_stuck_watch = [child] { kill(child.get(), SIGINT); };
  Program program(STANFLOW_PROGRAM, {"train", "--dataset", "ugr", "--model", "edge", "--wait"}, ToServer());
  pid.set_value(program.pid());
  const Ended ended = program.Wait();
  EXPECT_EQ(ended.code, 130);
  EXPECT_THAT(ended.err, HasSubstr("jobs/train-1 goes on"));
  EXPECT_THAT(ended.err, HasSubstr("stanflow jobs cancel jobs/train-1"));
}

TEST_F(Command, EvaluateJsonIsTheJobsReportAsItIs) {
  EXPECT_EQ(Output({"evaluate", "--model", "edge", "--dataset", "ugr", "--rows", "500", "--hosts", "9",
                    "--json", "--report", dir_.File("out.html"), "--max-likelihood-rows", "70"}),
            "{\"artifact\": \"report.json\"}\n");
  EXPECT_EQ(dir_.Read("out.html"), "{\"artifact\": \"report.html\"}");
  const v1::EvaluateRequest request = server_.synthesis.evaluates.All()[0];
  EXPECT_EQ(request.model(), "edge");
  EXPECT_EQ(request.dataset(), "datasets/ugr");
  EXPECT_EQ(request.max_likelihood_rows(), 70u);
  EXPECT_EQ(request.generate().model(), "");
  EXPECT_EQ(request.generate().rows(), 500u);
  EXPECT_EQ(request.generate().hosts(), 9u);
  EXPECT_EQ(request.generate().seed(), 1u);
  EXPECT_EQ(request.generate().home(), "10.0.0.0/16");
}

TEST_F(Command, EvaluateLeavesTheTasksRowsToTheServerUnlessTheyAreGiven) {
  Output({"evaluate", "--model", "edge", "--dataset", "ugr"});
  EXPECT_FALSE(server_.synthesis.evaluates.All()[0].has_task_rows());
  Output({"evaluate", "--model", "edge", "--dataset", "ugr", "--task-rows", "0"});
  EXPECT_TRUE(server_.synthesis.evaluates.All()[1].has_task_rows());
  EXPECT_EQ(server_.synthesis.evaluates.All()[1].task_rows(), 0u);
}

TEST_F(Command, EvaluateJsonIsTheJobWhereItFailed) {
  server_.jobs.EndAs(v1::JOB_STATE_FAILED);
  const Ended ended = Run({"evaluate", "--model", "edge", "--dataset", "ugr", "--json"});
  EXPECT_EQ(ended.code, 4);
  const auto job = nlohmann::json::parse(ended.out);
  EXPECT_EQ(job["name"], "jobs/evaluate-1");
  EXPECT_EQ(job["state"], "FAILED");
  EXPECT_EQ(job["error"]["code"], "INTERNAL");
}

TEST_F(Command, EvaluateAsksForWhatGenerateWouldAskWithTheSameFlags) {
  const Words flags = {"--model", "edge", "--rows", "50",          "--seed",  "4",
                       "--hosts", "3",    "--home", "10.9.0.0/16", "--start", "2016-04-11T12:00:00Z"};
  Words generate = {"generate"}, evaluate = {"evaluate", "--dataset", "ugr"};
  generate.insert(generate.end(), flags.begin(), flags.end());
  evaluate.insert(evaluate.end(), flags.begin(), flags.end());
  Output(generate);
  Output(evaluate);
  v1::GenerateRequest asked = server_.synthesis.generates.All()[0];
  asked.clear_model();
  asked.clear_chunk_rows();
  EXPECT_EQ(asked.SerializeAsString(), server_.synthesis.evaluates.All()[0].generate().SerializeAsString());
}

TEST_F(Command, EvaluateOfAFileUsesADatasetThatIsGoneAfterwards) {
  const std::string file = dir_.Write("syn.csv", "flows");
  Output({"evaluate", "--model", "edge", "--dataset", "ugr", "--synthetic", file, "--synthetic-home",
          "10.3.0.0/16"});
  ASSERT_EQ(server_.datasets.uploads.All().size(), 1u);
  const v1::UploadHeader header = server_.datasets.uploads.All()[0].header;
  EXPECT_THAT(header.dataset(), StartsWith("synthetic-"));
  EXPECT_THAT(header.home(), ElementsAre("10.3.0.0/16"));
  EXPECT_EQ(header.holdout(), "none");
  const v1::EvaluateRequest request = server_.synthesis.evaluates.All()[0];
  EXPECT_EQ(request.synthetic_dataset(), "datasets/" + header.dataset());
  EXPECT_FALSE(request.has_generate());
  EXPECT_THAT(server_.datasets.deleted.All(), ElementsAre(request.synthetic_dataset()));
}

TEST_F(Command, EvaluateOfAFileDeletesItsDatasetWhenTheJobFails) {
  const std::string file = dir_.Write("syn.csv", "flows");
  server_.jobs.unharmed = "jobs/import-1";
  server_.jobs.EndAs(v1::JOB_STATE_FAILED);
  EXPECT_EQ(Run({"evaluate", "--model", "edge", "--dataset", "ugr", "--synthetic", file}).code, 4);
  EXPECT_EQ(server_.datasets.deleted.All().size(), 1u);
}

TEST_F(Command, EvaluationsOfOneFileHaveADatasetEachButForThoseOfOneRequest) {
  Words words = {
      "evaluate", "--model", "edge", "--dataset", "ugr", "--synthetic", dir_.Write("syn.csv", "flows")};
  for (int i = 0; i < 2; ++i) Output(words);
  words.insert(words.end(), {"--request-id", "monday"});
  for (int i = 0; i < 2; ++i) Output(words);
  std::vector<std::string> names;
  for (const auto& request : server_.synthesis.evaluates.All()) names.push_back(request.synthetic_dataset());
  ASSERT_EQ(names.size(), 4u);
  EXPECT_EQ(names[2], names[3]);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 3u);
  EXPECT_THAT(server_.datasets.deleted.All(), ElementsAreArray(names));
}

TEST_F(Command, EvaluateOfAFileTellsOfADatasetThatCantBeDeleted) {
  server_.datasets.refuse_delete = {grpc::StatusCode::FAILED_PRECONDITION, "name: jobs/evaluate-2 reads it"};
  const Ended ended =
      Run({"evaluate", "--model", "edge", "--dataset", "ugr", "--synthetic", dir_.Write("syn.csv", "flows")});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("could not be deleted: name: jobs/evaluate-2 reads it"));
  EXPECT_THAT(ended.err, HasSubstr("later: stanflow datasets delete synthetic-"));
}

TEST_F(Command, CtrlCWhileAFileIsJudgedSaysThatItsFlowsStay) {
  std::promise<pid_t> pid;
  const auto child = pid.get_future().share();
  server_.jobs.unharmed = "jobs/import-1";
  server_.jobs.on_stuck_watch = [child] { kill(child.get(), SIGINT); };
  Program program(
      STANFLOW_PROGRAM,
      {"evaluate", "--model", "edge", "--dataset", "ugr", "--synthetic", dir_.Write("syn.csv", "flows")},
      ToServer());
  pid.set_value(program.pid());
  const Ended ended = program.Wait();
  EXPECT_EQ(ended.code, 130);
  EXPECT_THAT(ended.err, HasSubstr("when the job has ended: stanflow datasets delete synthetic-"));
  EXPECT_THAT(server_.datasets.deleted.All(), IsEmpty());
}

TEST_F(Command, EvaluateRefusesFlagsThatAFileMakesMeaningless) {
  EXPECT_EQ(Run({"evaluate", "--model", "edge", "--dataset", "ugr", "--synthetic", "f", "--rows", "5"}).code,
            2);
  EXPECT_EQ(Run({"evaluate", "--model", "edge", "--dataset", "ugr", "--synthetic-home", "10.0.0.0/8"}).code,
            2);
}

TEST_F(Command, ListReadsEveryPageUpToItsLimit) {
  server_.jobs.listed = 7;
  EXPECT_EQ(JsonOf({"jobs", "list", "--json"})["jobs"].size(), 7u);
  EXPECT_EQ(JsonOf({"jobs", "list", "--json", "--limit", "3"})["jobs"].size(), 3u);
  Output({"jobs", "list", "--state", "running", "--state", "queued"});
  EXPECT_THAT(server_.jobs.lists.All().back().states(),
              ElementsAre(v1::JOB_STATE_RUNNING, v1::JOB_STATE_QUEUED));
}

TEST_F(Command, JobsGetWritesAnArtifact) {
  Output({"jobs", "get", "evaluate-1", "--artifact", "report.html", "--output", dir_.File("r.html")});
  EXPECT_EQ(dir_.Read("r.html"), "{\"artifact\": \"report.html\"}");
}

TEST_F(Command, JobsGetRefusesToWrapAnArtifactInJson) {
  const Ended ended = Run({"jobs", "get", "evaluate-1", "--artifact", "report.json", "--json"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("--json"));
}

TEST_F(Command, ALinkStaysAndWhatItLeadsToIsReplaced) {
  dir_.Write("real.html", "of an earlier run");
  for (const char* target : {"real.html", "new.html"}) {
    const std::string link = dir_.File(std::string("link-") + target);
    std::filesystem::create_symlink(target, link);
    Output({"jobs", "get", "evaluate-1", "--artifact", "report.html", "--output", link});
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_EQ(dir_.Read(target), "{\"artifact\": \"report.html\"}");
    dir_.Write(target, "");
    Output({"evaluate", "--model", "edge", "--dataset", "ugr", "--report", link});
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_EQ(dir_.Read(target), "{\"artifact\": \"report.html\"}");
  }
}

TEST_F(Command, ANamedPipeStaysOneAndIsWritten) {
  const std::string pipe = dir_.File("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  Output({"evaluate", "--model", "edge", "--dataset", "ugr", "--report", pipe});
  char bytes[100];
  const ssize_t got = read(reader, bytes, sizeof(bytes));
  close(reader);
  EXPECT_EQ(std::string(bytes, got > 0 ? static_cast<size_t>(got) : 0), "{\"artifact\": \"report.html\"}");
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

// As /dev/stdout does where the shell has sent it into a file.
TEST_F(Command, WhatLeadsToStandardOutputIsStandardOutput) {
  const std::string link = dir_.File("stdout");
  std::filesystem::create_symlink("/proc/self/fd/1", link);
  const std::string command = "echo before; " + std::string(STANFLOW_PROGRAM) +
                              " jobs get evaluate-1 --artifact report.html --output " + link + "; echo after";
  const Words words = {"-c", "{ " + command + "; } > " + dir_.File("all")};
  EXPECT_EQ(Program("/bin/sh", words, ToServer()).Wait().code, 0);
  EXPECT_EQ(dir_.Read("all"), "before\n{\"artifact\": \"report.html\"}after\n");
  EXPECT_TRUE(std::filesystem::is_symlink(link));
}

TEST_F(Command, ModelsShowNoNatsForAKindThatKnowsNoLikelihood) {
  EXPECT_THAT(Output({"models", "list"}), HasSubstr("28.81"));
  EXPECT_THAT(Output({"models", "describe", "edge@3"}), HasSubstr("28.8125 nats a row"));
  server_.models.version.clear_validation_nats();
  EXPECT_THAT(Output({"models", "list"}), Not(HasSubstr("0.000")));
  EXPECT_THAT(Output({"models", "describe", "edge@3"}), Not(HasSubstr("nats a row")));
  EXPECT_TRUE(JsonOf({"models", "describe", "edge@3", "--json"})["validation_nats"].is_null());
}

TEST_F(Command, AliasIsSetAndRemoved) {
  EXPECT_EQ(Output({"models", "alias", "edge", "prod", "3"}), "edge@prod is now version 3\n");
  EXPECT_EQ(Output({"models", "alias", "edge", "prod", "--remove"}), "edge@prod is removed\n");
  EXPECT_EQ(server_.models.aliases.All()[0].version(), 3u);
  EXPECT_EQ(server_.models.aliases.All()[1].version(), 0u);
  EXPECT_EQ(Run({"models", "alias", "edge", "prod"}).code, 2);
}

TEST_F(Command, DeleteOfAVersionNeedsItsNumberAndTellsWhatHoldsIt) {
  EXPECT_EQ(Run({"models", "delete", "edge"}).code, 2);
  EXPECT_EQ(Run({"models", "delete", "edge@prod"}).code, 2);
  EXPECT_THAT(server_.models.deleted.All(), IsEmpty());
  const Ended ended = Run({"models", "delete", "edge@3"});
  EXPECT_EQ(ended.code, 7);
  EXPECT_THAT(ended.err, HasSubstr("alias 'prod' points at it"));
  EXPECT_THAT(server_.models.deleted.All(), ElementsAre("models/edge/versions/3"));
}

TEST_F(Command, ExportedBundlesCanBeImported) {
  const std::string file = dir_.File("edge.tar");
  const auto json = JsonOf({"models", "export", "edge@3", "--output", file, "--json"});
  EXPECT_EQ(json["size_bytes"], server_.models.bundle.size());
  EXPECT_EQ(json["sha256"], Sha256Hex(server_.models.bundle));
  EXPECT_EQ(dir_.Read("edge.tar"), server_.models.bundle);
  Output({"models", "import", "other", file});
  EXPECT_THAT(server_.models.imported.All(), ElementsAre("other:" + server_.models.bundle));
}

TEST_F(Command, StatusTellsWhatTheServerHolds) {
  server_.jobs.listed = 3;
  const auto json = JsonOf({"status", "--json"});
  EXPECT_EQ(json["health"], "SERVING");
  EXPECT_EQ(json["models_ready"], 1);
  EXPECT_EQ(json["jobs_running"], 3);
}

TEST_F(Command, ErrorsCarryFieldsAndWhenToTryAgain) {
  v1::ErrorStatus details;
  v1::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(7);
  google::protobuf::Any* any = details.add_details();
  any->set_type_url("type.googleapis.com/google.rpc.RetryInfo");
  any->set_value(retry.SerializeAsString());
  server_.synthesis.refuse_train = {grpc::StatusCode::RESOURCE_EXHAUSTED, "the queue is full",
                                    details.SerializeAsString()};
  const Ended ended = Run({"train", "--dataset", "ugr", "--model", "edge"});
  EXPECT_EQ(ended.code, 8);
  EXPECT_EQ(ended.err, "stanflow: the queue is full; try again in 7 s\n");
}

TEST_F(Command, ExitCodesTellWrongUseFromMissingThings) {
  EXPECT_EQ(Run({}).code, 2);
  EXPECT_EQ(Run({"trian"}).code, 2);
  EXPECT_EQ(Run({"generate", "--rows", "5"}).code, 2);
  EXPECT_EQ(Run({"generate", "--model", "edge", "--rows", "5", "--duration", "1h"}).code, 2);
  EXPECT_EQ(Run({"generate", "--model", "edge", "--duration", "soon"}).code, 2);
  EXPECT_EQ(Run({"jobs", "get", "none"}).code, 3);
  EXPECT_EQ(Run({"--help"}).code, 0);
  EXPECT_EQ(Run({"--version"}).code, 0);
}

TEST_F(Command, HelpNamesTheValuesByWhatTheyAre) {
  const std::string train = Output({"train", "--help"});
  for (const char* flag : {"--server HOST:PORT", "--timeout SECONDS", "--max-minutes MINUTES"}) {
    EXPECT_THAT(train, HasSubstr(flag));
  }
  EXPECT_THAT(train, Not(HasSubstr("POSITIVE")));
  EXPECT_THAT(Output({"datasets", "import", "--help"}), HasSubstr("--max-rejected SHARE"));
  const std::string reference = Output({"reference"});
  for (const char* flag : {"`--server HOST:PORT`", "`--timeout SECONDS`", "`--max-rejected SHARE`"}) {
    EXPECT_THAT(reference, HasSubstr(flag));
  }
}

TEST_F(Command, NumbersOutOfRangeAreRefusedByTheirFlag) {
  const Ended ended = Run({"status", "--timeout", "0"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("'0' is not a number above 0"));
  EXPECT_EQ(Run({"jobs", "watch", "train-1", "--retry-seconds", "-1"}).code, 2);
}

TEST_F(Command, ARejectedRowOfSeveralFilesIsShownWithItsFile) {
  server_.jobs.job.set_result("datasets/ugr");
  const Words words = {"datasets", "describe", "ugr"};
  EXPECT_THAT(Output(words), Not(HasSubstr("FILE")));
  server_.datasets.dataset.mutable_rejected(0)->set_file("logs/a.log");
  server_.datasets.dataset.mutable_rejected(1)->set_file("logs/b.log");
  EXPECT_THAT(Output(words), AllOf(HasSubstr("FILE"), HasSubstr("logs/b.log    99  11 columns, not 13")));
}

TEST_F(Command, SimulateWritesEveryFormat) {
  const auto first_line = [this](const char* format) {
    const std::string text = Output({"simulate", "--rows", "5", "--format", format});
    return text.substr(0, text.find('\n'));
  };
  EXPECT_THAT(first_line("csv"), StartsWith("te,td,sa,da,"));
  EXPECT_THAT(first_line("nfdump-csv"), StartsWith("ts,te,td,sa,da,"));
  EXPECT_THAT(first_line("jsonl"), StartsWith("{"));
  EXPECT_EQ(first_line("zeek"), "#separator \\x09");
  EXPECT_EQ(Run({"simulate", "--format", "xls"}).code, 2);
  EXPECT_EQ(Run({"simulate", "--process", "paper", "--format", "zeek"}).code, 2);
}

TEST_F(Command, SimulateGivesTheSameRowsForTheSameSeed) {
  const std::string one = Output({"simulate", "--rows", "500", "--seed", "3"});
  EXPECT_EQ(one, Output({"simulate", "--rows", "500", "--seed", "3"}));
  EXPECT_NE(one, Output({"simulate", "--rows", "500", "--seed", "4"}));
  EXPECT_EQ(std::count(one.begin(), one.end(), '\n'), 501);
  const std::string paper = Output({"simulate", "--process", "paper", "--rows", "20"});
  EXPECT_THAT(paper, StartsWith("x,y\n"));
  EXPECT_EQ(std::count(paper.begin(), paper.end(), '\n'), 21);
}

TEST_F(Command, AFullDiskIsToldAndLeavesNothingThatLooksComplete) {
  const Ended ended = Run({"simulate", "--rows", "500", "--output", "/dev/full"});
  EXPECT_EQ(ended.code, 8);
  EXPECT_THAT(ended.err, HasSubstr("/dev/full"));
}

}  // namespace
}  // namespace stanflow
