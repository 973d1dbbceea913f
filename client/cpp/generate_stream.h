#ifndef STANFLOW_CLIENT_CPP_GENERATE_STREAM_H_
#define STANFLOW_CLIENT_CPP_GENERATE_STREAM_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cpp/server.h"
#include "core/flow/flow.h"
#include "stanflow/v1/synthesis.pb.h"

namespace stanflow {

// Where a stream goes on: after `rows` flows, by the token that came with the last of them.
struct StreamPosition {
  uint64_t rows = 0;
  std::string token;
};

// The flows of one Generate as one sequence without a gap or a repeat: a stream that breaks (its
// server gone, its slot another's, or itself ended because nobody read it) is continued by its
// resume token. A server that was never reached, or had no slot at first, is an error at once. Not
// safe for concurrent use.
class GenerateStream {
 public:
  struct Options {
    // How long a server that is gone is waited for, since the last chunk. Seconds; 0: not at all.
    double retry_seconds = 60;
    // Told why, once a break, before it is tried again.
    std::function<void(const absl::Status&)> on_break;
  };

  // `server` outlives it. `from` is where another process has stopped; {} is the beginning.
  GenerateStream(const Server* server, stanflow::v1::GenerateRequest request, StreamPosition from,
                 Options options);
  ~GenerateStream();

  // Replaces `flows` by the next ones. False at the end, with a summary. DATA_LOSS if the server
  // leaves out or repeats flows, sent others than it says, or sends columns that are no flows.
  absl::StatusOr<bool> Next(FlowTable* flows);

  const StreamPosition& position() const { return position_; }
  // Of the first answer; unset before the first Next.
  const std::optional<stanflow::v1::GenerateHeader>& header() const { return header_; }
  const std::optional<stanflow::v1::GenerateSummary>& summary() const { return summary_; }
  int reconnects() const { return reconnects_; }

 private:
  struct Call;
  absl::Status TakeHeader(const stanflow::v1::GenerateHeader& header);
  absl::Status TakeChunk(const stanflow::v1::GenerateChunk& chunk, FlowTable* flows);
  absl::Status TakeSummary(const stanflow::v1::GenerateSummary& summary);
  // After the call has ended: OK if it can be tried again.
  absl::Status Recover(const absl::Status& why);

  const Server* const server_;
  stanflow::v1::GenerateRequest request_;
  const Options options_;
  StreamPosition position_;
  uint64_t rows_of_call_ = 0;
  Backoff backoff_;
  int reconnects_ = 0;
  std::optional<stanflow::v1::GenerateHeader> header_;
  std::optional<stanflow::v1::GenerateSummary> summary_;
  std::unique_ptr<Call> call_;
  stanflow::v1::GenerateResponse response_;
};

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CPP_GENERATE_STREAM_H_
