#include "client/cpp/generate_stream.h"

#include <utility>

#include "client/cpp/flow_columns.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {

struct GenerateStream::Call {
  Call(const Server& server, const v1::GenerateRequest& request)
      : scope(server.interrupt, &context), reader(server.synthesis->Generate(&context, request)) {}
  // A reader may only be let go of after its Finish.
  ~Call() {
    if (finished) return;
    context.TryCancel();
    reader->Finish();
  }

  grpc::ClientContext context;
  const Interrupt::CallScope scope;
  std::unique_ptr<grpc::ClientReader<v1::GenerateResponse>> reader;
  bool finished = false;
};

GenerateStream::GenerateStream(const Server* server, v1::GenerateRequest request, StreamPosition from,
                               Options options)
    : server_(server),
      request_(std::move(request)),
      options_(std::move(options)),
      position_(std::move(from)),
      backoff_(server->interrupt,
               std::chrono::milliseconds(static_cast<int64_t>(options_.retry_seconds * 1000))) {}

GenerateStream::~GenerateStream() = default;

absl::StatusOr<bool> GenerateStream::Next(FlowTable* flows) {
  flows->Clear();
  while (true) {
    if (call_ == nullptr) {
      request_.set_resume_token(position_.token);
      call_ = std::make_unique<Call>(*server_, request_);
      rows_of_call_ = 0;
    }
    if (!call_->reader->Read(&response_)) {
      const absl::Status status = FromGrpc(call_->reader->Finish(), server_->address);
      call_->finished = true;
      call_ = nullptr;
      if (status.ok() && summary_.has_value()) return false;
      STANFLOW_RETURN_IF_ERROR(Recover(status));
    } else if (response_.has_header()) {
      STANFLOW_RETURN_IF_ERROR(TakeHeader(response_.header()));
    } else if (response_.has_summary()) {
      STANFLOW_RETURN_IF_ERROR(TakeSummary(response_.summary()));
    } else if (response_.has_chunk()) {
      STANFLOW_RETURN_IF_ERROR(TakeChunk(response_.chunk(), flows));
      backoff_.Reset();
      if (flows->size() > 0) return true;
    }
  }
}

absl::Status GenerateStream::TakeHeader(const v1::GenerateHeader& header) {
  if (header.first_row() != position_.rows) {
    return absl::DataLossError(
        StrCat("the stream goes on at flow ", header.first_row(), " instead of ", position_.rows));
  }
  if (header_.has_value() && header_->model_version() != header.model_version()) {
    return absl::DataLossError(
        StrCat("the stream goes on with ", header.model_version(), " instead of ", header_->model_version()));
  }
  if (!header_.has_value()) header_ = header;
  return absl::OkStatus();
}

absl::Status GenerateStream::TakeChunk(const v1::GenerateChunk& chunk, FlowTable* flows) {
  if (chunk.first_row() != position_.rows) {
    return absl::DataLossError(
        StrCat("the server sent flow ", chunk.first_row(), " where flow ", position_.rows, " was due"));
  }
  STANFLOW_RETURN_IF_ERROR(ToFlowTable(chunk.columns(), flows));
  position_.rows += flows->size();
  position_.token = chunk.resume_token();
  rows_of_call_ += flows->size();
  return absl::OkStatus();
}

absl::Status GenerateStream::TakeSummary(const v1::GenerateSummary& summary) {
  // It counts the flows of its own call.
  if (summary.rows() != rows_of_call_) {
    return absl::DataLossError(
        StrCat("the server says that it sent ", summary.rows(), " flows, but ", rows_of_call_, " came"));
  }
  summary_ = summary;
  return absl::OkStatus();
}

absl::Status GenerateStream::Recover(const absl::Status& why) {
  // The server, or something in between, ends a stream that nobody read for long: a paused reader that goes
  // on wants the rest. No deadline is this side's.
  const bool parked_out =
      (absl::IsCancelled(why) || absl::IsDeadlineExceeded(why)) && !server_->interrupt->triggered();
  // The slot that the stream had may be another one's by now: one will be free again.
  const bool full = absl::IsResourceExhausted(why);
  const bool broke_off = why.ok() || absl::IsUnavailable(why) || parked_out || full;
  if (!broke_off) return why;
  const absl::Status error = why.ok() ? absl::UnavailableError("the server ended the stream early") : why;
  // Without a header there was never a stream: waiting would hide a wrong address.
  if (!header_.has_value()) return error;
  if (options_.retry_seconds <= 0) return error;
  if (options_.on_break != nullptr && !backoff_.failing()) options_.on_break(error);
  if (!backoff_.Wait()) return error;
  ++reconnects_;
  return absl::OkStatus();
}

}  // namespace stanflow
