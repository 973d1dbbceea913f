#include "server/rpc/convert.h"

#include <utility>

#include "nlohmann/json.hpp"
#include "server/rpc/status.h"

namespace stanflow {
namespace {

// The last instant that a Timestamp can name.
constexpr int64_t kLastSecond = 253402300799;

template <typename In, typename Out>
void SetColumn(const std::vector<In>& in, google::protobuf::RepeatedField<Out>* out) {
  out->Reserve(static_cast<int>(in.size()));
  out->Add(in.begin(), in.end());
}

template <typename T>
T Field(const nlohmann::json& json, const char* name) {
  const auto it = json.find(name);
  if (it == json.end()) return T{};
  if constexpr (std::is_same_v<T, std::string>) {
    return it->is_string() ? it->get<T>() : T{};
  } else {
    return it->is_number() ? it->get<T>() : T{};
  }
}

}  // namespace

void SetTimestamp(int64_t ms, google::protobuf::Timestamp* out) {
  const int64_t rest = (ms % 1000 + 1000) % 1000;
  out->set_seconds((ms - rest) / 1000);
  out->set_nanos(static_cast<int32_t>(rest * 1000000));
}

absl::StatusOr<int64_t> TimestampMs(std::string_view field, const google::protobuf::Timestamp& time) {
  if (time.seconds() < 0 || time.seconds() > kLastSecond || time.nanos() < 0 || time.nanos() > 999999999) {
    return FieldError(field, "must lie in the years 1970 to 9999");
  }
  return time.seconds() * 1000 + time.nanos() / 1000000;
}

void SetColumns(const FlowTable& flows, v1::FlowColumns* out) {
  SetColumn(flows.end_ms, out->mutable_flow_end_milliseconds());
  SetColumn(flows.duration_ms, out->mutable_flow_duration_milliseconds());
  SetColumn(flows.source_address, out->mutable_source_ipv4_address());
  SetColumn(flows.destination_address, out->mutable_destination_ipv4_address());
  SetColumn(flows.source_port, out->mutable_source_transport_port());
  SetColumn(flows.destination_port, out->mutable_destination_transport_port());
  SetColumn(flows.protocol, out->mutable_protocol_identifier());
  SetColumn(flows.tcp_flags, out->mutable_tcp_control_bits());
  SetColumn(flows.tos, out->mutable_ip_class_of_service());
  SetColumn(flows.packets, out->mutable_packet_delta_count());
  SetColumn(flows.bytes, out->mutable_octet_delta_count());
}

// The numbers of both enums are the same by construction; the proto's are the stored ones.
v1::JobState ToProto(JobState state) { return static_cast<v1::JobState>(state); }

absl::StatusOr<JobState> FromProto(std::string_view field, v1::JobState state) {
  if (state == v1::JOB_STATE_UNSPECIFIED || !v1::JobState_IsValid(state)) {
    return FieldError(field, "not a state of a job");
  }
  return static_cast<JobState>(state);
}

void SetProgress(const JobProgress& progress, v1::JobProgress* out) {
  out->set_fraction(progress.fraction);
  out->set_phase(progress.phase);
  out->set_attribute(progress.attribute);
  out->set_epoch(progress.epoch);
  out->set_nats(progress.nats);
  out->set_rows_per_second(progress.rows_per_second);
  out->set_seconds_left(progress.seconds_left);
  out->set_message(progress.message);
}

v1::Job ToProto(const Job& job) {
  v1::Job out;
  if (!job.id.empty()) out.set_name("jobs/" + job.id);
  out.set_kind(static_cast<v1::JobKind>(job.kind));
  out.set_state(ToProto(job.state));
  out.set_priority(job.priority);
  if (job.created_ms != 0) SetTimestamp(job.created_ms, out.mutable_create_time());
  if (job.started_ms != 0) SetTimestamp(job.started_ms, out.mutable_start_time());
  if (job.ended_ms != 0) SetTimestamp(job.ended_ms, out.mutable_end_time());
  out.set_attempts(job.attempts);
  out.set_failures(job.failures);
  out.set_max_failures(job.max_failures);
  SetProgress(job.progress, out.mutable_progress());
  out.set_error_code(job.error_code);
  out.set_error_message(job.error_message);
  out.set_result(job.result);
  for (const std::string& artifact : job.artifacts) out.add_artifacts(artifact);
  out.set_spec_json(job.spec_json);
  out.set_result_json(job.result_json);
  return out;
}

v1::JobEvent ToProto(const JobEvent& event) {
  v1::JobEvent out;
  out.set_sequence(event.sequence);
  SetTimestamp(event.time_ms, out.mutable_time());
  out.set_state(ToProto(event.state));
  out.set_attempt(event.attempt);
  if (event.has_progress) SetProgress(event.progress, out.mutable_progress());
  out.set_message(event.message);
  return out;
}

v1::Dataset ToProto(const DatasetInfo& info) {
  const DatasetManifest& manifest = info.manifest;
  v1::Dataset out;
  out.set_name("datasets/" + manifest.name);
  SetTimestamp(manifest.created_ms, out.mutable_create_time());
  out.set_digest(manifest.digest);
  for (const Cidr& home : manifest.home) out.add_home(home.ToString());
  out.set_holdout(manifest.holdout.ToString());
  out.set_format(manifest.format);
  out.set_rows(manifest.rows);
  out.set_train_rows(manifest.train_rows);
  out.set_holdout_rows(manifest.holdout_rows);
  out.set_hosts(manifest.hosts);
  out.set_rejected_rows(manifest.rejected_rows);
  for (const RejectedRow& row : manifest.rejected) {
    auto* const rejected = out.add_rejected();
    rejected->set_line(row.line);
    rejected->set_reason(row.reason);
    rejected->set_file(row.file);
  }
  SetTimestamp(manifest.first_end_ms, out.mutable_first_flow_end());
  SetTimestamp(manifest.last_end_ms, out.mutable_last_flow_end());
  out.set_total_packets(manifest.total_packets);
  out.set_total_bytes(manifest.total_bytes);
  out.set_size_bytes(info.disk_bytes);
  for (const DatasetManifest::Range& range : manifest.ranges) {
    auto* const column = out.add_ranges();
    column->set_column(range.column);
    column->set_min(range.min);
    column->set_max(range.max);
  }
  return out;
}

v1::ModelVersion ToProto(const ModelVersionInfo& info, bool with_manifest) {
  v1::ModelVersion out;
  out.set_name(info.id.ToString());
  out.set_state(static_cast<v1::ModelState>(info.state));
  out.set_state_message(info.state_message);
  out.set_device(info.generator.device);
  if (info.state == ModelState::kReady) {
    out.set_memory_bytes(info.generator.memory_bytes);
    out.set_context_bytes(info.generator.context_bytes);
  }
  for (const std::string& alias : info.aliases) out.add_aliases(alias);
  out.set_size_bytes(info.disk_bytes);
  if (with_manifest) out.set_manifest_json(info.manifest_json);
  const nlohmann::json manifest =
      nlohmann::json::parse(info.manifest_json, nullptr, /*allow_exceptions=*/false);
  if (!manifest.is_object()) return out;
  SetTimestamp(Field<int64_t>(manifest, "created_ms"), out.mutable_create_time());
  out.set_preset(Field<std::string>(manifest, "preset"));
  out.set_dataset(Field<std::string>(manifest, "dataset"));
  out.set_dataset_digest(Field<std::string>(manifest, "dataset_digest"));
  out.set_hosts(Field<uint32_t>(manifest, "hosts"));
  out.set_parameters(Field<uint64_t>(manifest, "parameters"));
  out.set_seed(Field<uint64_t>(manifest, "seed"));
  // Null: the kind knows no likelihood.
  const auto nats = manifest.find("validation_nats");
  if (nats != manifest.end() && nats->is_number()) out.set_validation_nats(nats->get<double>());
  return out;
}

}  // namespace stanflow
