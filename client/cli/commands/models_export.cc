#include <optional>

#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/file_sink.h"
#include "client/cli/lib/format.h"
#include "client/cli/lib/model_text.h"
#include "client/cli/lib/progress.h"
#include "core/base/digest.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string model, output;
};

struct Exported {
  uint64_t bytes = 0;
  std::string sha256;  // hexadecimal
};

absl::StatusOr<Exported> Fetch(const Cli& cli, const Server& server, const std::string& model,
                               FileSink* sink) {
  v1::ExportModelRequest request;
  request.set_name(ModelName(model));
  grpc::ClientContext context;
  const Interrupt::CallScope scope(server.interrupt, &context);
  const auto reader = server.models->ExportModel(&context, request);
  ProgressLine line(cli.err);
  Exported out;
  Sha256 digest;
  v1::BundleChunk chunk;
  absl::Status local;
  while (local.ok() && reader->Read(&chunk)) {
    local = sink->Append(chunk.data());
    digest.Update(chunk.data());
    out.bytes += chunk.data().size();
    line.Show("exporting  " + FormatBytes(out.bytes));
  }
  if (!local.ok()) context.TryCancel();
  const absl::Status status = FromGrpc(reader->Finish(), server.address);
  STANFLOW_RETURN_IF_ERROR(local);
  STANFLOW_RETURN_IF_ERROR(status);
  out.sha256 = digest.FinishHex();
  return out;
}

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  const bool to_file = options.output != "-";
  if (cli.json && !to_file)
    return absl::InvalidArgumentError("--json needs --output FILE: the bundle fills standard output");
  if (!to_file && cli.out->terminal())
    return absl::InvalidArgumentError("a tar file does not go to a terminal: --output FILE");
  const Server server = cli.Connect();
  STANFLOW_ASSIGN_OR_RETURN(FileSink sink, FileSink::Open(cli, options.output, "", /*restart=*/true));
  STANFLOW_ASSIGN_OR_RETURN(const Exported exported, Fetch(cli, server, options.model, &sink));
  STANFLOW_RETURN_IF_ERROR(sink.Finish());
  if (cli.json) {
    STANFLOW_RETURN_IF_ERROR(cli.PrintJson({{"model", options.model},
                                            {"output", options.output},
                                            {"size_bytes", exported.bytes},
                                            {"sha256", exported.sha256}}));
  } else if (to_file) {
    STANFLOW_RETURN_IF_ERROR(cli.out->Write(
        StrCat(options.model, " -> ", options.output, ", ", FormatBytes(exported.bytes), "\n")));
  }
  return ExitCode::kOk;
}

}  // namespace

void AddModelsExportCommand(CLI::App* models, Cli* cli) {
  CLI::App* const command =
      AddCommand(models, cli, "export", "Write a version as one tar file (weights, manifest)");
  const auto options = std::make_shared<Options>();
  command->add_option("model", options->model, "M, M@3 or M@ALIAS")->required()->type_name("MODEL");
  command->add_option("--output", options->output, "The file; - is standard output")
      ->required()
      ->type_name("FILE");
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
