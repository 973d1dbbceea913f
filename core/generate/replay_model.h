#ifndef STANFLOW_CORE_GENERATE_REPLAY_MODEL_H_
#define STANFLOW_CORE_GENERATE_REPLAY_MODEL_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/bundle/safetensors.h"
#include "core/dataset/dataset.h"
#include "core/flow/flow.h"
#include "core/generate/row_model.h"

namespace stanflow {

// A dataset's own flows as a generator: no model of them, but the flows themselves, over and over. A context
// replays one of the hosts: context i the host i modulo their number. Its first pass begins with the midnight
// before the dataset's first flow at the context's start; each next one so many whole days later that no two
// overlap. Home addresses become the stream's; remote ones stay. Immutable: safe to use concurrently.
class ReplayModel final : public RowModel {
 public:
  // Every row, those of the hold-out too. FAILED_PRECONDITION for a dataset of more rows than 2^32 - 1.
  static absl::StatusOr<ReplayModel> OfDataset(const Dataset& dataset);
  // DATA_LOSS says what is wrong.
  static absl::StatusOr<ReplayModel> Load(const TensorFile& file);
  void Store(TensorFile* file) const;

  uint64_t rows() const { return flows_.size(); }
  uint32_t hosts() const { return static_cast<uint32_t>(host_begin_.size() - 1); }

  HostRow Draw(DrawKey key, int64_t clock_ms, const HostRow* previous) const override;
  // At a few nanoseconds a flow, from any flow on.
  std::unique_ptr<FlowStream> OpenStream(const StreamSpec& spec, uint64_t first_row) const override;
  uint64_t memory_bytes() const override;

 private:
  friend class ReplayStream;

  // DATA_LOSS unless the columns fit each other.
  absl::Status Index();
  HostRow RowOf(uint32_t row, int64_t previous_end_ms) const;

  // In the order of (end, host, place within the host). The home side's address is 0.
  FlowTable flows_;
  std::vector<uint32_t> host_;
  std::vector<uint8_t> incoming_;  // 1: home is the destination
  int64_t origin_ms_ = 0;          // midnight before the first flow
  // Made of the above by Index.
  int64_t period_ms_ = 0;            // whole days from one pass to the next
  std::vector<uint32_t> host_rows_;  // rows of host h: [host_begin_[h], host_begin_[h + 1])
  std::vector<uint32_t> host_begin_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_REPLAY_MODEL_H_
