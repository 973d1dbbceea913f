#include "tests/cli/fake_server.h"

#include <algorithm>

#include "grpcpp/health_check_service_interface.h"

namespace stanflow {
namespace {

constexpr uint64_t kChunk = 100;
constexpr int64_t kStartMs = 1460332800000;  // 2016-04-11

void AddFlow(const Flow& flow, v1::FlowColumns* to) {
  to->add_flow_end_milliseconds(flow.end_ms);
  to->add_flow_duration_milliseconds(flow.duration_ms);
  to->add_source_ipv4_address(flow.source_address);
  to->add_destination_ipv4_address(flow.destination_address);
  to->add_source_transport_port(flow.source_port);
  to->add_destination_transport_port(flow.destination_port);
  to->add_protocol_identifier(flow.protocol);
  to->add_tcp_control_bits(flow.tcp_flags);
  to->add_ip_class_of_service(flow.tos);
  to->add_packet_delta_count(flow.packets);
  to->add_octet_delta_count(flow.bytes);
}

v1::GenerateResponse Header(const v1::GenerateRequest& request, uint64_t first) {
  v1::GenerateResponse out;
  v1::GenerateHeader* header = out.mutable_header();
  header->set_model_version("models/edge/versions/3");
  header->set_seed(request.seed());
  header->set_hosts(7);
  header->set_home(request.home());
  header->mutable_start()->set_seconds(kStartMs / 1000);
  header->set_build("0.1.0");
  header->set_device("cpu");
  header->set_instruction_set("avx2");
  header->set_first_row(first);
  return out;
}

v1::GenerateResponse Chunk(uint64_t first, uint64_t end) {
  v1::GenerateResponse out;
  out.mutable_chunk()->set_first_row(first);
  for (uint64_t row = first; row < end; ++row) AddFlow(FakeFlow(row), out.mutable_chunk()->mutable_columns());
  out.mutable_chunk()->set_resume_token(std::to_string(end));
  return out;
}

}  // namespace

Flow FakeFlow(uint64_t row) {
  Flow flow;
  flow.end_ms = kStartMs + static_cast<int64_t>(row / 3) * 1000;
  flow.duration_ms = static_cast<uint32_t>(row * 4 % 9000);
  flow.source_address = 0x0A000001 + static_cast<uint32_t>(row % 7);
  flow.destination_address = 0xC6336400 + static_cast<uint32_t>(row % 251);
  flow.source_port = static_cast<uint16_t>(1024 + row % 60000);
  flow.destination_port = row % 2 == 0 ? 443 : 53;
  flow.protocol = row % 2 == 0 ? 6 : 17;
  flow.tcp_flags = row % 2 == 0 ? 27 : 0;
  flow.packets = 1 + row % 10;
  flow.bytes = flow.packets * (40 + row % 1000);
  return flow;
}

grpc::Status RequestIds::Check(const std::string& id, const std::string& contents) {
  if (id.empty()) return grpc::Status::OK;
  MutexLock lock(&mutex_);
  if (contents_.emplace(id, contents).first->second == contents) return grpc::Status::OK;
  return {grpc::StatusCode::INVALID_ARGUMENT, "request_id: '" + id + "' belongs to another request"};
}

void FakeSynthesis::SetOnChunk(std::function<void(uint64_t)> on_chunk) {
  MutexLock lock(&mutex_);
  on_chunk_ = std::move(on_chunk);
}

grpc::Status FakeSynthesis::Generate(grpc::ServerContext* context, const v1::GenerateRequest* request,
                                     grpc::ServerWriter<v1::GenerateResponse>* writer) {
  const size_t call = generates.All().size();
  generates.Add(*request);
  if (!refuse_generate.ok()) return refuse_generate;
  if (call < refusals.size() && !refusals[call].ok()) return refusals[call];
  const uint64_t first = request->resume_token().empty() ? 0 : std::stoull(request->resume_token());
  uint64_t row = first;
  const uint64_t end = request->has_rows() ? request->rows() : UINT64_MAX;
  const uint64_t break_at = call < breaks.size() ? row + breaks[call] : UINT64_MAX;
  writer->Write(Header(*request, row));
  while (row < end && row < break_at && !context->IsCancelled()) {
    const uint64_t next = std::min({row + kChunk, end, break_at});
    if (!writer->Write(Chunk(row, next))) break;
    row = next;
    std::function<void(uint64_t)> on_chunk;
    {
      MutexLock lock(&mutex_);
      on_chunk = on_chunk_;
    }
    if (on_chunk != nullptr) on_chunk(row);
    if (call == 0) row += skip;
  }
  if (context->IsCancelled()) return grpc::Status::CANCELLED;
  if (row >= break_at) return break_with;
  v1::GenerateResponse summary;
  summary.mutable_summary()->set_rows(row - first + lost);
  writer->Write(summary);
  return grpc::Status::OK;
}

grpc::Status FakeSynthesis::Train(grpc::ServerContext* context, const v1::TrainRequest* request,
                                  v1::Job* job) {
  trains.Add(*request);
  if (!refuse_train.ok()) return refuse_train;
  const grpc::Status known = ids_.Check(request->request_id(), request->SerializeAsString());
  if (!known.ok()) return known;
  job->set_name(request->validate_only() ? "" : "jobs/train-1");
  if (request->validate_only()) job->set_result_json(R"({"rows":3,"seconds":null})");
  job->set_kind(v1::JOB_KIND_TRAIN);
  job->set_state(v1::JOB_STATE_QUEUED);
  return grpc::Status::OK;
}

grpc::Status FakeSynthesis::Evaluate(grpc::ServerContext* context, const v1::EvaluateRequest* request,
                                     v1::Job* job) {
  evaluates.Add(*request);
  const grpc::Status known = ids_.Check(request->request_id(), request->SerializeAsString());
  if (!known.ok()) return known;
  job->set_name("jobs/evaluate-1");
  job->set_kind(v1::JOB_KIND_EVALUATE);
  job->set_state(v1::JOB_STATE_QUEUED);
  return grpc::Status::OK;
}

grpc::Status FakeSynthesis::Reproduce(grpc::ServerContext* context, const v1::ReproduceRequest* request,
                                      v1::Job* job) {
  reproductions.Add(*request);
  const grpc::Status known = ids_.Check(request->request_id(), request->SerializeAsString());
  if (!known.ok()) return known;
  job->set_name("jobs/reproduce-1");
  job->set_kind(v1::JOB_KIND_REPRODUCE);
  const bool lost = reproductions.All().size() <= lost_reproductions;
  job->set_state(lost ? v1::JOB_STATE_FAILED : v1::JOB_STATE_QUEUED);
  return grpc::Status::OK;
}

grpc::Status FakeSynthesis::Stream(grpc::ServerContext* context, const v1::StreamRequest* request,
                                   v1::Job* job) {
  streams.Add(*request);
  job->set_name("jobs/stream-1");
  job->set_kind(v1::JOB_KIND_STREAM);
  job->set_state(v1::JOB_STATE_QUEUED);
  return grpc::Status::OK;
}

FakeJobs::FakeJobs() {
  job.set_kind(v1::JOB_KIND_TRAIN);
  job.mutable_create_time()->set_seconds(1460332800);
  job.mutable_start_time()->set_seconds(1460332801);
  job.mutable_end_time()->set_seconds(1460332900);
  job.set_attempts(1);
  job.set_max_failures(3);
  job.mutable_progress()->set_fraction(1);
  job.mutable_progress()->set_phase("training");
  job.mutable_progress()->set_seconds_left(-1);
  job.set_result("models/edge/versions/3");
  job.add_artifacts("report.json");
  job.set_spec_json(R"({"seed":1})");
  job.set_result_json(R"({"nats":28.5})");
  for (uint64_t i = 1; i <= 4; ++i) {
    v1::JobEvent event;
    event.set_sequence(i);
    event.set_state(i == 1 ? v1::JOB_STATE_QUEUED : v1::JOB_STATE_RUNNING);
    event.mutable_time()->set_seconds(1460332800 + static_cast<int64_t>(i));
    event.set_attempt(1);
    if (i == 3) {
      event.mutable_progress()->set_fraction(0.25);
      event.mutable_progress()->set_phase("training");
      event.mutable_progress()->set_attribute("bytes");
      event.mutable_progress()->set_epoch(2);
      event.mutable_progress()->set_nats(4.125);
      event.mutable_progress()->set_rows_per_second(12345);
      event.mutable_progress()->set_seconds_left(80);
    }
    events.push_back(event);
  }
  EndAs(v1::JOB_STATE_SUCCEEDED);
}

void FakeJobs::EndAs(v1::JobState state) {
  job.set_state(state);
  events.back().set_state(state);
  if (state == v1::JOB_STATE_SUCCEEDED) return;
  job.clear_result();
  if (state == v1::JOB_STATE_CANCELLED) return;
  job.set_error_code("INTERNAL");
  job.set_error_message("bytes: the loss is not a number");
}

grpc::Status FakeJobs::GetJob(grpc::ServerContext* context, const v1::GetJobRequest* request, v1::Job* out) {
  if (request->name() == "jobs/none") return {grpc::StatusCode::NOT_FOUND, "there is no job 'jobs/none'"};
  *out = job;
  out->set_name(request->name());
  if (request->name() == unharmed) out->set_state(v1::JOB_STATE_SUCCEEDED);
  return grpc::Status::OK;
}

grpc::Status FakeJobs::ListJobs(grpc::ServerContext* context, const v1::ListJobsRequest* request,
                                v1::ListJobsResponse* response) {
  lists.Add(*request);
  size_t at = request->page_token().empty() ? 0 : std::stoul(request->page_token());
  // Pages smaller than what was asked for: a client has to go on.
  for (size_t end = std::min({listed, at + 2, at + request->page_size()}); at < end; ++at) {
    *response->add_jobs() = job;
    response->mutable_jobs()->rbegin()->set_name("jobs/" + std::to_string(at));
  }
  if (at < listed) response->set_next_page_token(std::to_string(at));
  return grpc::Status::OK;
}

grpc::Status FakeJobs::WatchJob(grpc::ServerContext* context, const v1::WatchJobRequest* request,
                                grpc::ServerWriter<v1::JobEvent>* writer) {
  const bool first = watches.All().empty();
  watches.Add(*request);
  const bool stuck = on_stuck_watch != nullptr && request->name() != unharmed;
  size_t sent = 0;
  for (const v1::JobEvent& event : events) {
    if (event.sequence() <= request->after_sequence()) continue;
    if (stuck && &event == &events.back()) break;
    writer->Write(event);
    if (first && ++sent == break_watch_after) return break_watch_with;
  }
  if (!stuck) return grpc::Status::OK;
  on_stuck_watch();
  while (!context->IsCancelled()) writer->Write(events.front());
  return grpc::Status::CANCELLED;
}

grpc::Status FakeJobs::CancelJob(grpc::ServerContext* context, const v1::CancelJobRequest* request,
                                 v1::Job* out) {
  *out = job;
  out->set_name(request->name());
  out->set_state(v1::JOB_STATE_CANCELLING);
  return grpc::Status::OK;
}

grpc::Status FakeJobs::GetArtifact(grpc::ServerContext* context, const v1::GetArtifactRequest* request,
                                   grpc::ServerWriter<v1::ArtifactChunk>* writer) {
  v1::ArtifactChunk chunk;
  for (const char* part : {"{\"artifact\": \"", request->artifact().c_str(), "\"}"}) {
    chunk.set_data(part);
    writer->Write(chunk);
  }
  return grpc::Status::OK;
}

FakeDatasets::FakeDatasets() {
  dataset.set_digest("0a1b");
  dataset.add_home("42.219.0.0/16");
  dataset.set_holdout("hours=odd");
  dataset.set_format("ugr16-csv");
  dataset.set_rows(1306502);
  dataset.set_train_rows(653000);
  dataset.set_holdout_rows(653502);
  dataset.set_hosts(92);
  dataset.set_rejected_rows(2);
  for (const auto& [line, reason] :
       {std::pair{17, "column pkt: 'x' is not a number"}, {99, "11 columns, not 13"}}) {
    v1::RejectedRow* row = dataset.add_rejected();
    row->set_line(static_cast<uint64_t>(line));
    row->set_reason(reason);
  }
  dataset.mutable_create_time()->set_seconds(1460332800);
  dataset.mutable_first_flow_end()->set_seconds(1460332800);
  dataset.mutable_last_flow_end()->set_seconds(1460419199);
  dataset.set_total_packets(5);
  dataset.set_total_bytes(6);
  dataset.set_size_bytes(50000000);
  v1::ColumnRange* range = dataset.add_ranges();
  range->set_column("packets");
  range->set_min(1);
  range->set_max(9);
}

grpc::Status FakeDatasets::Upload(grpc::ServerContext* context, grpc::ServerReader<v1::UploadRequest>* reader,
                                  v1::Job* job) {
  Uploaded uploaded;
  v1::UploadRequest request;
  while (reader->Read(&request)) {
    if (request.has_header()) uploaded.header = request.header();
    uploaded.data += request.data();
    uploaded.largest_message = std::max(uploaded.largest_message, request.data().size());
  }
  uploads.Add(uploaded);
  const grpc::Status known = ids_.Check(uploaded.header.request_id(), uploaded.header.SerializeAsString());
  if (!known.ok()) return known;
  if (uploads.All().size() > lost_uploads) exists = true;
  job->set_name("jobs/import-1");
  job->set_kind(v1::JOB_KIND_IMPORT);
  job->set_state(v1::JOB_STATE_QUEUED);
  return grpc::Status::OK;
}

grpc::Status FakeDatasets::Collect(grpc::ServerContext*, const v1::CollectRequest* request, v1::Job* job) {
  collections.Add(*request);
  job->set_kind(v1::JOB_KIND_COLLECT);
  if (request->validate_only()) return grpc::Status::OK;
  job->set_name("jobs/collect-1");
  job->set_state(v1::JOB_STATE_QUEUED);
  return grpc::Status::OK;
}

grpc::Status FakeDatasets::GetDataset(grpc::ServerContext* context, const v1::GetDatasetRequest* request,
                                      v1::Dataset* out) {
  if (!refuse_get.ok()) return refuse_get;
  if (!exists) return {grpc::StatusCode::NOT_FOUND, "name: there is no dataset '" + request->name() + "'"};
  *out = dataset;
  out->set_name(request->name());
  return grpc::Status::OK;
}

grpc::Status FakeDatasets::ListDatasets(grpc::ServerContext* context, const v1::ListDatasetsRequest* request,
                                        v1::ListDatasetsResponse* response) {
  *response->add_datasets() = dataset;
  response->mutable_datasets(0)->set_name("datasets/ugr");
  return grpc::Status::OK;
}

grpc::Status FakeDatasets::DeleteDataset(grpc::ServerContext* context,
                                         const v1::DeleteDatasetRequest* request,
                                         v1::DeleteDatasetResponse* response) {
  if (!refuse_delete.ok()) return refuse_delete;
  deleted.Add(request->name());
  return grpc::Status::OK;
}

FakeModels::FakeModels() {
  version.set_name("models/edge/versions/3");
  version.mutable_create_time()->set_seconds(1460332800);
  version.set_preset("causal");
  version.set_state(v1::MODEL_STATE_READY);
  version.set_device("cpu");
  version.set_memory_bytes(2000000);
  version.set_context_bytes(30000);
  version.add_aliases("prod");
  version.set_size_bytes(1900000);
  version.set_dataset("ugr");
  version.set_hosts(92);
  version.set_parameters(480000);
  version.set_seed(1);
  version.set_validation_nats(28.8125);
}

grpc::Status FakeModels::GetModel(grpc::ServerContext* context, const v1::GetModelRequest* request,
                                  v1::ModelVersion* out) {
  const bool known = request->name() == "models/edge@3" || request->name() == version.name();
  if (!known || lost_lookups-- > 0) return {grpc::StatusCode::NOT_FOUND, "no model " + request->name()};
  *out = version;
  out->set_manifest_json(R"({"preset":"causal"})");
  return grpc::Status::OK;
}

grpc::Status FakeModels::ListModels(grpc::ServerContext* context, const v1::ListModelsRequest* request,
                                    v1::ListModelsResponse* response) {
  *response->add_versions() = version;
  return grpc::Status::OK;
}

grpc::Status FakeModels::SetAlias(grpc::ServerContext* context, const v1::SetAliasRequest* request,
                                  v1::ModelAlias* out) {
  aliases.Add(*request);
  out->set_model(request->model());
  out->set_alias(request->alias());
  out->set_version(request->version());
  v1::AliasChange* change = out->add_history();
  change->mutable_time()->set_seconds(1460332800);
  change->set_version(request->version());
  return grpc::Status::OK;
}

grpc::Status FakeModels::DeleteVersion(grpc::ServerContext* context, const v1::DeleteVersionRequest* request,
                                       v1::DeleteVersionResponse* response) {
  deleted.Add(request->name());
  return {grpc::StatusCode::FAILED_PRECONDITION, "alias 'prod' points at it; move or remove that first"};
}

grpc::Status FakeModels::ExportModel(grpc::ServerContext* context, const v1::ExportModelRequest* request,
                                     grpc::ServerWriter<v1::BundleChunk>* writer) {
  for (size_t at = 0; at < bundle.size(); at += 1000000) {
    v1::BundleChunk chunk;
    chunk.set_data(bundle.substr(at, 1000000));
    writer->Write(chunk);
  }
  return grpc::Status::OK;
}

grpc::Status FakeModels::ImportModel(grpc::ServerContext* context,
                                     grpc::ServerReader<v1::ImportModelRequest>* reader,
                                     v1::ModelVersion* out) {
  std::string all;
  v1::ImportModelRequest request;
  while (reader->Read(&request))
    all += request.has_header() ? request.header().model() + ":" : request.data();
  imported.Add(all);
  *out = version;
  return grpc::Status::OK;
}

FakeServer::FakeServer() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(&synthesis);
  builder.RegisterService(&jobs);
  builder.RegisterService(&datasets);
  builder.RegisterService(&models);
  server_ = builder.BuildAndStart();
}

FakeServer::~FakeServer() {
  // A program that a failed test has left hanging must not hang the test.
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

std::string FakeServer::address() const { return "127.0.0.1:" + std::to_string(port_); }

}  // namespace stanflow
