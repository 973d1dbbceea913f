#include "absl/strings/str_join.h"
#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/generate_flags.h"
#include "client/cli/lib/job_flags.h"
#include "client/cli/lib/job_text.h"
#include "client/cli/lib/job_wait.h"
#include "client/cli/lib/to_json.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/all_formats.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string model, to;
  GenerateFlags flags;
  std::optional<double> rate, speed;
  std::string when_full = "wait";
  uint32_t exporters = 1;
  JobFlags job;
  bool detach = false, validate_only = false;
};

absl::StatusOr<v1::StreamRequest> Request(const Options& options) {
  v1::StreamRequest request;
  STANFLOW_ASSIGN_OR_RETURN(*request.mutable_generate(), ToRequest(options.flags, options.model));
  request.set_to(options.to);
  if (options.rate.has_value()) request.set_flows_per_second(*options.rate);
  if (options.speed.has_value()) request.set_speed(*options.speed);
  request.set_when_full(options.when_full == "drop" ? v1::WHEN_FULL_DROP : v1::WHEN_FULL_WAIT);
  request.set_exporters(options.exporters);
  request.set_request_id(options.job.request_id);
  request.set_priority(options.job.priority);
  request.set_validate_only(options.validate_only);
  return request;
}

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  STANFLOW_ASSIGN_OR_RETURN(const v1::StreamRequest request, Request(options));
  const Server server = cli.Connect();
  STANFLOW_ASSIGN_OR_RETURN(v1::Job job,
                            server.Call(server.synthesis.get(), &v1::Synthesis::Stub::Stream, request));
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

void AddPaceFlags(CLI::App* command, Options* options) {
  CLI::Option* const rate =
      command
          ->add_option("--rate", options->rate,
                       "Flows a second, evenly, whatever their times; default: as fast as they are taken")
          ->type_name("FLOWS_PER_S")
          ->check(kIsPositive);
  command
      ->add_option("--speed", options->speed,
                   "As the flows' ends lie apart, so many times as fast; 1 is real time; default: as fast as "
                   "they are taken")
      ->type_name("FACTOR")
      ->check(kIsPositive)
      ->excludes(rate);
}

void AddOptions(CLI::App* command, Options* options) {
  command->add_option("--model", options->model, "M (the newest version), M@3 or M@ALIAS")
      ->required()
      ->type_name("MODEL");
  command
      ->add_option("--to", options->to,
                   StrCat("netflow5://HOST[:PORT], netflow9://HOST[:PORT], ipfix://HOST[:PORT], "
                          "kafka://BROKER[:PORT][,BROKER[:PORT]]/TOPIC[?format=json|protobuf], "
                          "file:PATH[?format=",
                          absl::StrJoin(WriterNames(), "|"),
                          "][&rotate=1h|100MB] (a path on the server), "
                          "syslog://HOST[:PORT][?transport=udp|tcp]"))
      ->required()
      ->type_name("URL");
  AddGenerateFlags(command, &options->flags);
  AddPaceFlags(command, options);
  command
      ->add_option("--when-full", options->when_full,
                   "While the sink takes nothing, flows wait, or drop: are given up and counted")
      ->check(CLI::IsMember(std::vector<std::string>{"wait", "drop"}))
      ->capture_default_str();
  command
      ->add_option("--exporters", options->exporters,
                   "Collectors over UDP: exporters that the hosts are spread over, 1 to 1024")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""))
      ->capture_default_str();
  AddJobFlags(command, &options->job);
  CLI::Option* const detach =
      command->add_flag("--detach", options->detach, "Print the job's id instead of waiting");
  command->add_flag("--validate-only", options->validate_only, "Store nothing: only check")->excludes(detach);
}

}  // namespace

void AddStreamCommand(CLI::App* app, Cli* cli) {
  CLI::App* const command = AddCommand(app, cli, "stream",
                                       "Send flows from the server to a collector, a broker or a file; "
                                       "without --rows or --duration until the job is cancelled");
  const auto options = std::make_shared<Options>();
  AddOptions(command, options.get());
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
