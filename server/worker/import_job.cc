#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/dataset_writer.h"
#include "core/io/all_formats.h"
#include "core/io/biflow.h"
#include "core/io/several_files.h"
#include "server/worker/job_handler.h"

namespace stanflow {
namespace {

using nlohmann::json;

struct ImportSpec {
  DatasetWriterOptions writer;
  std::string format = "auto";
  ReaderOptions reader;
  std::vector<std::string> files;  // names; none: the upload is one file
};

// {"dataset": ID, "home": [CIDR...], "holdout": "none", "format": "auto", "biflow": "split", "schema": "",
//  "files": [NAME...], "max_rejected_share": 0.01, "max_uncompressed_bytes": N (of each file)}; all but the
// first two may be missing.
absl::StatusOr<ImportSpec> ParseSpec(const json& from) {
  ImportSpec spec;
  std::vector<std::string> home;
  std::string holdout, biflow;
  try {
    spec.writer.name = from.at("dataset");
    home = from.at("home").get<std::vector<std::string>>();
    holdout = from.value("holdout", "none");
    spec.format = from.value("format", spec.format);
    spec.writer.max_rejected_share = from.value("max_rejected_share", spec.writer.max_rejected_share);
    biflow = from.value("biflow", "split");
    spec.reader.schema = from.value("schema", "");
    spec.reader.source.max_uncompressed_bytes =
        from.value("max_uncompressed_bytes", spec.reader.source.max_uncompressed_bytes);
    spec.files = from.value("files", std::vector<std::string>());
  } catch (const json::exception& e) {
    return absl::InvalidArgumentError(StrCat("import spec: ", e.what()));
  }
  STANFLOW_ASSIGN_OR_RETURN(spec.writer.holdout, Holdout::Parse(holdout));
  STANFLOW_ASSIGN_OR_RETURN(spec.reader.biflow, ParseBiflow(biflow));
  for (const std::string& text : home) {
    STANFLOW_ASSIGN_OR_RETURN(const Cidr cidr, Cidr::Parse(text));
    spec.writer.home.push_back(cidr);
  }
  return spec;
}

// Of the upload: a file, or a folder of the files that the spec names, which are called 0, 1, 2, ... there.
absl::StatusOr<std::unique_ptr<FlowReader>> OpenUpload(const ImportSpec& spec, const std::string& upload) {
  if (spec.files.empty()) return OpenFlowReader(upload, spec.format, spec.reader);
  std::vector<NamedFile> files;
  for (const std::string& name : spec.files) files.push_back({name, StrCat(upload, "/", files.size())});
  return OpenSeveralFiles(std::move(files), spec.format, spec.reader);
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
  const std::string out = context.job_dir + "/out";
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(out));
  // With the other folders there, this one goes when the job has ended, however that was.
  spec.reader.scratch_dir = out + "/scratch";
  STANFLOW_ASSIGN_OR_RETURN(const std::unique_ptr<FlowReader> reader,
                            OpenUpload(spec, context.job_dir + "/upload"));
  STANFLOW_ASSIGN_OR_RETURN(const DatasetManifest manifest,
                            WriteDataset(reader.get(), spec.writer, out + "/dataset"));
  // The dataset's name too, before result.json says that it is there.
  STANFLOW_RETURN_IF_ERROR(SyncDirectory(out));
  return Figures(manifest);
}

}  // namespace stanflow
