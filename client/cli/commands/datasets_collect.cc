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
  std::string name, holdout;
  std::vector<std::string> home;
  std::string listen = "127.0.0.1:2055";
  uint64_t max_rows = 0;
  double max_minutes = 0;
  uint32_t every = 60;
  JobFlags job;
  bool detach = false, validate_only = false;
};

v1::CollectRequest Request(const Options& options) {
  v1::CollectRequest request;
  request.set_dataset(DatasetId(options.name));
  for (const std::string& network : options.home) request.add_home(network);
  request.set_holdout(options.holdout);
  request.set_listen(options.listen);
  request.set_max_rows(options.max_rows);
  request.set_max_minutes(options.max_minutes);
  request.set_publish_seconds(options.every);
  request.set_request_id(options.job.request_id);
  request.set_priority(options.job.priority);
  request.set_validate_only(options.validate_only);
  return request;
}

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  const Server server = cli.Connect();
  STANFLOW_ASSIGN_OR_RETURN(
      v1::Job job, server.Call(server.datasets.get(), &v1::Datasets::Stub::Collect, Request(options)));
  if (options.validate_only) {
    STANFLOW_RETURN_IF_ERROR(cli.json ? cli.PrintJson(ToJson(job)) : cli.out->Write("valid\n"));
    return ExitCode::kOk;
  }
  if (!cli.json) STANFLOW_RETURN_IF_ERROR(cli.out->Write(job.name() + "\n"));
  if (!options.detach) {
    STANFLOW_ASSIGN_OR_RETURN(
        job, WaitForJob(cli, server, {job.name(), 0, options.job.retry_seconds, /*submitted=*/true}));
    if (!cli.json) STANFLOW_RETURN_IF_ERROR(cli.out->Write(DescribeJob(job)));
  }
  if (cli.json) STANFLOW_RETURN_IF_ERROR(cli.PrintJson(ToJson(job)));
  return options.detach ? ExitCode::kOk : JobOutcome(cli, job);
}

void AddOptions(CLI::App* command, Options* options) {
  command
      ->add_option("name", options->name,
                   "Name of the dataset: a-z, 0-9, '-', '_', at most 63; one that is there is gone on with")
      ->required()
      ->type_name("NAME");
  command
      ->add_option("--listen", options->listen,
                   "Where the server listens for NetFlow v5, v9 and IPFIX: an IPv4 address and a UDP port")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  command
      ->add_option("--home", options->home,
                   "A network whose addresses are home hosts; may be repeated; default: those of the dataset")
      ->type_name("CIDR")
      ->check(kIsCidr);
  command
      ->add_option("--holdout", options->holdout,
                   "Rows that training never reads: none, hours=odd, hours=even, hosts=SHARE, after=TIME; "
                   "default: the dataset's, none for a new one")
      ->type_name("RULE");
  command
      ->add_option(
          "--max-rows", options->max_rows,
          "Rows of the dataset at which the collection ends; default: the server's collections.max_rows")
      ->type_name("N");
  command->add_option("--max-minutes", options->max_minutes, "Minutes after which it ends; default: no limit")
      ->type_name("N")
      ->check(kIsPositive);
  command
      ->add_option("--every", options->every,
                   "What came becomes part of the dataset after so many seconds, 2 to 86400")
      ->type_name("SECONDS")
      ->check(CLI::Range(2, 86400).description(""))
      ->capture_default_str();
  AddJobFlags(command, &options->job);
  CLI::Option* const detach =
      command->add_flag("--detach", options->detach, "Print the job's id instead of waiting");
  command->add_flag("--validate-only", options->validate_only, "Store nothing: only check")->excludes(detach);
}

}  // namespace

void AddDatasetsCollectCommand(CLI::App* datasets, Cli* cli) {
  CLI::App* const command =
      AddCommand(datasets, cli, "collect",
                 "Let the server listen for live flows and append them to a dataset, until a limit or until "
                 "the job is cancelled; what was collected stays");
  const auto options = std::make_shared<Options>();
  AddOptions(command, options.get());
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
