#ifndef STANFLOW_CORE_GENERATE_REPLAY_STREAM_H_
#define STANFLOW_CORE_GENERATE_REPLAY_STREAM_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/generate/flow_stream.h"
#include "core/generate/replay_model.h"
#include "core/generate/stream_spec.h"

namespace stanflow {

// The flows that the contexts of a ReplayModel make, in the order of an OrderedStream, read off the model's
// columns, which are in that order already.
//
// Where the stream has as many hosts as the model, a pass is the columns as they are. Otherwise a row of the
// columns is one flow for each context that replays its host, none or many, and rows of one end are put into
// the order of their contexts.
class ReplayStream final : public FlowStream {
 public:
  // Begins with flow `first_row`. `model` outlives it.
  ReplayStream(const ReplayModel* model, const StreamSpec& spec, uint64_t first_row);

  size_t due() const override { return 0; }
  void TakeDue(size_t, std::vector<Context*>*) override {}
  void Deliver(Context*, const HostRow&) override {}
  size_t Pop(size_t limit, FlowTable* out) override;
  bool done() const override { return emitted_ >= total_; }
  uint64_t emitted() const override { return emitted_; }
  uint64_t waiting() const override { return 0; }
  bool seekable() const override { return true; }
  void Save(std::string*) const override {}

 private:
  struct Piece {
    uint32_t context;
    uint32_t row;
  };

  uint64_t CopiesOf(uint32_t row) const;
  uint64_t FlowsOfRows(uint32_t rows) const;
  uint64_t TotalFlows() const;
  void Seek(uint64_t flow);
  size_t PopColumns(size_t limit, FlowTable* out);
  size_t PopPieces(size_t limit, FlowTable* out);
  void NextPieces();
  int64_t shift_ms() const;

  const ReplayModel* const model_;
  const StreamSpec spec_;
  const bool whole_;           // as many hosts as the model
  const uint64_t pass_flows_;  // of one pass
  const uint64_t total_;       // flows until the extent
  uint64_t emitted_ = 0;
  uint64_t pass_ = 0;
  uint32_t row_ = 0;           // the model's next row, behind those of pieces_
  std::vector<Piece> pieces_;  // flows of one end
  size_t next_piece_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_REPLAY_STREAM_H_
