#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/dataset_text.h"
#include "client/cli/lib/file_sink.h"
#include "client/cli/lib/generate_flags.h"
#include "client/cli/lib/job_flags.h"
#include "client/cli/lib/job_wait.h"
#include "client/cli/lib/report_text.h"
#include "client/cli/lib/temporary_dataset.h"
#include "client/cli/lib/to_json.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

constexpr uint64_t kDefaultRows = 100000;

struct Options {
  std::string model, dataset;
  std::string synthetic;
  std::string synthetic_home = kDefaultHome;
  GenerateFlags flags;
  std::string report;
  uint64_t max_likelihood_rows = 0;
  std::optional<uint64_t> task_rows;  // not given: the server's choice
  JobFlags job;
  bool detach = false;
};

absl::StatusOr<v1::EvaluateRequest> Request(const Options& options) {
  v1::EvaluateRequest request;
  request.set_model(options.model);
  request.set_dataset(DatasetName(options.dataset));
  request.set_max_likelihood_rows(options.max_likelihood_rows);
  if (options.task_rows.has_value()) request.set_task_rows(*options.task_rows);
  request.set_request_id(options.job.request_id);
  request.set_priority(options.job.priority);
  if (!options.synthetic.empty()) return request;
  GenerateFlags flags = options.flags;
  if (!flags.rows.has_value() && flags.duration.empty()) flags.rows = kDefaultRows;
  STANFLOW_ASSIGN_OR_RETURN(*request.mutable_generate(), ToRequest(flags, ""));
  return request;
}

absl::StatusOr<v1::Job> Submit(const Server& server, const v1::EvaluateRequest& request) {
  return server.Call(server.synthesis.get(), &v1::Synthesis::Stub::Evaluate, request);
}

// Waits for the job and shows what it found.
absl::StatusOr<ExitCode> Show(const Cli& cli, const Options& options, const Server& server,
                              const std::string& name) {
  STANFLOW_ASSIGN_OR_RETURN(
      const v1::Job job, WaitForJob(cli, server, {name, 0, options.job.retry_seconds, /*submitted=*/true}));
  if (job.state() != v1::JOB_STATE_SUCCEEDED) {
    if (cli.json) STANFLOW_RETURN_IF_ERROR(cli.PrintJson(ToJson(job)));
    return JobOutcome(cli, job);
  }
  if (!options.report.empty()) {
    STANFLOW_ASSIGN_OR_RETURN(const std::string html, GetArtifact(server, job.name(), "report.html"));
    STANFLOW_RETURN_IF_ERROR(WriteOutput(cli, options.report, html));
  }
  STANFLOW_ASSIGN_OR_RETURN(std::string report, GetArtifact(server, job.name(), "report.json"));
  if (cli.json) {
    if (report.empty() || report.back() != '\n') report.push_back('\n');
    STANFLOW_RETURN_IF_ERROR(cli.out->Write(report));
    return ExitCode::kOk;
  }
  STANFLOW_ASSIGN_OR_RETURN(std::string text, DescribeReport(report));
  if (!options.report.empty()) StrAppend(&text, "\nreport: ", options.report, "\n");
  STANFLOW_RETURN_IF_ERROR(cli.out->Write(text));
  return ExitCode::kOk;
}

absl::Status PrintDetached(const Cli& cli, const v1::Job& job) {
  return cli.json ? cli.PrintJson(ToJson(job)) : cli.out->Write(job.name() + "\n");
}

// The job still reads it.
void Keep(const Cli& cli, const std::string& path, TemporaryDataset* synthetic) {
  synthetic->Keep();
  cli.Note(StrCat("the flows of ", path,
                  " stay on the server; when the job has ended: stanflow datasets delete ",
                  DatasetId(synthetic->name())));
}

absl::StatusOr<ExitCode> RunOnFile(const Cli& cli, const Options& options, const Server& server,
                                   v1::EvaluateRequest request) {
  STANFLOW_ASSIGN_OR_RETURN(TemporaryDataset synthetic,
                            TemporaryDataset::Import(cli, server, options.synthetic, options.synthetic_home,
                                                     options.job.request_id));
  request.set_synthetic_dataset(synthetic.name());
  STANFLOW_ASSIGN_OR_RETURN(const v1::Job job, Submit(server, request));
  if (options.detach) {
    Keep(cli, options.synthetic, &synthetic);
    STANFLOW_RETURN_IF_ERROR(PrintDetached(cli, job));
    return ExitCode::kOk;
  }
  auto outcome = Show(cli, options, server, job.name());
  if (cli.interrupt->triggered()) Keep(cli, options.synthetic, &synthetic);
  return outcome;
}

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  if (options.detach && !options.report.empty()) {
    return absl::InvalidArgumentError(
        "--report needs the end of the job, which --detach does not wait for; later: stanflow jobs get JOB "
        "--artifact report.html --output FILE");
  }
  STANFLOW_ASSIGN_OR_RETURN(const v1::EvaluateRequest request, Request(options));
  const Server server = cli.Connect();
  if (!options.synthetic.empty()) return RunOnFile(cli, options, server, request);
  STANFLOW_ASSIGN_OR_RETURN(const v1::Job job, Submit(server, request));
  if (!options.detach) return Show(cli, options, server, job.name());
  STANFLOW_RETURN_IF_ERROR(PrintDetached(cli, job));
  return ExitCode::kOk;
}

void AddOptions(CLI::App* command, Options* options) {
  CLI::Option* const synthetic =
      command
          ->add_option("--synthetic", options->synthetic,
                       "Judge the flows of this file instead of generating; default: generate")
          ->type_name("FILE");
  command->add_option("--model", options->model, "M (the newest version), M@3 or M@ALIAS")
      ->required()
      ->type_name("MODEL");
  command->add_option("--dataset", options->dataset, "The real flows; its hold-out is compared with")
      ->required()
      ->type_name("NAME");
  command->add_option("--synthetic-home", options->synthetic_home, "Home network of the file's flows")
      ->type_name("CIDR")
      ->check(kIsCidr)
      ->needs(synthetic)
      ->capture_default_str();
  for (CLI::Option* flag : AddGenerateFlags(command, &options->flags)) flag->excludes(synthetic);
  command->get_option("--rows")->description(StrCat("Number of flows to generate; default: ", kDefaultRows));
  command->get_option("--duration")
      ->description(
          "Simulated time to generate instead of --rows: 90s, 15m, 6h, 1d; default: --rows decides");
  command->add_option("--report", options->report, "Write the HTML report here; default: nowhere")
      ->type_name("FILE");
  command
      ->add_option("--max-likelihood-rows", options->max_likelihood_rows,
                   "Score the likelihood of at most so many hold-out rows, whole contexts; 0: all")
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--task-rows", options->task_rows,
                   "Rows that each learner of the two tasks learns from, at most; 0: no tasks, which are "
                   "most of the time; default: 5000, by the server")
      ->type_name("N");
  AddJobFlags(command, &options->job);
  command->add_flag("--detach", options->detach, "Print the job's id instead of waiting");
}

}  // namespace

void AddEvaluateCommand(CLI::App* app, Cli* cli) {
  CLI::App* const command = AddCommand(
      app, cli, "evaluate", "Compare a model's flows with real ones: likelihood, distributions, rules");
  const auto options = std::make_shared<Options>();
  AddOptions(command, options.get());
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
