#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/dataset_writer.h"
#include "core/io/all_formats.h"
#include "server/worker/job_handler.h"

namespace stanflow {
namespace {

using nlohmann::json;

struct ImportSpec {
  DatasetWriterOptions writer;
  std::string format = "auto";
  ByteSourceOptions source;
};

// {"dataset": ID, "home": [CIDR...], "holdout": "none", "format": "auto", "max_rejected_share": 0.01,
//  "max_uncompressed_bytes": N}; all but the first two may be missing.
absl::StatusOr<ImportSpec> ParseSpec(const json& from) {
  ImportSpec spec;
  std::vector<std::string> home;
  std::string holdout;
  try {
    spec.writer.name = from.at("dataset");
    home = from.at("home").get<std::vector<std::string>>();
    holdout = from.value("holdout", "none");
    spec.format = from.value("format", spec.format);
    spec.writer.max_rejected_share = from.value("max_rejected_share", spec.writer.max_rejected_share);
    spec.source.max_uncompressed_bytes =
        from.value("max_uncompressed_bytes", spec.source.max_uncompressed_bytes);
  } catch (const json::exception& e) {
    return absl::InvalidArgumentError(StrCat("import spec: ", e.what()));
  }
  STANFLOW_ASSIGN_OR_RETURN(spec.writer.holdout, Holdout::Parse(holdout));
  for (const std::string& text : home) {
    STANFLOW_ASSIGN_OR_RETURN(const Cidr cidr, Cidr::Parse(text));
    spec.writer.home.push_back(cidr);
  }
  return spec;
}

// Turns the writer's progress into the job's, and a wish to stop into CANCELLED.
class Reporter {
 public:
  explicit Reporter(const JobContext& context) : context_(context), start_(Clock::Real().SteadyNow()) {}

  absl::Status operator()(const ImportProgress& progress) const {
    if (context_.stop_requested()) return absl::CancelledError("the import was cancelled");
    const double seconds = std::chrono::duration<double>(Clock::Real().SteadyNow() - start_).count();
    JobProgress job;
    job.fraction = progress.fraction;
    job.phase = std::string(progress.phase);
    if (seconds > 0) job.rows_per_second = static_cast<double>(progress.rows) / seconds;
    if (progress.fraction > 0) job.seconds_left = seconds / progress.fraction * (1 - progress.fraction);
    job.message = StrCat(progress.rows, " rows, ", progress.rejected_rows, " rejected");
    context_.progress(job);
    return absl::OkStatus();
  }

 private:
  const JobContext& context_;
  const std::chrono::steady_clock::time_point start_;
};

json Figures(const DatasetManifest& m) {
  return {{"rows", m.rows},
          {"rejected_rows", m.rejected_rows},
          {"hosts", m.hosts},
          {"train_rows", m.train_rows},
          {"holdout_rows", m.holdout_rows},
          {"digest", m.digest}};
}

}  // namespace

absl::StatusOr<json> RunImportJob(const JobContext& context) {
  STANFLOW_ASSIGN_OR_RETURN(ImportSpec spec, ParseSpec(context.spec));
  spec.writer.created_ms = Clock::Real().NowMs();
  spec.writer.progress = Reporter(context);
  STANFLOW_ASSIGN_OR_RETURN(const std::unique_ptr<FlowReader> reader,
                            OpenFlowReader(context.job_dir + "/upload", spec.format, spec.source));
  const std::string out = context.job_dir + "/out";
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(out));
  STANFLOW_ASSIGN_OR_RETURN(const DatasetManifest manifest,
                            WriteDataset(reader.get(), spec.writer, out + "/dataset"));
  // The dataset's name too, before result.json says that it is there.
  STANFLOW_RETURN_IF_ERROR(SyncDirectory(out));
  return Figures(manifest);
}

}  // namespace stanflow
