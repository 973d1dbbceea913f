#ifndef STANFLOW_SERVER_RPC_CONVERT_H_
#define STANFLOW_SERVER_RPC_CONVERT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "core/flow/flow.h"
#include "google/protobuf/timestamp.pb.h"
#include "server/jobs/job.h"
#include "server/registry/dataset_registry.h"
#include "server/registry/model_registry.h"
#include "stanflow/v1/datasets.pb.h"
#include "stanflow/v1/flow.pb.h"
#include "stanflow/v1/jobs.pb.h"
#include "stanflow/v1/models.pb.h"

namespace stanflow {

// Between native types and messages. Pure.

void SetTimestamp(int64_t ms, google::protobuf::Timestamp* out);
// INVALID_ARGUMENT "FIELD: ..." outside of the years 1970 to 9999.
absl::StatusOr<int64_t> TimestampMs(std::string_view field, const google::protobuf::Timestamp& time);

// One allocation and one pass a column.
void SetColumns(const FlowTable& flows, v1::FlowColumns* out);

v1::JobState ToProto(JobState state);
// INVALID_ARGUMENT for UNSPECIFIED and unknown numbers.
absl::StatusOr<JobState> FromProto(std::string_view field, v1::JobState state);
void SetProgress(const JobProgress& progress, v1::JobProgress* out);
v1::Job ToProto(const Job& job);
v1::JobEvent ToProto(const JobEvent& event);

v1::Dataset ToProto(const DatasetInfo& info);

// What the manifest does not say stays at its default: a damaged manifest is the loader's to report.
v1::ModelVersion ToProto(const ModelVersionInfo& info, bool with_manifest);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_RPC_CONVERT_H_
