#include "absl/strings/str_join.h"
#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/dataset_text.h"
#include "client/cli/lib/format.h"
#include "client/cli/lib/input_files.h"
#include "client/cli/lib/job_flags.h"
#include "client/cli/lib/job_wait.h"
#include "client/cli/lib/to_json.h"
#include "client/cli/lib/upload.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/all_formats.h"
#include "core/io/csv_schema.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

// What a summary shows of the rejected rows; the dataset keeps 100.
constexpr int kRejectedShown = 10;

struct Options {
  std::string name;
  std::vector<std::string> files, home;
  std::string holdout = "none";
  std::string format = "auto";
  std::string biflow = "split";
  std::string schema;
  double max_rejected = 0.01;
  JobFlags job;
  bool detach = false;
};

absl::StatusOr<v1::UploadHeader> Header(const Options& options) {
  v1::UploadHeader header;
  header.set_dataset(DatasetId(options.name));
  for (const std::string& network : options.home) header.add_home(network);
  header.set_holdout(options.holdout);
  header.set_format(options.format);
  header.set_biflow(options.biflow);
  if (!options.schema.empty()) {
    STANFLOW_ASSIGN_OR_RETURN(*header.mutable_schema(), ReadFile(options.schema));
    STANFLOW_RETURN_IF_ERROR(ParseCsvSchema(header.schema()).status());
  }
  header.set_max_rejected_share(options.max_rejected);
  header.set_request_id(options.job.request_id);
  header.set_priority(options.job.priority);
  return header;
}

absl::StatusOr<v1::Job> Upload(const Cli& cli, const Server& server, const Options& options) {
  STANFLOW_ASSIGN_OR_RETURN(v1::UploadHeader header, Header(options));
  STANFLOW_ASSIGN_OR_RETURN(const InputFiles files, FindInputFiles(options.files));
  if (files.single) return UploadDataset(cli, server, files.paths[0], std::move(header));
  if (!files.skipped.empty()) {
    cli.Note(StrCat(FormatCount(files.skipped.size()), " of ",
                    FormatCount(files.skipped.size() + files.paths.size()),
                    " files are empty and left out, such as ", files.skipped[0]));
  }
  return UploadDatasetFiles(cli, server, files.paths, std::move(header));
}

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  const Server server = cli.Connect();
  STANFLOW_ASSIGN_OR_RETURN(v1::Job job, Upload(cli, server, options));
  if (options.detach) {
    STANFLOW_RETURN_IF_ERROR(cli.json ? cli.PrintJson(ToJson(job)) : cli.out->Write(job.name() + "\n"));
    return ExitCode::kOk;
  }
  STANFLOW_ASSIGN_OR_RETURN(
      job, WaitForJob(cli, server, {job.name(), 0, options.job.retry_seconds, /*submitted=*/true}));
  if (job.state() != v1::JOB_STATE_SUCCEEDED) {
    if (cli.json) STANFLOW_RETURN_IF_ERROR(cli.PrintJson({{"job", ToJson(job)}, {"dataset", nullptr}}));
    return JobOutcome(cli, job);
  }
  v1::GetDatasetRequest request;
  request.set_name(job.result());
  STANFLOW_ASSIGN_OR_RETURN(const v1::Dataset dataset,
                            server.Call(server.datasets.get(), &v1::Datasets::Stub::GetDataset, request));
  STANFLOW_RETURN_IF_ERROR(cli.json ? cli.PrintJson({{"job", ToJson(job)}, {"dataset", ToJson(dataset)}})
                                    : cli.out->Write(DescribeDataset(dataset, kRejectedShown)));
  return ExitCode::kOk;
}

std::string ReaderNames() {
  return absl::StrJoin(AllReaders(), ", ",
                       [](std::string* out, const ReaderFormat& reader) { out->append(reader.name); });
}

}  // namespace

void AddDatasetsImportCommand(CLI::App* datasets, Cli* cli) {
  CLI::App* const command =
      AddCommand(datasets, cli, "import",
                 "Upload files of real flows, plain or compressed, and wait until they are a dataset");
  const auto options = std::make_shared<Options>();
  command->add_option("name", options->name, "Name of the new dataset: a-z, 0-9, '-', '_', at most 63")
      ->required()
      ->type_name("NAME");
  command
      ->add_option("file", options->files,
                   "Files, folders (with all that is in them, in the order of their names) or patterns; - is "
                   "standard input")
      ->required()
      ->type_name("FILE");
  command->add_option("--home", options->home, "A network whose addresses are home hosts; may be repeated")
      ->required()
      ->type_name("CIDR")
      ->check(kIsCidr);
  command
      ->add_option("--holdout", options->holdout,
                   "Rows that training never reads: none, hours=odd, hours=even, hosts=SHARE, after=TIME")
      ->type_name("RULE")
      ->capture_default_str();
  command
      ->add_option("--format", options->format,
                   StrCat("The files' format, which auto finds out for each: ", ReaderNames()))
      ->type_name("NAME")
      ->capture_default_str();
  command
      ->add_option("--biflow", options->biflow,
                   "A record of both directions becomes: split, a flow for each; keep, one with their sum")
      ->check(CLI::IsMember(std::vector<std::string>{"split", "keep"}))
      ->capture_default_str();
  command
      ->add_option("--schema", options->schema,
                   "JSON that says which column of a CSV file holds what (docs/formats.md); default: none")
      ->type_name("FILE");
  command
      ->add_option("--max-rejected", options->max_rejected,
                   "Share of unreadable rows, 0 to 1, from which the import fails")
      ->type_name("SHARE")
      ->check(CLI::Range(0.0, 1.0).description(""))
      ->capture_default_str();
  AddJobFlags(command, &options->job);
  command->add_flag("--detach", options->detach, "Print the job's id after the upload instead of waiting");
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
