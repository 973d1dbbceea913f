#include "core/generate/replay_stream.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace stanflow {
namespace {

template <typename T>
void AppendPart(const std::vector<T>& from, size_t begin, size_t count, std::vector<T>* to) {
  to->insert(to->end(), from.begin() + begin, from.begin() + begin + count);
}

}  // namespace

ReplayStream::ReplayStream(const ReplayModel* model, const StreamSpec& spec, uint64_t first_row)
    : model_(model),
      spec_(spec),
      whole_(spec.hosts == model->hosts()),
      pass_flows_(FlowsOfRows(static_cast<uint32_t>(model->rows()))),
      total_(TotalFlows()) {
  Seek(first_row);
}

uint64_t ReplayStream::CopiesOf(uint32_t row) const {
  const uint32_t host = model_->host_[row], hosts = model_->hosts();
  return host >= spec_.hosts ? 0 : (spec_.hosts - 1 - host) / hosts + 1;
}

uint64_t ReplayStream::FlowsOfRows(uint32_t rows) const {
  if (whole_) return rows;
  uint64_t flows = 0;
  for (uint32_t row = 0; row < rows; ++row) flows += CopiesOf(row);
  return flows;
}

uint64_t ReplayStream::TotalFlows() const {
  if (spec_.rows) return *spec_.rows;
  if (!spec_.duration_ms) return std::numeric_limits<uint64_t>::max();
  const std::vector<int64_t>& ends = model_->flows_.end_ms;
  const int64_t passes = *spec_.duration_ms / model_->period_ms_;
  const int64_t rest_ms = *spec_.duration_ms % model_->period_ms_;
  const auto end = std::lower_bound(ends.begin(), ends.end(), model_->origin_ms_ + rest_ms);
  return passes * pass_flows_ + FlowsOfRows(static_cast<uint32_t>(end - ends.begin()));
}

void ReplayStream::Seek(uint64_t flow) {
  emitted_ = flow;
  pass_ = flow / pass_flows_;
  uint64_t left = flow % pass_flows_;
  if (whole_) {
    row_ = static_cast<uint32_t>(left);
    return;
  }
  while (left > 0) {
    NextPieces();
    next_piece_ = std::min<uint64_t>(left, pieces_.size());
    left -= next_piece_;
  }
}

int64_t ReplayStream::shift_ms() const {
  return spec_.start_ms - model_->origin_ms_ + static_cast<int64_t>(pass_) * model_->period_ms_;
}

size_t ReplayStream::Pop(size_t limit, FlowTable* out) {
  limit = std::min<uint64_t>(limit, total_ - std::min(total_, emitted_));
  size_t popped = 0;
  while (popped < limit) {
    popped += whole_ ? PopColumns(limit - popped, out) : PopPieces(limit - popped, out);
  }
  emitted_ += popped;
  return popped;
}

size_t ReplayStream::PopColumns(size_t limit, FlowTable* out) {
  const FlowTable& from = model_->flows_;
  const size_t begin = row_, count = std::min(limit, from.size() - row_), at = out->size();
  AppendPart(from.end_ms, begin, count, &out->end_ms);
  AppendPart(from.duration_ms, begin, count, &out->duration_ms);
  AppendPart(from.source_address, begin, count, &out->source_address);
  AppendPart(from.destination_address, begin, count, &out->destination_address);
  AppendPart(from.source_port, begin, count, &out->source_port);
  AppendPart(from.destination_port, begin, count, &out->destination_port);
  AppendPart(from.protocol, begin, count, &out->protocol);
  AppendPart(from.tcp_flags, begin, count, &out->tcp_flags);
  AppendPart(from.tos, begin, count, &out->tos);
  AppendPart(from.packets, begin, count, &out->packets);
  AppendPart(from.bytes, begin, count, &out->bytes);
  const int64_t shift = shift_ms();
  const uint32_t first_host = spec_.home.network + 1;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t home = first_host + model_->host_[begin + i];
    // The home side's address is 0 in the columns.
    const uint32_t incoming = model_->incoming_[begin + i];
    out->end_ms[at + i] += shift;
    out->source_address[at + i] += incoming ? 0 : home;
    out->destination_address[at + i] += incoming ? home : 0;
  }
  row_ += static_cast<uint32_t>(count);
  if (row_ == from.size()) {
    row_ = 0;
    ++pass_;
  }
  return count;
}

size_t ReplayStream::PopPieces(size_t limit, FlowTable* out) {
  if (next_piece_ == pieces_.size()) NextPieces();
  const size_t count = std::min(limit, pieces_.size() - next_piece_);
  for (size_t i = 0; i < count; ++i) {
    const Piece& piece = pieces_[next_piece_++];
    Flow flow = model_->flows_.Row(piece.row);
    flow.end_ms += shift_ms();
    (model_->incoming_[piece.row] ? flow.destination_address : flow.source_address) =
        spec_.home.network + 1 + piece.context;
    out->Append(flow);
  }
  return count;
}

// The flows of the next end that has any.
void ReplayStream::NextPieces() {
  const std::vector<int64_t>& ends = model_->flows_.end_ms;
  pieces_.clear();
  next_piece_ = 0;
  while (pieces_.empty()) {
    if (row_ == ends.size()) {
      row_ = 0;
      ++pass_;
    }
    for (const int64_t end_ms = ends[row_]; row_ < ends.size() && ends[row_] == end_ms; ++row_) {
      for (uint32_t c = model_->host_[row_]; c < spec_.hosts; c += model_->hosts())
        pieces_.push_back({c, row_});
    }
  }
  std::sort(pieces_.begin(), pieces_.end(), [](const Piece& a, const Piece& b) {
    return std::tie(a.context, a.row) < std::tie(b.context, b.row);
  });
}

}  // namespace stanflow
