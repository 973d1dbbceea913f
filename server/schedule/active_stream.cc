#include "server/schedule/active_stream.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/generate/ordered_stream.h"

namespace stanflow {
namespace {

// A saved row in the store beside its contexts (core/generate/ordered_stream.cc).
constexpr uint64_t kSavedRowBytes = 44;
// Chunks that a ready stream sends at once: some milliseconds' worth.
constexpr int kReadyChunks = 16;

}  // namespace

std::unique_ptr<FlowStream> ActiveStream::OpenFlows(const StreamRequest& request, uint64_t look_ahead_rows,
                                                    SnapshotStore* snapshots) {
  if (request.spec.rows == request.first_row) return nullptr;
  const Generator* const generator = request.generator.get();
  std::unique_ptr<FlowStream> flows = generator->OpenStream(request.spec, request.first_row);
  if (flows != nullptr) return flows;
  if (request.first_row > 0 && snapshots != nullptr && !request.snapshot_key.empty()) {
    snapshots->Load(request.snapshot_key, request.first_row, [&](uint64_t row, std::string_view state) {
      auto restored = OrderedStream::Restore(generator, request.spec, look_ahead_rows, state);
      if (!restored.ok()) return restored.status();
      if ((*restored)->emitted() != row) return absl::DataLossError("of another row than its name says");
      flows = *std::move(restored);
      return absl::OkStatus();
    });
  }
  if (flows == nullptr) flows = std::make_unique<OrderedStream>(generator, request.spec, look_ahead_rows);
  return flows;
}

ActiveStream::ActiveStream(uint64_t id, StreamRequest request, std::unique_ptr<FlowStream> flows,
                           StreamSink* sink, std::chrono::steady_clock::time_point started,
                           const StreamEnvironment* environment)
    : id_(id),
      request_(std::move(request)),
      flows_(std::move(flows)),
      sink_(sink),
      started_(started),
      environment_(environment),
      saved_row_(emitted()),
      snapshot_writer_(saves() ? environment->snapshots->Join(request_.snapshot_key) : 0) {}

void ActiveStream::Deliver(absl::Span<Context* const> contexts, absl::Span<const HostRow> rows) {
  for (size_t i = 0; i < contexts.size(); ++i) flows_->Deliver(contexts[i], rows[i]);
}

void ActiveStream::Pump() {
  if (state_ == State::kRunning && flows_ != nullptr) Discard();
  for (int sent = 0; state_ == State::kRunning && !done(); ++sent) {
    if (seekable() && sent == kReadyChunks) return;
    const bool fresh = chunk_.size() == 0;
    const size_t popped = flows_->Pop(request_.chunk_rows - chunk_.size(), &chunk_);
    if (fresh && popped > 0) chunk_since_ = environment_->clock->SteadyNow();
    if (!ChunkIsReady()) break;
    Send();
  }
  if (state_ == State::kEnded || !done()) return;
  // The contexts may have run out after the last flow was popped. A parked stream has no chunk.
  if (chunk_.size() > 0) Send();
  End(absl::OkStatus());
}

void ActiveStream::Discard() {
  while (emitted() < request_.first_row) {
    chunk_.Clear();
    const uint64_t left = request_.first_row - emitted();
    if (flows_->Pop(std::min<uint64_t>(left, request_.chunk_rows), &chunk_) == 0) break;
    MaybeSave();
  }
  // Up to here nothing but discarded rows was popped.
  if (emitted() <= request_.first_row) chunk_.Clear();
}

bool ActiveStream::ChunkIsReady() const {
  if (chunk_.size() == 0) return false;
  // The first flow goes out at once: clients wait for it.
  if (!sent_any_ || chunk_.size() >= request_.chunk_rows) return true;
  return environment_->clock->SteadyNow() - chunk_since_ >= environment_->flush_after;
}

void ActiveStream::Send() {
  if (!sent_any_) {
    environment_->observer->OnFirstFlow(environment_->clock->SteadyNow() - started_, request_.first_row > 0);
  }
  sent_any_ = true;
  const bool has_room = sink_->Chunk(emitted() - chunk_.size(), chunk_);
  environment_->observer->OnFlowsSent(chunk_.size());
  chunk_.Clear();
  if (!has_room) Park();
  MaybeSave();
}

void ActiveStream::Park() {
  state_ = State::kParked;
  parked_since_ = environment_->clock->SteadyNow();
}

void ActiveStream::Resume() {
  if (state_ != State::kParked) return;
  state_ = State::kRunning;
  environment_->observer->OnUnparked(environment_->clock->SteadyNow() - parked_since_);
}

void ActiveStream::End(absl::Status status) {
  if (state_ == State::kEnded) return;
  Resume();  // Parked until now.
  state_ = State::kEnded;
  end_status_ = std::move(status);
  // At its extent nobody comes back for it.
  if (saves()) environment_->snapshots->Leave(snapshot_writer_, /*remove=*/end_status_.ok());
}

void ActiveStream::HandBack() {
  if (state_ == State::kRunning && chunk_.size() > 0) Send();
  if (flows_ != nullptr && emitted() > saved_row_) Save();
}

void ActiveStream::MaybeSave() {
  const uint64_t every = environment_->snapshot_rows;
  if (every > 0 && emitted() - saved_row_ >= every && !flows_->done()) Save();
}

void ActiveStream::Save() {
  if (!saves()) return;
  SnapshotStore* const snapshots = environment_->snapshots;
  // A refused one waits for its next turn like a saved one: trying at every chunk would cost what saving
  // costs.
  saved_row_ = emitted();
  const uint64_t bytes =
      request_.spec.hosts * request_.generator->info().context_bytes + flows_->waiting() * kSavedRowBytes;
  const char* refused = snapshots->WhyRefused(bytes);
  if (refused == nullptr) {
    std::string state;
    state.reserve(bytes + bytes / 8);
    flows_->Save(&state);
    refused = snapshots->Offer(snapshot_writer_, saved_row_, std::move(state));
  }
  if (refused != nullptr) {
    environment_->observer->OnSnapshotSkipped(request_.snapshot_key, saved_row_, refused);
  }
}

}  // namespace stanflow
