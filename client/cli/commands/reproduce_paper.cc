#include <map>

#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/dataset_text.h"
#include "client/cli/lib/file_sink.h"
#include "client/cli/lib/job_wait.h"
#include "client/cli/lib/to_json.h"
#include "client/cli/lib/upload.h"
#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string real;
  std::string home = "42.219.0.0/16";
  std::string holdout = "hours=odd";
  double minutes_per_model = 15;
  uint64_t rows = 200000, task_rows = 20000, seed = 1;
  std::string output = "build/paper";
  double retry_seconds = 60;
};

// The paper's models, and the presets that stand for them. The published net is so slow that a sample of its
// rows is judged.
struct PaperModel {
  const char* name;
  const char* preset;
  uint64_t rows_at_most;  // generated and scored; 0: no limit
};
constexpr PaperModel kModels[] = {{"stan", "causal", 0}, {"stan_paper", "paper", 50000},
                                  {"b1", "b1", 0},       {"b2", "b2", 0},
                                  {"b3", "wp_gan", 0},   {"b4", "ctgan", 0}};

// A job that failed stays what its request id answers: how often a next id is tried.
constexpr int kMostAttempts = 20;

bool Ended(const v1::Job& job) {
  return job.state() == v1::JOB_STATE_FAILED || job.state() == v1::JOB_STATE_CANCELLED;
}

// One reproduction. Every step has a request id that follows from the file and the flags, so that the
// same command goes on where an earlier one, or its server, was stopped.
class Reproduction {
 public:
  Reproduction(const Cli& cli, const Options& options, const Server& server, std::string id)
      : cli_(cli), options_(options), server_(server), id_(std::move(id)) {}

  absl::StatusOr<ExitCode> Run() {
    STANFLOW_RETURN_IF_ERROR(Import());
    for (const PaperModel& model : kModels) STANFLOW_RETURN_IF_ERROR(Train(model));
    return Judge();
  }

 private:
  std::string dataset() const { return StrCat("paper-", id_); }

  // The newest try of a step: calls `submit` with one request id after another until it answers a job that
  // has not ended in vain.
  template <typename SubmitStep>
  absl::StatusOr<v1::Job> Step(const std::string& what, SubmitStep submit) {
    for (int attempt = 1; attempt <= kMostAttempts; ++attempt) {
      const std::string request_id = StrCat("paper-", id_, "-", what, "-", attempt);
      STANFLOW_ASSIGN_OR_RETURN(v1::Job job, submit(request_id));
      if (Ended(job)) continue;
      cli_.Note(StrCat(what, ": ", job.name()));
      STANFLOW_ASSIGN_OR_RETURN(
          job, WaitForJob(cli_, server_, {job.name(), 0, options_.retry_seconds, /*submitted=*/true}));
      if (job.state() == v1::JOB_STATE_SUCCEEDED) return job;
      return absl::AbortedError(StrCat(what, ": ", job.name(), " ended without success: ",
                                       job.error_message(), "; the same command tries it again"));
    }
    return absl::AbortedError(StrCat(what, " has failed ", kMostAttempts, " times"));
  }

  absl::Status Import() {
    v1::GetDatasetRequest known;
    known.set_name(DatasetName(dataset()));
    if (server_.Call(server_.datasets.get(), &v1::Datasets::Stub::GetDataset, known).ok())
      return absl::OkStatus();
    return Step("import",
                [this](const std::string& request_id) {
                  v1::UploadHeader header;
                  header.set_dataset(dataset());
                  header.add_home(options_.home);
                  header.set_holdout(options_.holdout);
                  header.set_format("auto");
                  header.set_max_rejected_share(0.01);
                  header.set_request_id(request_id);
                  return UploadDataset(cli_, server_, options_.real, header);
                })
        .status();
  }

  absl::Status Train(const PaperModel& model) {
    STANFLOW_ASSIGN_OR_RETURN(const v1::Job job, Step(model.name, [&](const std::string& request_id) {
                                v1::TrainRequest request;
                                request.set_dataset(DatasetName(dataset()));
                                request.set_model(StrCat("paper-", id_, "-", model.name));
                                request.set_preset(model.preset);
                                request.set_max_minutes(options_.minutes_per_model);
                                request.set_seed(options_.seed);
                                request.set_request_id(request_id);
                                return server_.Call(server_.synthesis.get(), &v1::Synthesis::Stub::Train,
                                                    request);
                              }));
    versions_[model.name] = job.result();
    return absl::OkStatus();
  }

  v1::ReproduceRequest Request() const {
    v1::ReproduceRequest request;
    request.set_dataset(DatasetName(dataset()));
    request.set_seed(options_.seed);
    request.set_task_rows(options_.task_rows);
    for (const PaperModel& model : kModels) {
      v1::ReproduceRequest::Model* const to = request.add_models();
      to->set_name(model.name);
      to->set_model(versions_.at(model.name));
      to->set_rows(model.rows_at_most == 0 ? options_.rows : std::min(options_.rows, model.rows_at_most));
      to->set_max_likelihood_rows(model.rows_at_most);
    }
    return request;
  }

  absl::StatusOr<ExitCode> Judge() {
    STANFLOW_ASSIGN_OR_RETURN(const v1::Job job, Step("evaluation", [this](const std::string& request_id) {
                                v1::ReproduceRequest request = Request();
                                request.set_request_id(request_id);
                                return server_.Call(server_.synthesis.get(), &v1::Synthesis::Stub::Reproduce,
                                                    request);
                              }));
    const std::string json = options_.output + "/paper.json", html = options_.output + "/paper.html";
    STANFLOW_RETURN_IF_ERROR(MakeDirectories(options_.output));
    for (const auto& [artifact, path] : {std::pair("report.json", json), std::pair("report.html", html)}) {
      STANFLOW_ASSIGN_OR_RETURN(const std::string bytes, GetArtifact(server_, job.name(), artifact));
      STANFLOW_RETURN_IF_ERROR(WriteOutput(cli_, path, bytes));
    }
    STANFLOW_RETURN_IF_ERROR(
        cli_.json ? cli_.PrintJson({{"job", ToJson(job)}, {"json", json}, {"html", html}})
                  : cli_.out->Write(StrCat("tables and figures: ", json, "\npage: ", html, "\n")));
    return ExitCode::kOk;
  }

  const Cli& cli_;
  const Options& options_;
  const Server& server_;
  const std::string id_;
  std::map<std::string, std::string> versions_;  // of each model: "models/M/versions/N"
};

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string digest, Sha256HexOfFile(options.real));
  const std::string id = Sha256Hex(StrCat(digest, " ", options.home, " ", options.holdout, " ",
                                          options.minutes_per_model, " ", options.seed));
  const Server server = cli.Connect();
  return Reproduction(cli, options, server, id.substr(0, 12)).Run();
}

void AddOptions(CLI::App* command, Options* options) {
  command->add_option("--real", options->real, "The real flows, as datasets import reads them")
      ->required()
      ->type_name("FILE");
  command->add_option("--home", options->home, "Their home network")
      ->type_name("CIDR")
      ->check(kIsCidr)
      ->capture_default_str();
  command->add_option("--holdout", options->holdout, "The rows that judge, as datasets import takes it")
      ->type_name("RULE")
      ->capture_default_str();
  command
      ->add_option("--minutes-per-model", options->minutes_per_model,
                   "Minutes of trained time for each model; 0: until it gets no better")
      ->type_name("MINUTES")
      ->check(kIsNotNegative)
      ->capture_default_str();
  command
      ->add_option("--rows", options->rows,
                   "Flows to generate from each model; of the published net 50000 at most")
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--task-rows", options->task_rows,
                   "Rows that each learner of the tasks learns from, at most")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of every random choice")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--output", options->output, "Folder for paper.json and paper.html")
      ->type_name("FOLDER")
      ->capture_default_str();
  command->add_option("--retry-seconds", options->retry_seconds, "Seconds to wait for a server that is gone")
      ->type_name("SECONDS")
      ->check(kIsNotNegative)
      ->capture_default_str();
}

}  // namespace

void AddReproducePaperCommand(CLI::App* reproduce, Cli* cli) {
  CLI::App* const command = AddCommand(
      reproduce, cli, "paper",
      "Train every model of the STAN paper and repeat its tables and figures; goes on where it was stopped");
  const auto options = std::make_shared<Options>();
  AddOptions(command, options.get());
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
