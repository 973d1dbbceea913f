#include "server/rpc/generate_reactor.h"

#include <numeric>
#include <string>
#include <utility>

#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "server/rpc/convert.h"
#include "server/rpc/unary.h"

namespace stanflow {
namespace {

// "cuda:1" and "cuda:0" make the same flows; "cpu" does not.
std::string KindOfDevice(const std::string& device) { return device.substr(0, device.find(':')); }

uint64_t Sum(const std::vector<uint64_t>& values) {
  return std::accumulate(values.begin(), values.end(), uint64_t{0});
}

}  // namespace

grpc::ServerWriteReactor<v1::GenerateResponse>* GenerateReactor::Start(const RpcEnvironment* env,
                                                                       grpc::CallbackServerContext* context,
                                                                       const v1::GenerateRequest* request) {
  auto self = std::shared_ptr<GenerateReactor>(new GenerateReactor(env, context, request));
  self->self_ = self;
  env->live->Add(self);
  if (!env->disk->Run([self] { self->Begin(); })) self->EndUnopened(TooBusy());
  return self.get();
}

GenerateReactor::GenerateReactor(const RpcEnvironment* env, grpc::CallbackServerContext* context,
                                 const v1::GenerateRequest* request)
    : env_(env), context_(context), request_(request), scope_(env, "Synthesis/Generate") {}

void GenerateReactor::Begin() {
  const absl::Status status = [this]() -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const GenerateInput input, ParseGenerateRequest(*request_));
    STANFLOW_ASSIGN_OR_RETURN(const VersionId id, PinVersion(input));
    const ModelHandle ready = env_->models->AcquireIfReady(id);
    if (ready.generator != nullptr) return Open(input, ready, /*was_ready=*/true);
    const auto wait = [self = shared_from_this(), input, id] { self->WaitAndOpen(input, id); };
    return env_->waiting->Run(wait) ? absl::OkStatus() : TooBusy();
  }();
  if (!status.ok()) EndUnopened(status);
}

absl::StatusOr<VersionId> GenerateReactor::PinVersion(const GenerateInput& input) const {
  STANFLOW_ASSIGN_OR_RETURN(const ModelReference reference, ParseModelReference("model", input.model));
  if (input.resume.has_value() && reference.version == 0) {
    // "edge" and "edge@prod" may have moved on since; a stream goes on with the version that it began with.
    STANFLOW_ASSIGN_OR_RETURN(const VersionId begun,
                              env_->models->Resolve("resume_token", input.resume->stream.model_version));
    if (begun.model == reference.model) return begun;
  }
  return env_->models->Resolve("model", input.model);
}

void GenerateReactor::WaitAndOpen(const GenerateInput& input, const VersionId& id) {
  const absl::Status status = [&]() -> absl::Status {
    const auto deadline = AnswerBy(*context_, env_->options.load_timeout);
    STANFLOW_ASSIGN_OR_RETURN(const ModelHandle model, env_->models->Acquire(id, deadline));
    return Open(input, model, /*was_ready=*/false);
  }();
  if (!status.ok()) EndUnopened(status);
}

absl::Status GenerateReactor::Open(const GenerateInput& input, const ModelHandle& model, bool was_ready) {
  const GeneratorInfo& info = model.generator->info();
  STANFLOW_ASSIGN_OR_RETURN(spec_, CompleteSpec(input, {DefaultHosts(info.default_hosts, info.training_hosts),
                                                        info.default_start_ms}));
  identity_ = IdentityOf(model);
  if (input.resume.has_value()) {
    STANFLOW_RETURN_IF_ERROR(CheckResumeToken(*input.resume, identity_));
    first_row_ = input.resume->next_row;
  }
  last_end_ms_ = spec_.start_ms;
  if (Cancelled()) return absl::CancelledError("cancelled before its stream began");
  StreamRequest request;
  request.generator = model.generator;
  request.spec = spec_;
  request.chunk_rows = input.chunk_rows;
  request.first_row = first_row_;
  request.snapshot_key = SnapshotKey(identity_);
  STANFLOW_ASSIGN_OR_RETURN(const StreamTicket ticket, env_->scheduler->Start(std::move(request), this));
  env_->metrics->StreamAdmitted(was_ready, scope_.Elapsed());
  Opened(ticket.id, Header(model, ticket.replayed_rows));
  return absl::OkStatus();
}

StreamIdentity GenerateReactor::IdentityOf(const ModelHandle& model) const {
  const GeneratorInfo& info = model.generator->info();
  StreamIdentity identity;
  identity.model_version = model.id.ToString();
  identity.request_digest = RequestDigest(identity.model_version, spec_);
  identity.build = env_->options.build;
  identity.device = KindOfDevice(info.device);
  identity.instruction_set = info.instruction_set;
  return identity;
}

GenerateReactor::Message GenerateReactor::Header(const ModelHandle& model, uint64_t replayed_rows) const {
  Message message;
  v1::GenerateHeader* const header = message.response.mutable_header();
  header->set_model_version(identity_.model_version);
  header->set_seed(spec_.seed);
  header->set_hosts(spec_.hosts);
  header->set_home(spec_.home.ToString());
  SetTimestamp(spec_.start_ms, header->mutable_start());
  header->set_build(identity_.build);
  header->set_device(model.generator->info().device);
  header->set_instruction_set(identity_.instruction_set);
  header->set_first_row(first_row_);
  header->set_replayed_rows(replayed_rows);
  message.bytes = message.response.ByteSizeLong();
  return message;
}

GenerateReactor::Message GenerateReactor::Summary() const {
  Message message;
  v1::GenerateSummary* const summary = message.response.mutable_summary();
  summary->set_rows(rows_);
  summary->set_simulated_seconds(static_cast<double>(last_end_ms_ - spec_.start_ms) / 1000);
  summary->set_total_packets(packets_);
  summary->set_total_bytes(octets_);
  message.bytes = message.response.ByteSizeLong();
  return message;
}

void GenerateReactor::Opened(uint64_t id, Message header) {
  bool cancelled;
  {
    MutexLock lock(&mutex_);
    stream_ = id;
    open_ = true;
    cancelled = cancelled_;
    if (!cancelled) {
      bytes_ += header.bytes;
      env_->metrics->AddBytesWaiting(static_cast<int64_t>(header.bytes));
      queue_.push_front(std::move(header));
    }
  }
  if (cancelled) env_->scheduler->Cancel(id);
  Advance();
}

void GenerateReactor::EndUnopened(const absl::Status& status) {
  {
    MutexLock lock(&mutex_);
    open_ = true;
    end_ = status;
  }
  Advance();
}

bool GenerateReactor::Cancelled() {
  MutexLock lock(&mutex_);
  return cancelled_;
}

bool GenerateReactor::Chunk(uint64_t first_row, const FlowTable& flows) {
  Message message;
  v1::GenerateChunk* const chunk = message.response.mutable_chunk();
  chunk->set_first_row(first_row);
  SetColumns(flows, chunk->mutable_columns());
  chunk->set_resume_token(EncodeResumeToken({identity_, first_row + flows.size()}));
  message.bytes = message.response.ByteSizeLong();
  rows_ += flows.size();
  packets_ += Sum(flows.packets);
  octets_ += Sum(flows.bytes);
  last_end_ms_ = flows.end_ms.back();
  bool room;
  {
    MutexLock lock(&mutex_);
    if (cancelled_) return true;
    bytes_ += message.bytes;
    env_->metrics->AddBytesWaiting(static_cast<int64_t>(message.bytes));
    queue_.push_back(std::move(message));
    parked_ = bytes_ >= env_->options.outbox_bytes;
    room = !parked_;
  }
  Advance();
  return room;
}

void GenerateReactor::Finish(const absl::Status& status) {
  const auto self = shared_from_this();  // The RPC may be done before this returns.
  {
    MutexLock lock(&mutex_);
    if (status.ok() && !cancelled_) {
      queue_.push_back(Summary());
      bytes_ += queue_.back().bytes;
      env_->metrics->AddBytesWaiting(static_cast<int64_t>(queue_.back().bytes));
    }
    end_ = status;
  }
  Advance();
}

void GenerateReactor::DropQueue() {
  // The front one stays while gRPC reads it.
  while (queue_.size() > (writing_ ? 1 : 0)) {
    bytes_ -= queue_.back().bytes;
    env_->metrics->AddBytesWaiting(-static_cast<int64_t>(queue_.back().bytes));
    queue_.pop_back();
  }
}

void GenerateReactor::Advance() {
  const v1::GenerateResponse* write = nullptr;
  std::optional<absl::Status> finish;
  {
    MutexLock lock(&mutex_);
    if (!open_ || writing_ || finished_) return;
    if (cancelled_) DropQueue();
    if (!queue_.empty()) {
      writing_ = true;
      write_start_ = env_->clock->SteadyNow();
      write = &queue_.front().response;
    } else if (end_.has_value() && !cancelling_) {
      finished_ = true;
      finish = end_;
    }
  }
  // gRPC's own functions are called without the lock: they may call back.
  if (write != nullptr) StartWrite(write);
  if (finish.has_value()) grpc::ServerWriteReactor<v1::GenerateResponse>::Finish(scope_.End(*finish));
}

void GenerateReactor::OnWriteDone(bool ok) {
  uint64_t resume = 0, cancel = 0;
  {
    MutexLock lock(&mutex_);
    writing_ = false;
    bytes_ -= queue_.front().bytes;
    env_->metrics->AddBytesWaiting(-static_cast<int64_t>(queue_.front().bytes));
    queue_.pop_front();
    if (!ok) {
      cancelled_ = true;
      cancel = stream_;
    } else if (parked_ && bytes_ < env_->options.outbox_bytes / 2) {
      parked_ = false;
      resume = stream_;
    }
  }
  if (resume != 0) env_->scheduler->Resume(resume);
  if (cancel != 0) env_->scheduler->Cancel(cancel);
  Advance();
}

void GenerateReactor::OnCancel() {
  uint64_t stream;
  {
    MutexLock lock(&mutex_);
    cancelled_ = true;
    DropQueue();
    stream = stream_;
  }
  if (stream != 0) env_->scheduler->Cancel(stream);
}

void GenerateReactor::CheckStall(std::chrono::steady_clock::time_point now) {
  {
    MutexLock lock(&mutex_);
    if (!writing_ || cancelled_ || now - write_start_ < env_->options.stall_timeout) return;
    cancelled_ = cancelling_ = true;
  }
  env_->metrics->StreamStalled();
  LogWarning("stream ended: its reader takes nothing", {{"model", identity_.model_version}});
  context_->TryCancel();
  {
    MutexLock lock(&mutex_);
    cancelling_ = false;
  }
  Advance();  // What was held back meanwhile.
}

void GenerateReactor::OnDone() {
  const auto last = std::move(self_);  // Else the member would destroy the object that it is part of.
}

}  // namespace stanflow
