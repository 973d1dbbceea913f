#ifndef STANFLOW_SERVER_RPC_RPC_ENVIRONMENT_H_
#define STANFLOW_SERVER_RPC_RPC_ENVIRONMENT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/base/executor.h"
#include "server/jobs/job_service.h"
#include "server/metrics/metrics.h"
#include "server/registry/dataset_registry.h"
#include "server/registry/model_registry.h"
#include "server/rpc/live_calls.h"
#include "server/schedule/generate_scheduler.h"

namespace stanflow {

struct RpcOptions {
  // What flows depend on besides the model and the machine: part of headers and resume tokens.
  std::string build;
  // Folder for files on their way in or out, on the file system of the data folder.
  std::string upload_dir;
  // Largest file that Datasets.Upload takes, bytes. A day of a large network is some 100 GB of CSV.
  uint64_t max_upload_bytes = uint64_t{256} << 30;
  // Largest tar file that Models.ImportModel takes, bytes.
  uint64_t max_bundle_bytes = uint64_t{4} << 30;
  // Bytes that an import may unpack to: what stops an archive bomb.
  uint64_t max_uncompressed_bytes = uint64_t{1} << 40;
  // Of collections: rows of a dataset, bytes received and not taken yet, bytes of the collector's socket
  // buffer.
  uint64_t max_collection_rows = 50'000'000;
  uint64_t max_spool_bytes = uint64_t{1} << 30;
  uint64_t receive_buffer_bytes = uint64_t{8} << 20;
  // Share of unreadable rows from which an import fails, where the request says none.
  double max_rejected_share = 0.01;
  // Encoded flows that may wait for one stream's reader, bytes; at least one chunk always may.
  uint64_t outbox_bytes = uint64_t{4} << 20;
  // A reader that takes nothing for so long, while something waits for it, loses its stream.
  std::chrono::milliseconds stall_timeout{600000};
  // How long a call without a deadline waits for its model.
  std::chrono::milliseconds load_timeout{300000};
  // Flows of an evaluation whose request says no extent.
  uint64_t default_evaluate_rows = 1000000;
};

// INVALID_ARGUMENT for a preset or an option that there is not, or a bad value.
using ValidateTrainOptions =
    std::function<absl::Status(const std::string& preset, const std::map<std::string, std::string>& options)>;

// Every option of a training whose own are valid, as the manifest of its model has them, JSON; "{}" for a
// preset without.
using CompleteTrainOptions =
    std::function<std::string(const std::string& preset, const std::map<std::string, std::string>& options)>;

// What files of flows are, and how they are read: the fields of an UploadHeader that has no empty ones but,
// maybe, the schema.
using ValidateReading =
    std::function<absl::Status(std::string_view format, std::string_view biflow, std::string_view schema)>;

// What the services work with. All of it outlives the server; nothing here is owned.
struct RpcEnvironment {
  RpcOptions options;
  JobService* jobs = nullptr;
  // The job that was stored with this request_id, if there is one (JobStore::FindRequest). Empty: none is
  // looked for, and only Submit knows.
  std::function<absl::StatusOr<std::optional<Job>>(const std::string& request_id)> find_request;
  ModelRegistry* models = nullptr;
  DatasetRegistry* datasets = nullptr;
  GenerateScheduler* scheduler = nullptr;
  Metrics* metrics = nullptr;
  const Clock* clock = nullptr;
  ValidateTrainOptions validate_train_options;
  CompleteTrainOptions complete_train_options;  // empty: estimates know less
  bool can_reproduce = false;                   // whether the workers of this build have reproduce jobs
  // Whether files can be read so: INVALID_ARGUMENT "format: ...", "biflow: ..." or "schema: ...".
  ValidateReading check_reading;
  // INVALID_ARGUMENT for a sink's URL that is none or a place that flows may not go to, or that takes flows
  // of one exporter only.
  std::function<absl::Status(std::string_view to, uint32_t exporters)> check_sink;
  // Folder that the files of streams lie in (SinkOptions::file_dir of core/export/flow_sink.h).
  std::string stream_file_dir;
  // For calls that touch the disk for a moment. gRPC's own threads never block.
  Executor* disk = nullptr;
  // For calls that wait for a model to be loaded.
  Executor* waiting = nullptr;
  LiveCalls* live = nullptr;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_RPC_ENVIRONMENT_H_
