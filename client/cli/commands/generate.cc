#include <chrono>
#include <numeric>

#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/file_sink.h"
#include "client/cli/lib/format.h"
#include "client/cli/lib/generate_flags.h"
#include "client/cli/lib/progress.h"
#include "client/cli/lib/writer_flag.h"
#include "client/cpp/generate_stream.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/flow/time.h"
#include "core/io/all_formats.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;
using SteadyClock = std::chrono::steady_clock;

struct Options {
  std::string model;
  GenerateFlags flags;
  std::string format = "csv";
  std::string output = "-";
  uint32_t chunk_rows = 1024;
  double retry_seconds = 60;
  double save_seconds = 2;
  bool restart = false;
};

// What the file is made of: a later run goes on with it only if all of this is the same.
std::string Identity(const v1::GenerateRequest& request, const Options& options) {
  const GenerateFlags& flags = options.flags;
  return Json({{"model", request.model()},
               {"seed", request.seed()},
               {"stream", request.stream()},
               {"hosts", request.hosts()},
               {"home", request.home()},
               {"start", flags.start},
               {"rows", request.rows()},
               {"duration", flags.duration},
               {"format", options.format}})
      .dump();
}

// Progress of a stream: by its flows, or by its clock where only that has an end.
class StreamProgress {
 public:
  StreamProgress(Output* err, const v1::GenerateRequest& request, uint64_t first_row)
      : line_(err), request_(request), first_row_(first_row), start_(SteadyClock::now()) {}

  void Show(const GenerateStream& stream, const FlowTable& flows) {
    if (!line_.visible() || flows.size() == 0) return;
    const uint64_t rows = stream.position().rows;
    const double seconds = std::chrono::duration<double>(SteadyClock::now() - start_).count();
    double fraction = -1;
    if (request_.has_rows()) {
      fraction = static_cast<double>(rows) / static_cast<double>(request_.rows());
    } else if (request_.has_duration_seconds()) {
      const int64_t simulated_ms = flows.end_ms.back() - ToMs(stream.header()->start());
      fraction = static_cast<double>(simulated_ms) / (request_.duration_seconds() * kSecondMs);
    }
    std::string text = fraction < 0 ? "" : ProgressBar(fraction) + "  ";
    StrAppend(&text, FormatCount(rows), " flows");
    if (seconds > 0) {
      StrAppend(&text, "  ",
                FormatCount(static_cast<uint64_t>(static_cast<double>(rows - first_row_) / seconds)),
                " flows/s");
    }
    line_.Show(text);
  }
  void Clear() { line_.Clear(); }

 private:
  ProgressLine line_;
  const v1::GenerateRequest& request_;
  const uint64_t first_row_;
  const SteadyClock::time_point start_;
};

// One generate: from the server's stream to where the flows go.
class Generation {
 public:
  Generation(const Cli& cli, const Options& options, const Server& server, const v1::GenerateRequest& request,
             FileSink sink)
      : cli_(cli),
        options_(options),
        sink_(std::move(sink)),
        endless_(!request.has_rows() && !request.has_duration_seconds()),
        done_(sink_.resumed()),
        progress_(cli.err, request, done_.rows),
        stream_(&server, request, {done_.rows, done_.token},
                {options.retry_seconds, [this](const absl::Status& why) { SayBroken(why); }}) {}

  absl::Status Run() {
    STANFLOW_ASSIGN_OR_RETURN(writer_, NewFlowWriter(options_.format));
    if (resumed_rows() == 0) writer_->AppendHeader(&text_);
    absl::Status status = Copy();
    progress_.Clear();
    if (StoppedAsMeant()) status = absl::OkStatus();
    if (status.ok()) status = sink_.Append(text_);  // the header of a stream without flows
    if (status.ok()) return sink_.Finish();
    // What has arrived is kept for the next run, unless the disk itself is at fault: then the last mark
    // holds.
    if (sink_.resumable() && done_.rows == stream_.position().rows && done_.rows > 0 && Save().ok())
      SayResumable();
    return status;
  }

  const GenerateStream& stream() const { return stream_; }
  uint64_t resumed_rows() const { return sink_.resumed().rows; }
  // What the sink holds.
  const PartFile::Checkpoint& done() const { return done_; }

 private:
  // Without an extent Ctrl-C is the end of the stream. What arrived must be in the sink, and be something.
  bool StoppedAsMeant() const {
    return endless_ && cli_.interrupt->triggered() && stream_.header().has_value() && done_.rows > 0 &&
           done_.rows == stream_.position().rows;
  }

  absl::Status Copy() {
    FlowTable flows;
    while (true) {
      STANFLOW_ASSIGN_OR_RETURN(const bool more, stream_.Next(&flows));
      if (!more) return absl::OkStatus();
      writer_->AppendRows(flows, &text_);
      STANFLOW_RETURN_IF_ERROR(sink_.Append(text_));
      Count(flows);
      text_.clear();
      progress_.Show(stream_, flows);
      if (SteadyClock::now() - saved_ >= std::chrono::duration<double>(options_.save_seconds)) {
        STANFLOW_RETURN_IF_ERROR(Save());
      }
    }
  }

  void Count(const FlowTable& flows) {
    done_.rows = stream_.position().rows;
    done_.token = stream_.position().token;
    done_.total_packets = std::accumulate(flows.packets.begin(), flows.packets.end(), done_.total_packets);
    done_.total_bytes = std::accumulate(flows.bytes.begin(), flows.bytes.end(), done_.total_bytes);
    done_.last_end_ms = flows.end_ms.back();
  }

  absl::Status Save() {
    STANFLOW_RETURN_IF_ERROR(sink_.Save(done_));
    saved_ = SteadyClock::now();
    return absl::OkStatus();
  }

  void SayBroken(const absl::Status& why) {
    progress_.Clear();
    cli_.Note(StrCat("stanflow: the stream broke after ", FormatCount(stream_.position().rows), " flows (",
                     std::string(why.message()), "); trying to go on for ",
                     FormatSeconds(options_.retry_seconds)));
  }
  void SayResumable() const {
    cli_.Note(StrCat(FormatCount(done_.rows), " flows are kept in ", options_.output,
                     ".part; the same command goes on from there"));
  }

  const Cli& cli_;
  const Options& options_;
  FileSink sink_;
  const bool endless_;
  PartFile::Checkpoint done_;
  StreamProgress progress_;
  GenerateStream stream_;
  std::unique_ptr<FlowWriter> writer_;
  std::string text_;
  SteadyClock::time_point saved_ = SteadyClock::now();
};

absl::Status PrintSummary(const Cli& cli, const Options& options, const Generation& generation) {
  const GenerateStream& stream = generation.stream();
  const v1::GenerateHeader header = stream.header().value_or(v1::GenerateHeader());
  const PartFile::Checkpoint& done = generation.done();
  const int64_t start_ms = ToMs(header.start());
  if (!cli.json) {
    cli.Note(StrCat(FormatCount(done.rows), " flows of ", header.model_version(), " -> ", options.output));
    return absl::OkStatus();
  }
  return cli.PrintJson({{"model_version", header.model_version()},
                        {"seed", header.seed()},
                        {"hosts", header.hosts()},
                        {"home", header.home()},
                        {"start", FormatUtc(start_ms)},
                        {"build", header.build()},
                        {"device", header.device()},
                        {"instruction_set", header.instruction_set()},
                        {"rows", done.rows},
                        {"simulated_seconds",
                         done.rows == 0 ? 0.0 : static_cast<double>(done.last_end_ms - start_ms) / kSecondMs},
                        {"total_packets", done.total_packets},
                        {"total_bytes", done.total_bytes},
                        {"resumed_rows", generation.resumed_rows()},
                        {"reconnects", stream.reconnects()},
                        {"output", options.output}});
}

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  const bool to_file = !options.output.empty() && options.output != "-";
  if (cli.json && !to_file) {
    return absl::InvalidArgumentError(
        "--json prints a summary, but the flows fill standard output: give --output FILE; flows as JSON are "
        "--format jsonl");
  }
  STANFLOW_ASSIGN_OR_RETURN(v1::GenerateRequest request, ToRequest(options.flags, options.model));
  request.set_chunk_rows(options.chunk_rows);
  const Server server = cli.Connect();
  STANFLOW_ASSIGN_OR_RETURN(FileSink sink,
                            FileSink::Open(cli, options.output, Identity(request, options), options.restart));
  Generation generation(cli, options, server, request, std::move(sink));
  STANFLOW_RETURN_IF_ERROR(generation.Run());
  if (to_file) STANFLOW_RETURN_IF_ERROR(PrintSummary(cli, options, generation));
  return ExitCode::kOk;
}

}  // namespace

void AddGenerateCommand(CLI::App* app, Cli* cli) {
  CLI::App* const command =
      AddCommand(app, cli, "generate", "Stream synthetic flows; without --rows or --duration until Ctrl-C");
  const auto options = std::make_shared<Options>();
  command->add_option("--model", options->model, "M (the newest version), M@3 or M@ALIAS")
      ->required()
      ->type_name("MODEL");
  AddGenerateFlags(command, &options->flags);
  AddWriterFlag(command, &options->format);
  command
      ->add_option("--output", options->output,
                   "The file; - is standard output. In the making it is FILE.part, and the same command goes "
                   "on with it if it was stopped before its end")
      ->type_name("FILE")
      ->capture_default_str();
  command->add_flag("--restart", options->restart, "Drop what an earlier run left in FILE.part");
  command
      ->add_option("--chunk-rows", options->chunk_rows,
                   "Flows a message at most, 1 to 4096; never changes the flows")
      ->type_name("N")
      ->check(CLI::Range(1, 4096).description(""))
      ->capture_default_str();
  command
      ->add_option("--retry-seconds", options->retry_seconds,
                   "Seconds for which a broken stream is tried to be continued; 0: not at all")
      ->type_name("SECONDS")
      ->check(kIsNotNegative)
      ->capture_default_str();
  command
      ->add_option("--save-seconds", options->save_seconds,
                   "Seconds between two marks in FILE.part up to which a killed run is kept")
      ->type_name("SECONDS")
      ->check(kIsNotNegative)
      ->capture_default_str();
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
