#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_join.h"
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
  std::vector<std::string> home = {"42.219.0.0/16"};  // UGR'16's, the paper's data
  std::string holdout = "hours=odd";
  double minutes_per_model = 15;
  std::optional<uint64_t> rows, task_rows;  // not given: the server's choice
  uint64_t seed = 1;
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

bool EndedInVain(const v1::Job& job) {
  return job.state() == v1::JOB_STATE_FAILED || job.state() == v1::JOB_STATE_CANCELLED;
}
bool Succeeded(const v1::Job& job) { return job.state() == v1::JOB_STATE_SUCCEEDED; }

// One reproduction. Every step has a request id that follows from what it is asked, so that the same
// command goes on where an earlier one, or its server, was stopped.
class Reproduction {
 public:
  Reproduction(const Cli& cli, const Options& options, const Server& server, std::string id)
      : cli_(cli), options_(options), server_(server), id_(std::move(id)) {}

  absl::StatusOr<ExitCode> Run() {
    STANFLOW_ASSIGN_OR_RETURN(ExitCode code, Import());
    for (const PaperModel& model : kModels) {
      if (code != ExitCode::kOk) return code;
      STANFLOW_ASSIGN_OR_RETURN(code, Train(model));
    }
    if (code != ExitCode::kOk) return code;
    return Judge();
  }

 private:
  std::string dataset() const { return StrCat("paper-", id_); }

  // The newest try of a step: calls `submit` with one request id after another until it answers a job that
  // has neither ended in vain nor made what is gone by now, as `find` tells (a request id answers the same
  // job for ever). Answers that job as it ended.
  template <typename Submit, typename Find>
  absl::StatusOr<v1::Job> Step(const std::string& what, const std::string& id, Submit submit, Find find) {
    for (int attempt = 1;; ++attempt) {
      const bool last = attempt == kMostAttempts;
      STANFLOW_ASSIGN_OR_RETURN(v1::Job job, submit(StrCat("paper-", id, "-", what, "-", attempt)));
      if (EndedInVain(job) && !last) continue;
      cli_.Note(StrCat(what, ": ", job.name()));
      STANFLOW_ASSIGN_OR_RETURN(
          job, WaitForJob(cli_, server_, {job.name(), 0, options_.retry_seconds, /*submitted=*/true}));
      if (!Succeeded(job)) return job;
      const absl::Status found = find(job);
      if (found.ok()) return job;
      if (!absl::IsNotFound(found) || last) return found;
    }
  }

  absl::StatusOr<ExitCode> InVain(const v1::Job& job) const {
    if (cli_.json) {
      STANFLOW_RETURN_IF_ERROR(cli_.PrintJson({{"job", ToJson(job)}, {"json", nullptr}, {"html", nullptr}}));
    }
    const ExitCode code = JobOutcome(cli_, job);
    cli_.Note("the same command tries it again");
    return code;
  }

  absl::Status FindDataset() const {
    v1::GetDatasetRequest request;
    request.set_name(DatasetName(dataset()));
    return server_.Call(server_.datasets.get(), &v1::Datasets::Stub::GetDataset, request).status();
  }

  absl::Status FindModel(const std::string& version) const {
    v1::GetModelRequest request;
    request.set_name(version);
    return server_.Call(server_.models.get(), &v1::Models::Stub::GetModel, request).status();
  }

  absl::StatusOr<ExitCode> Import() {
    const absl::Status known = FindDataset();
    if (known.ok()) return ExitCode::kOk;
    if (!absl::IsNotFound(known)) return known;
    const auto submit = [this](const std::string& request_id) {
      v1::UploadHeader header;
      header.set_dataset(dataset());
      for (const std::string& network : options_.home) header.add_home(network);
      header.set_holdout(options_.holdout);
      header.set_format("auto");
      header.set_max_rejected_share(0.01);
      header.set_request_id(request_id);
      return UploadDataset(cli_, server_, options_.real, header);
    };
    STANFLOW_ASSIGN_OR_RETURN(const v1::Job job,
                              Step("import", id_, submit, [this](const v1::Job&) { return FindDataset(); }));
    if (!Succeeded(job)) return InVain(job);
    return ExitCode::kOk;
  }

  absl::StatusOr<ExitCode> Train(const PaperModel& model) {
    const auto submit = [this, &model](const std::string& request_id) {
      v1::TrainRequest request;
      request.set_dataset(DatasetName(dataset()));
      request.set_model(StrCat("paper-", id_, "-", model.name));
      request.set_preset(model.preset);
      request.set_max_minutes(options_.minutes_per_model);
      request.set_seed(options_.seed);
      request.set_request_id(request_id);
      return server_.Call(server_.synthesis.get(), &v1::Synthesis::Stub::Train, request);
    };
    STANFLOW_ASSIGN_OR_RETURN(const v1::Job job, Step(model.name, id_, submit, [this](const v1::Job& made) {
                                return FindModel(made.result());
                              }));
    if (!Succeeded(job)) return InVain(job);
    versions_[model.name] = job.result();
    return ExitCode::kOk;
  }

  v1::ReproduceRequest Request() const {
    v1::ReproduceRequest request;
    request.set_dataset(DatasetName(dataset()));
    request.set_seed(options_.seed);
    if (options_.task_rows.has_value()) request.set_task_rows(*options_.task_rows);
    for (const PaperModel& model : kModels) {
      v1::ReproduceRequest::Model* const to = request.add_models();
      to->set_name(model.name);
      to->set_model(versions_.at(model.name));
      if (options_.rows.has_value()) to->set_rows(*options_.rows);
      if (model.rows_at_most > 0)
        to->set_rows(std::min(options_.rows.value_or(model.rows_at_most), model.rows_at_most));
      to->set_max_likelihood_rows(model.rows_at_most);
    }
    return request;
  }

  absl::StatusOr<ExitCode> Judge() {
    // Of the request itself: with other rows, or a model trained anew, it is another one.
    const std::string digest = Sha256Hex(Request().SerializeAsString()).substr(0, 12);
    const auto submit = [this](const std::string& request_id) {
      v1::ReproduceRequest request = Request();
      request.set_request_id(request_id);
      return server_.Call(server_.synthesis.get(), &v1::Synthesis::Stub::Reproduce, request);
    };
    STANFLOW_ASSIGN_OR_RETURN(const v1::Job job, Step("evaluation", StrCat(id_, "-", digest), submit,
                                                      [](const v1::Job&) { return absl::OkStatus(); }));
    if (!Succeeded(job)) return InVain(job);
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

// Found here, and not by the last step after hours of training.
absl::Status Check(const Options& options) {
  if (options.rows == uint64_t{0}) return absl::InvalidArgumentError("--rows: must be 1 or more");
  if (options.holdout.empty() || options.holdout == "none") {
    return absl::InvalidArgumentError(
        "--holdout: the models are judged by rows that they have not seen; take hours=odd, for instance");
  }
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  STANFLOW_RETURN_IF_ERROR(Check(options));
  STANFLOW_ASSIGN_OR_RETURN(const std::string digest, Sha256HexOfFile(options.real));
  const std::string id = Sha256Hex(StrCat(digest, " ", absl::StrJoin(options.home, " "), " ", options.holdout,
                                          " ", options.minutes_per_model, " ", options.seed));
  const Server server = cli.Connect();
  return Reproduction(cli, options, server, id.substr(0, 12)).Run();
}

void AddOptions(CLI::App* command, Options* options) {
  command->add_option("--real", options->real, "The real flows, as datasets import reads them")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--home", options->home,
                   "A network whose addresses are home hosts; may be repeated; default: UGR'16's")
      ->capture_default_str()
      ->type_name("CIDR")
      ->check(kIsCidr);
  command
      ->add_option("--holdout", options->holdout,
                   "The rows that judge, as datasets import takes it, but not none")
      ->type_name("RULE")
      ->capture_default_str();
  command
      ->add_option("--minutes-per-model", options->minutes_per_model,
                   "Minutes of trained time for each model at most (b1 and b2 know no limit); 0: epochs and "
                   "early stopping end it")
      ->type_name("MINUTES")
      ->check(kIsNotNegative)
      ->capture_default_str();
  command
      ->add_option("--rows", options->rows,
                   "Flows to generate from each model, of the published net 50000 at most; default: 1000000, "
                   "by the server")
      ->type_name("N");
  command
      ->add_option("--task-rows", options->task_rows,
                   "Rows that each learner of the tasks learns from, at most; 0 leaves the tasks out; "
                   "default: 20000, by the server")
      ->type_name("N");
  command
      ->add_option("--seed", options->seed,
                   "Seed of the trainings, the generated flows and the simulated process; the evaluation's "
                   "own choices have a fixed one")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--output", options->output, "Folder for paper.json and paper.html")
      ->type_name("FOLDER")
      ->capture_default_str();
  command
      ->add_option("--retry-seconds", options->retry_seconds,
                   "While a job is waited for: seconds to wait for a server that is gone")
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
