#include "server/rpc/dataset_job_specs.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/holdout.h"
#include "core/flow/address.h"
#include "core/flow/socket_address.h"
#include "nlohmann/json.hpp"
#include "server/registry/resource_name.h"
#include "server/rpc/job_request.h"
#include "server/rpc/status.h"
#include "server/rpc/unended_jobs.h"

namespace stanflow {
namespace {

constexpr size_t kMaxFileName = 1000;
constexpr int kMaxFiles = 10000;
constexpr uint32_t kPublishSeconds = 60, kMinPublishSeconds = 2, kMaxPublishSeconds = 86400;

std::vector<std::string> NamesOf(const std::vector<Cidr>& home) {
  std::vector<std::string> names;
  for (const Cidr& cidr : home) names.push_back(cidr.ToString());
  return names;
}

// The home networks and hold-out rule of a new dataset, as a spec has them.
absl::StatusOr<nlohmann::json> DatasetSpec(const std::string& dataset,
                                           const google::protobuf::RepeatedPtrField<std::string>& home,
                                           const std::string& holdout) {
  if (home.empty()) {
    return FieldError("home",
                      "empty; name the home network, such as 42.219.0.0/16, that flows are seen from");
  }
  for (const std::string& network : home) {
    const absl::StatusOr<Cidr> cidr = Cidr::Parse(network);
    if (!cidr.ok()) return FieldError("home", ToStd(cidr.status().message()));
  }
  const std::string rule = holdout.empty() ? "none" : holdout;
  const absl::StatusOr<Holdout> parsed = Holdout::Parse(rule);
  if (!parsed.ok()) return FieldError("holdout", ToStd(parsed.status().message()));
  return nlohmann::json{
      {"dataset", dataset}, {"home", std::vector<std::string>(home.begin(), home.end())}, {"holdout", rule}};
}

// Those of the dataset that a collection goes on with.
absl::StatusOr<nlohmann::json> ContinuedSpec(const v1::CollectRequest& request,
                                             const DatasetManifest& there) {
  const std::vector<std::string> home = NamesOf(there.home);
  const std::string holdout = there.holdout.ToString();
  if (!request.home().empty() &&
      std::vector<std::string>(request.home().begin(), request.home().end()) != home) {
    return FieldError("home", StrCat("dataset '", there.name, "' is there with the home networks ",
                                     absl::StrJoin(home, ", "), "; leave them out to go on with it"));
  }
  if (!request.holdout().empty() && request.holdout() != holdout) {
    return FieldError("holdout", StrCat("dataset '", there.name, "' is there with ", holdout,
                                        "; leave it out to go on with it"));
  }
  return nlohmann::json{{"dataset", there.name}, {"home", home}, {"holdout", holdout}};
}

struct DatasetMaker {
  JobKind kind;
  std::string name, dataset, listen;
};

// The jobs that make datasets and have not ended.
absl::StatusOr<std::vector<DatasetMaker>> Makers(const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<Job> jobs, UnendedJobs(env));
  std::vector<DatasetMaker> makers;
  for (const Job& job : jobs) {
    const nlohmann::json spec = nlohmann::json::parse(job.spec_json, nullptr, /*allow_exceptions=*/false);
    if ((job.kind != JobKind::kCollect && job.kind != JobKind::kImport) || !spec.is_object()) continue;
    makers.push_back(
        {job.kind, StrCat("jobs/", job.id), spec.value("dataset", ""), spec.value("listen", "")});
  }
  return makers;
}

// Of two that make one dataset the later one would find its name taken, and what a collection has taken by
// then is nowhere else. Imports may: the bytes are still with whoever sent them.
absl::Status CheckNobodyMakes(const std::string& dataset, JobKind kind, const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<DatasetMaker> makers, Makers(env));
  for (const DatasetMaker& other : makers) {
    if (other.dataset != dataset) continue;
    if (other.kind == JobKind::kCollect) {
      return absl::FailedPreconditionError(
          StrCat("dataset: ", other.name, " collects into '", dataset, "'; cancel it, or take another name"));
    }
    if (kind == JobKind::kCollect) {
      return absl::FailedPreconditionError(StrCat("dataset: ", other.name, " imports '", dataset,
                                                  "'; wait for its end, or take another name"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNobodyListens(const SocketAddress& listen, const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<DatasetMaker> makers, Makers(env));
  for (const DatasetMaker& other : makers) {
    const auto taken = ParseSocketAddress(other.listen);
    if (!taken.ok() || taken->port != listen.port) continue;
    if (taken->address != listen.address && taken->address != 0 && listen.address != 0) continue;
    return absl::FailedPreconditionError(
        StrCat("listen: ", other.name, " listens on ", other.listen, "; cancel it, or take another port"));
  }
  return absl::OkStatus();
}

absl::Status CheckCollectLimits(const v1::CollectRequest& request, uint64_t begun_rows,
                                const RpcEnvironment& env) {
  const uint64_t most = env.options.max_collection_rows;
  if (request.max_rows() > most) {
    return FieldError("max_rows", StrCat("more than ", most, ", this server's collections.max_rows"));
  }
  const uint64_t rows = request.max_rows() == 0 ? most : request.max_rows();
  if (begun_rows >= rows) {
    return FieldError("max_rows",
                      StrCat("the dataset has ", begun_rows, " rows already; give more than that"));
  }
  if (!std::isfinite(request.max_minutes()) || request.max_minutes() < 0) {
    return FieldError("max_minutes", "give 0 (no limit) or more");
  }
  const uint32_t seconds = request.publish_seconds();
  if (seconds != 0 && (seconds < kMinPublishSeconds || seconds > kMaxPublishSeconds)) {
    return FieldError("publish_seconds", StrCat("give ", kMinPublishSeconds, " to ", kMaxPublishSeconds));
  }
  return absl::OkStatus();
}

absl::Status CheckFiles(const v1::UploadHeader& header) {
  if (header.files_size() > kMaxFiles) {
    return FieldError("files", StrCat(header.files_size(), " files; ", kMaxFiles, " may be in an upload"));
  }
  if (header.files_size() > 0 && (header.size_bytes() != 0 || !header.sha256().empty())) {
    return FieldError("size_bytes",
                      "size_bytes and sha256 are of a single file; leave them out with 'files'");
  }
  for (int i = 0; i < header.files_size(); ++i) {
    const std::string field = StrCat("files[", i, "]");
    const v1::UploadFile& file = header.files(i);
    if (file.name().empty() || file.name().size() > kMaxFileName) {
      return FieldError(field + ".name", StrCat(file.name().size(), " bytes; give 1 to ", kMaxFileName));
    }
    if (file.size_bytes() == 0) return FieldError(field + ".size_bytes", "0; leave empty files out");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<JobRequest> ImportJob(const v1::UploadHeader& header, const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string dataset, ParseId("dataset", "datasets", header.dataset()));
  STANFLOW_RETURN_IF_ERROR(CheckNobodyMakes(dataset, JobKind::kImport, env));
  STANFLOW_ASSIGN_OR_RETURN(nlohmann::json spec, DatasetSpec(dataset, header.home(), header.holdout()));
  const std::string format = header.format().empty() ? "auto" : header.format();
  const std::string biflow = header.biflow().empty() ? "split" : header.biflow();
  STANFLOW_RETURN_IF_ERROR(env.check_reading(format, biflow, header.schema()));
  STANFLOW_RETURN_IF_ERROR(CheckFiles(header));
  const double share =
      header.has_max_rejected_share() ? header.max_rejected_share() : env.options.max_rejected_share;
  if (!(share >= 0 && share <= 1)) return FieldError("max_rejected_share", "give 0 to 1");
  spec["format"] = format;
  spec["biflow"] = biflow;
  spec["schema"] = header.schema();
  spec["max_rejected_share"] = share;
  spec["max_uncompressed_bytes"] = env.options.max_uncompressed_bytes;
  for (const v1::UploadFile& file : header.files()) spec["files"].push_back(file.name());
  return NewJobRequest(JobKind::kImport, std::move(spec), header);
}

absl::StatusOr<JobRequest> CollectJob(const v1::CollectRequest& request, const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string dataset, ParseId("dataset", "datasets", request.dataset()));
  const std::string listen = request.listen().empty() ? "127.0.0.1:2055" : request.listen();
  const auto address = ParseSocketAddress(listen);
  if (!address.ok()) return FieldError("listen", ToStd(address.status().message()));
  STANFLOW_RETURN_IF_ERROR(CheckNobodyMakes(dataset, JobKind::kCollect, env));
  STANFLOW_RETURN_IF_ERROR(CheckNobodyListens(*address, env));
  const auto there = env.datasets->Get("dataset", dataset);
  if (!there.ok() && !absl::IsNotFound(there.status())) return there.status();
  STANFLOW_RETURN_IF_ERROR(CheckCollectLimits(request, there.ok() ? there->manifest.rows : 0, env));
  STANFLOW_ASSIGN_OR_RETURN(nlohmann::json spec,
                            there.ok() ? ContinuedSpec(request, there->manifest)
                                       : DatasetSpec(dataset, request.home(), request.holdout()));
  spec["base_digest"] = there.ok() ? there->manifest.digest : "";
  spec["listen"] = listen;
  spec["max_rows"] = request.max_rows() == 0 ? env.options.max_collection_rows : request.max_rows();
  spec["max_minutes"] = request.max_minutes();
  spec["publish_seconds"] = request.publish_seconds() == 0 ? kPublishSeconds : request.publish_seconds();
  spec["max_spool_bytes"] = env.options.max_spool_bytes;
  spec["receive_buffer_bytes"] = env.options.receive_buffer_bytes;
  return NewJobRequest(JobKind::kCollect, std::move(spec), request);
}

}  // namespace stanflow
