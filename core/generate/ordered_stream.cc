#include "core/generate/ordered_stream.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/generate/min_tree.h"
#include "core/generate/row_queues.h"
#include "core/generate/state_bytes.h"

namespace stanflow {
namespace {

constexpr uint32_t kStateVersion = 1;

// Everything of the spec that decides which rows a saved state holds.
void PutSpec(const StreamSpec& spec, StateWriter* writer) {
  writer->Put(spec.seed);
  writer->Put(spec.stream);
  writer->Put(spec.hosts);
  writer->Put(spec.home.network);
  writer->Put(spec.start_ms);
  writer->Put(spec.rows.value_or(0));
  writer->Put(spec.duration_ms.value_or(0));
}

void PutFlow(const Flow& f, StateWriter* writer) {
  writer->Put(f.end_ms);
  writer->Put(f.duration_ms);
  writer->Put(f.source_address);
  writer->Put(f.destination_address);
  writer->Put(f.source_port);
  writer->Put(f.destination_port);
  writer->Put(f.protocol);
  writer->Put(f.tcp_flags);
  writer->Put(f.tos);
  writer->Put(f.packets);
  writer->Put(f.bytes);
}

Flow GetFlow(StateReader* reader) {
  Flow f;
  f.end_ms = reader->Get<int64_t>();
  f.duration_ms = reader->Get<uint32_t>();
  f.source_address = reader->Get<uint32_t>();
  f.destination_address = reader->Get<uint32_t>();
  f.source_port = reader->Get<uint16_t>();
  f.destination_port = reader->Get<uint16_t>();
  f.protocol = reader->Get<uint8_t>();
  f.tcp_flags = reader->Get<uint8_t>();
  f.tos = reader->Get<uint8_t>();
  f.packets = reader->Get<uint64_t>();
  f.bytes = reader->Get<uint64_t>();
  return f;
}

// Rows that may wait, at least one a context. More than some tens of a host hardly fill batches
// better, and what waits when the extent is reached was made for nothing: a sixteenth at most.
uint64_t Budget(const StreamSpec& spec, uint64_t look_ahead_rows) {
  constexpr uint64_t kUsefulRowsAHost = 64, kExtentShare = 16;
  uint64_t budget = std::min(look_ahead_rows, kUsefulRowsAHost * spec.hosts);
  if (spec.rows) budget = std::min(budget, *spec.rows / kExtentShare);
  return std::max<uint64_t>(budget, spec.hosts);
}

absl::Status Damaged(const char* what) {
  return absl::DataLossError(absl::StrCat("saved stream state: ", what));
}

}  // namespace

class OrderedStream::Rep {
 public:
  Rep(const StreamSpec& spec, uint64_t look_ahead_rows)
      : spec_(spec),
        end_ms_(spec.duration_ms ? spec.start_ms + *spec.duration_ms : MinTree::kNone),
        slots_(spec.hosts),
        rows_(spec.hosts),
        heads_(spec.hosts),
        bound_(spec.hosts),
        near_(spec.hosts),
        far_(spec.hosts) {
    const uint64_t budget = Budget(spec, look_ahead_rows);
    reserve_ = std::max<uint64_t>(budget / 2 / spec.hosts, 1);
    shared_ = budget - uint64_t{reserve_} * spec.hosts;
    slot_of_.reserve(spec.hosts);
  }

  void NewContexts(const Generator& generator) {
    for (uint32_t i = 0; i < spec_.hosts; ++i) {
      Adopt(i, generator.NewContext({spec_.seed, spec_.stream, i, spec_.start_ms}));
    }
  }

  size_t due() const {
    if (done()) return 0;
    return near_count_ + std::min<uint64_t>(far_count_, shared_room());
  }

  void TakeDue(size_t limit, std::vector<Context*>* due) {
    if (done()) return;
    for (; limit > 0; --limit) {
      const bool far_may = !far_.empty() && shared_room() > 0;
      if (near_.empty() && !far_may) return;
      const uint32_t slot = far_may && Behind(far_, near_) ? far_.min_slot() : near_.min_slot();
      if (slots_[slot].pile == Pile::kFar) ++shared_used_;
      slots_[slot].taken = true;
      ++taken_;
      Refile(slot);
      due->push_back(slots_[slot].context.get());
    }
  }

  void Deliver(Context* context, const HostRow& row) {
    const uint32_t slot = slot_of_.find(context)->second;
    assert(slots_[slot].taken && row.end_ms >= slots_[slot].clock_ms);
    slots_[slot].taken = false;
    --taken_;
    slots_[slot].clock_ms = row.end_ms;
    if (row.end_ms >= end_ms_) {
      // The row is beyond the extent: it gives back the place that TakeDue kept for it.
      if (rows_.size(slot) >= reserve_) --shared_used_;
    } else {
      Enqueue(slot, ToFlow(row, spec_.home.network + 1 + slot));
    }
    SetClock(slot);
  }

  size_t Pop(size_t limit, FlowTable* out) {
    if (spec_.rows) limit = std::min<uint64_t>(limit, *spec_.rows - emitted_);
    size_t popped = 0;
    for (; popped < limit && !heads_.empty() && HeadMayLeave(); ++popped) {
      const uint32_t slot = heads_.min_slot();
      out->Append(rows_.Front(slot));
      if (rows_.size(slot) + slots_[slot].taken > reserve_) --shared_used_;
      rows_.PopFront(slot);
      heads_.Set(slot, rows_.empty(slot) ? MinTree::kNone : rows_.Front(slot).end_ms);
      if (slots_[slot].pile == Pile::kFar) Refile(slot);
    }
    emitted_ += popped;
    return popped;
  }

  bool done() const {
    if (spec_.rows) return emitted_ >= *spec_.rows;
    return finished_ == spec_.hosts && rows_.total() == 0;
  }
  uint64_t emitted() const { return emitted_; }
  uint64_t waiting() const { return rows_.total(); }

  void Save(std::string* out) const {
    assert(taken_ == 0);
    StateWriter writer(out);
    writer.Put(kStateVersion);
    PutSpec(spec_, &writer);
    writer.Put(emitted_);
    std::string context;
    for (uint32_t i = 0; i < spec_.hosts; ++i) {
      context.clear();
      slots_[i].context->Save(&context);
      writer.PutString(context);
      writer.Put(rows_.size(i));
      rows_.ForEach(i, [&](const Flow& flow) { PutFlow(flow, &writer); });
    }
  }

  absl::Status Load(const Generator& generator, std::string_view state) {
    std::string expected;
    StateWriter header(&expected);
    header.Put(kStateVersion);
    PutSpec(spec_, &header);
    if (state.substr(0, expected.size()) != expected) return Damaged("of another version or another stream");
    StateReader reader(state.substr(expected.size()));
    emitted_ = reader.Get<uint64_t>();
    for (uint32_t i = 0; i < spec_.hosts; ++i) {
      STANFLOW_RETURN_IF_ERROR(LoadSlot(generator, i, &reader));
    }
    return reader.at_end() ? absl::OkStatus() : Damaged("its length is wrong");
  }

 private:
  // Where a context that may be stepped is filed.
  enum class Pile : uint8_t { kNone, kNear, kFar };
  struct Slot {
    std::unique_ptr<Context> context;
    int64_t clock_ms = 0;  // of the context's last delivered row
    Pile pile = Pile::kNone;
    bool taken = false;
    bool finished = false;
  };

  static bool Behind(const MinTree& a, const MinTree& b) {
    if (a.min_key() != b.min_key()) return a.min_key() < b.min_key();
    return a.min_slot() < b.min_slot();
  }

  // Rows that contexts beyond their reserve may still add.
  uint64_t shared_room() const {
    uint64_t room = shared_;
    if (spec_.rows) room = std::min(room, *spec_.rows - emitted_);
    return room > shared_used_ ? room - shared_used_ : 0;
  }

  bool HeadMayLeave() const {
    if (heads_.min_key() != bound_.min_key()) return heads_.min_key() < bound_.min_key();
    return heads_.min_slot() <= bound_.min_slot();
  }

  void Adopt(uint32_t slot, std::unique_ptr<Context> context) {
    slot_of_[context.get()] = slot;
    slots_[slot].clock_ms = context->clock_ms();
    slots_[slot].context = std::move(context);
    SetClock(slot);
  }

  void Enqueue(uint32_t slot, const Flow& flow) {
    if (rows_.empty(slot)) heads_.Set(slot, flow.end_ms);
    rows_.Push(slot, flow);
  }

  // After the slot's clock moved.
  void SetClock(uint32_t slot) {
    Slot& s = slots_[slot];
    if (s.clock_ms >= end_ms_ && !s.finished) {
      s.finished = true;
      ++finished_;
    }
    bound_.Set(slot, s.finished ? MinTree::kNone : s.clock_ms);
    Refile(slot);
  }

  void Refile(uint32_t slot) {
    Slot& s = slots_[slot];
    Pile pile = Pile::kNone;
    if (!s.taken && !s.finished) pile = rows_.size(slot) < reserve_ ? Pile::kNear : Pile::kFar;
    if (s.pile != pile && s.pile != Pile::kNone) File(s.pile, slot, MinTree::kNone, -1);
    if (pile != Pile::kNone) File(pile, slot, s.clock_ms, s.pile == pile ? 0 : 1);
    s.pile = pile;
  }

  void File(Pile pile, uint32_t slot, int64_t key, int more) {
    (pile == Pile::kNear ? near_ : far_).Set(slot, key);
    (pile == Pile::kNear ? near_count_ : far_count_) += more;
  }

  absl::Status LoadSlot(const Generator& generator, uint32_t slot, StateReader* reader) {
    const std::string_view saved = reader->GetString();
    const uint32_t waiting = reader->Get<uint32_t>();
    if (!reader->ok()) return Damaged("it ends early");
    STANFLOW_ASSIGN_OR_RETURN(std::unique_ptr<Context> context, generator.RestoreContext(saved));
    for (uint32_t i = 0; i < waiting && reader->ok(); ++i) Enqueue(slot, GetFlow(reader));
    if (!reader->ok()) return Damaged("it ends early");
    if (waiting > reserve_) shared_used_ += waiting - reserve_;
    Adopt(slot, std::move(context));
    return absl::OkStatus();
  }

  const StreamSpec spec_;
  const int64_t end_ms_;  // rows that end here or later do not belong to the stream
  uint64_t reserve_;      // rows that every context may have waiting
  uint64_t shared_;       // rows beyond the reserves, over all contexts
  uint64_t shared_used_ = 0;

  std::vector<Slot> slots_;
  absl::flat_hash_map<const Context*, uint32_t> slot_of_;
  RowQueues rows_;
  MinTree heads_;  // end of each context's oldest waiting row
  MinTree bound_;  // clock of each unfinished context, taken or not
  MinTree near_;   // clock of contexts that may be stepped and wait within their reserve
  MinTree far_;    // clock of those that have used up their reserve
  uint64_t near_count_ = 0, far_count_ = 0;
  uint64_t taken_ = 0;
  uint32_t finished_ = 0;
  uint64_t emitted_ = 0;
};

OrderedStream::OrderedStream(const Generator* generator, const StreamSpec& spec, uint64_t look_ahead_rows)
    : rep_(std::make_unique<Rep>(spec, look_ahead_rows)) {
  rep_->NewContexts(*generator);
}
OrderedStream::OrderedStream(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
OrderedStream::~OrderedStream() = default;

size_t OrderedStream::due() const { return rep_->due(); }
void OrderedStream::TakeDue(size_t limit, std::vector<Context*>* due) { rep_->TakeDue(limit, due); }
void OrderedStream::Deliver(Context* context, const HostRow& row) { rep_->Deliver(context, row); }
size_t OrderedStream::Pop(size_t limit, FlowTable* out) { return rep_->Pop(limit, out); }
bool OrderedStream::done() const { return rep_->done(); }
uint64_t OrderedStream::emitted() const { return rep_->emitted(); }
uint64_t OrderedStream::waiting() const { return rep_->waiting(); }
void OrderedStream::Save(std::string* out) const { rep_->Save(out); }

absl::StatusOr<std::unique_ptr<OrderedStream>> OrderedStream::Restore(const Generator* generator,
                                                                      const StreamSpec& spec,
                                                                      uint64_t look_ahead_rows,
                                                                      std::string_view state) {
  auto rep = std::make_unique<Rep>(spec, look_ahead_rows);
  STANFLOW_RETURN_IF_ERROR(rep->Load(*generator, state));
  return std::unique_ptr<OrderedStream>(new OrderedStream(std::move(rep)));
}

}  // namespace stanflow
