#include "absl/strings/str_split.h"
#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/dataset_text.h"
#include "client/cli/lib/job_flags.h"
#include "client/cli/lib/job_text.h"
#include "client/cli/lib/job_wait.h"
#include "client/cli/lib/to_json.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string dataset, model;
  std::string preset = "causal";
  double max_minutes = 0;
  std::vector<std::string> set;
  uint64_t seed = 1;
  JobFlags job;
  bool wait = false, validate_only = false;
};

absl::StatusOr<v1::TrainRequest> Request(const Options& options) {
  v1::TrainRequest request;
  request.set_dataset(DatasetName(options.dataset));
  request.set_model(options.model);
  request.set_preset(options.preset);
  request.set_max_minutes(options.max_minutes);
  request.set_seed(options.seed);
  request.set_request_id(options.job.request_id);
  request.set_priority(options.job.priority);
  request.set_validate_only(options.validate_only);
  for (const std::string& setting : options.set) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(setting, absl::MaxSplits('=', 1));
    if (pair.first.empty() || pair.second.empty()) {
      return absl::InvalidArgumentError(StrCat("--set: '", setting, "' is not of the form key=value"));
    }
    if (!request.mutable_options()->insert({pair.first, pair.second}).second) {
      return absl::InvalidArgumentError(StrCat("--set: ", pair.first, " is given twice"));
    }
  }
  return request;
}

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  STANFLOW_ASSIGN_OR_RETURN(const v1::TrainRequest request, Request(options));
  const Server server = cli.Connect();
  STANFLOW_ASSIGN_OR_RETURN(v1::Job job,
                            server.Call(server.synthesis.get(), &v1::Synthesis::Stub::Train, request));
  if (options.validate_only) {
    const std::string figures = job.result_json().empty() ? "" : job.result_json() + "\n";
    STANFLOW_RETURN_IF_ERROR(cli.json ? cli.PrintJson(ToJson(job)) : cli.out->Write("valid\n" + figures));
    return ExitCode::kOk;
  }
  if (!cli.json) STANFLOW_RETURN_IF_ERROR(cli.out->Write(job.name() + "\n"));
  if (options.wait) {
    STANFLOW_ASSIGN_OR_RETURN(
        job, WaitForJob(cli, server, {job.name(), 0, options.job.retry_seconds, /*submitted=*/true}));
    if (!cli.json) STANFLOW_RETURN_IF_ERROR(cli.out->Write(DescribeJob(job)));
  }
  if (cli.json) STANFLOW_RETURN_IF_ERROR(cli.PrintJson(ToJson(job)));
  return options.wait ? JobOutcome(cli, job) : ExitCode::kOk;
}

void AddOptions(CLI::App* command, Options* options) {
  command->add_option("--dataset", options->dataset, "The dataset to learn from")
      ->required()
      ->type_name("NAME");
  command
      ->add_option("--model", options->model,
                   "The model that gets a new version: a-z, 0-9, '-', '_', at most 63")
      ->required()
      ->type_name("NAME");
  command
      ->add_option(
          "--preset", options->preset,
          "causal, paper (as published), a baseline (b1, b2, wp_gan, ctgan), or replay: the flows themselves")
      ->type_name("NAME")
      ->capture_default_str();
  command
      ->add_option(
          "--max-minutes", options->max_minutes,
          "Minutes of trained time at most (b1 and b2 know no limit); 0: epochs and early stopping end it")
      ->type_name("MINUTES")
      ->check(kIsNotNegative)
      ->capture_default_str();
  command->add_option("--set", options->set, "An option of the preset, key=value; may be repeated")
      ->type_name("KEY=VALUE");
  command->add_option("--seed", options->seed, "Seed of every random choice")
      ->type_name("N")
      ->capture_default_str();
  AddJobFlags(command, &options->job);
  CLI::Option* const wait =
      command->add_flag("--wait", options->wait, "Show the progress, and answer by the job's outcome");
  command
      ->add_flag("--validate-only", options->validate_only,
                 "Store nothing: check, and print rows, epochs, memory and time as far as they can be told")
      ->excludes(wait);
}

}  // namespace

void AddTrainCommand(CLI::App* app, Cli* cli) {
  CLI::App* const command = AddCommand(app, cli, "train", "Start a job that trains a new version of a model");
  const auto options = std::make_shared<Options>();
  AddOptions(command, options.get());
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
