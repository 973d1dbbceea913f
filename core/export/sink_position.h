#ifndef STANFLOW_CORE_EXPORT_SINK_POSITION_H_
#define STANFLOW_CORE_EXPORT_SINK_POSITION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/export/flow_sink.h"
#include "core/export/stream_mark.h"

namespace stanflow {

// What a sink must know after its process has died, in state_dir/position.json.
struct SinkPosition {
  StreamMark mark;
  // The sink's own: sequence numbers, a part and its offset. What each is, its `sink` says.
  std::vector<uint64_t> numbers;
};

// `sink` says what was written where and what the numbers are ("netflow9: next sequence of each exporter").
// Nothing if there is no position yet. DATA_LOSS, naming the file, if it can't be understood;
// FAILED_PRECONDITION if it is another stream's or another sink's, or has not `numbers` numbers.
absl::StatusOr<std::optional<SinkPosition>> ReadSinkPosition(const SinkOptions& options,
                                                             std::string_view sink, size_t numbers);

// Durable when OK; after a crash at any moment the old or the new one is there. Errors as WriteFileDurably.
absl::Status WriteSinkPosition(const SinkOptions& options, std::string_view sink,
                               const SinkPosition& position);

// A stream without a position is one that was not begun. OK if there is none; after a crash of the machine it
// may be there again. Errors as RemoveAll.
absl::Status RemoveSinkPosition(const SinkOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_SINK_POSITION_H_
