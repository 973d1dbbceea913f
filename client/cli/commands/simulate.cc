#include <charconv>

#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/file_sink.h"
#include "client/cli/lib/format.h"
#include "client/cli/lib/generate_flags.h"
#include "client/cli/lib/progress.h"
#include "client/cli/lib/writer_flag.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/flow/time.h"
#include "core/io/all_formats.h"
#include "core/simulate/office_simulator.h"
#include "core/simulate/two_variable.h"

namespace stanflow {
namespace {

constexpr uint64_t kDefaultRows = 100000;

struct Options {
  std::string process = "office";
  std::optional<uint64_t> rows;
  std::string duration;
  int hosts = OfficeOptions().hosts;
  std::string home = kDefaultHome;
  uint64_t seed = OfficeOptions().seed;
  std::string start = FormatUtc(OfficeOptions().start_ms);
  std::string format = "csv";
  std::string output = "-";
};

absl::StatusOr<OfficeOptions> ToOffice(const Options& options) {
  OfficeOptions out;
  out.seed = options.seed;
  out.hosts = options.hosts;
  STANFLOW_ASSIGN_OR_RETURN(out.home, Cidr::Parse(options.home));
  const auto start = ParseUtc(options.start);
  if (!start.has_value()) {
    return absl::InvalidArgumentError(
        StrCat("--start: '", options.start, "' is not a time; write it like 2024-01-08T00:00:00Z"));
  }
  out.start_ms = *start;
  if (!options.duration.empty()) {
    const auto duration = ParseDuration(options.duration);
    if (!duration.ok())
      return absl::InvalidArgumentError(StrCat("--duration: ", duration.status().message()));
    out.duration_ms = *duration;
  } else {
    out.rows = options.rows.value_or(kDefaultRows);
  }
  return out;
}

absl::StatusOr<uint64_t> WriteOffice(const Cli& cli, const Options& options, FileSink* sink) {
  STANFLOW_ASSIGN_OR_RETURN(const OfficeOptions office, ToOffice(options));
  STANFLOW_ASSIGN_OR_RETURN(const auto flows, NewOfficeSimulator(office));
  STANFLOW_ASSIGN_OR_RETURN(const auto writer, NewFlowWriter(options.format));
  ProgressLine line(cli.err);
  std::string text;
  writer->AppendHeader(&text);
  FlowBatch batch;
  uint64_t rows = 0;
  while (true) {
    if (cli.interrupt->triggered()) return absl::CancelledError("interrupted");
    STANFLOW_ASSIGN_OR_RETURN(const bool more, flows->Next(&batch));
    writer->AppendRows(batch.flows, &text);
    STANFLOW_RETURN_IF_ERROR(sink->Append(text));
    text.clear();
    if (!more) return rows;
    rows += batch.flows.size();
    line.Show(StrCat(ProgressBar(flows->fraction()), "  ", FormatCount(rows), " flows"));
  }
}

// The shortest decimals that read back as the same number.
void AppendExact(double value, std::string* out) {
  char digits[32];
  out->append(digits,
              static_cast<size_t>(std::to_chars(digits, digits + sizeof(digits), value).ptr - digits));
}

absl::StatusOr<uint64_t> WriteTwoVariables(const Options& options, FileSink* sink) {
  const TwoVariableSample sample = SimulateTwoVariables(options.seed, options.rows.value_or(kDefaultRows));
  std::string text = "x,y\n";
  for (size_t i = 0; i < sample.x.size(); ++i) {
    AppendExact(sample.x[i], &text);
    text.push_back(',');
    AppendExact(sample.y[i], &text);
    text.push_back('\n');
  }
  STANFLOW_RETURN_IF_ERROR(sink->Append(text));
  return sample.x.size();
}

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  const bool to_file = !options.output.empty() && options.output != "-";
  if (cli.json && !to_file) {
    return absl::InvalidArgumentError(
        "--json prints a summary, but the rows fill standard output: give --output FILE");
  }
  if (options.rows == uint64_t{0}) return absl::InvalidArgumentError("--rows: must be 1 or more");
  if (options.process == "paper" && options.format != "csv") {
    return absl::InvalidArgumentError("--format: of --process paper, x and y, there is csv only");
  }
  // Simulating again takes seconds: there is nothing to go on with.
  STANFLOW_ASSIGN_OR_RETURN(FileSink sink, FileSink::Open(cli, options.output, "", /*restart=*/true));
  STANFLOW_ASSIGN_OR_RETURN(const uint64_t rows, options.process == "paper"
                                                     ? WriteTwoVariables(options, &sink)
                                                     : WriteOffice(cli, options, &sink));
  STANFLOW_RETURN_IF_ERROR(sink.Finish());
  if (!to_file) return ExitCode::kOk;
  if (!cli.json) {
    cli.Note(StrCat(FormatCount(rows), " rows -> ", options.output));
    return ExitCode::kOk;
  }
  STANFLOW_RETURN_IF_ERROR(cli.PrintJson(
      {{"process", options.process}, {"rows", rows}, {"seed", options.seed}, {"output", options.output}}));
  return ExitCode::kOk;
}

}  // namespace

void AddSimulateCommand(CLI::App* app, Cli* cli) {
  CLI::App* const command = AddCommand(
      app, cli, "simulate", "Write the flows of a simulated office; needs no server", Talks::kToNobody);
  const auto options = std::make_shared<Options>();
  command
      ->add_option("--process", options->process,
                   "office: flows; paper: x,y of section 5.1 of the STAN paper")
      ->check(CLI::IsMember(std::vector<std::string>{"office", "paper"}))
      ->capture_default_str();
  CLI::Option* const rows =
      command->add_option("--rows", options->rows, StrCat("Number of rows; default: ", kDefaultRows))
          ->type_name("N");
  command
      ->add_option("--duration", options->duration,
                   "Simulated time instead of --rows: 15m, 6h, 1d (office); default: --rows decides")
      ->type_name("TIME")
      ->excludes(rows);
  command->add_option("--hosts", options->hosts, "Machines of the office, 1 to 10000")
      ->type_name("N")
      ->check(CLI::Range(1, 10000).description(""))
      ->capture_default_str();
  command->add_option("--home", options->home, "The office's network")
      ->type_name("CIDR")
      ->check(kIsCidr)
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Seed: the same flags give the same rows")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--start", options->start, "Clock of the first activity, UTC")
      ->type_name("TIME")
      ->capture_default_str();
  AddWriterFlag(command, &options->format);
  command->add_option("--output", options->output, "The file; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
