#ifndef STANFLOW_CORE_GENERATE_ROW_QUEUES_H_
#define STANFLOW_CORE_GENERATE_ROW_QUEUES_H_

#include <cstdint>
#include <vector>

#include "core/flow/flow.h"

namespace stanflow {

// One first-in-first-out queue of flows a slot, all in one pool that keeps its memory: it
// grows to the most flows that ever waited at once. Not thread-safe.
class RowQueues {
 public:
  explicit RowQueues(uint32_t slots) : queues_(slots) {}

  bool empty(uint32_t slot) const { return queues_[slot].size == 0; }
  uint32_t size(uint32_t slot) const { return queues_[slot].size; }
  uint64_t total() const { return total_; }
  // The queue must not be empty.
  const Flow& Front(uint32_t slot) const { return pool_[queues_[slot].head].flow; }

  void Push(uint32_t slot, const Flow& flow) {
    const uint32_t node = NewNode();
    pool_[node].flow = flow;
    Queue& queue = queues_[slot];
    if (queue.size++ == 0) {
      queue.head = node;
    } else {
      pool_[queue.tail].next = node;
    }
    queue.tail = node;
    ++total_;
  }

  void PopFront(uint32_t slot) {
    Queue& queue = queues_[slot];
    const uint32_t node = queue.head;
    queue.head = pool_[node].next;
    --queue.size;
    --total_;
    pool_[node].next = free_;
    free_ = node;
  }

  // Calls `visit(flow)` for every flow of a slot, oldest first.
  template <typename Visit>
  void ForEach(uint32_t slot, Visit visit) const {
    uint32_t node = queues_[slot].head;
    for (uint32_t i = 0; i < queues_[slot].size; ++i, node = pool_[node].next) visit(pool_[node].flow);
  }

 private:
  static constexpr uint32_t kNil = ~uint32_t{0};
  struct Node {
    Flow flow;
    uint32_t next = kNil;
  };
  struct Queue {
    uint32_t head = kNil, tail = kNil, size = 0;
  };

  uint32_t NewNode() {
    if (free_ == kNil) {
      pool_.emplace_back();
      return static_cast<uint32_t>(pool_.size() - 1);
    }
    const uint32_t node = free_;
    free_ = pool_[node].next;
    return node;
  }

  std::vector<Queue> queues_;
  std::vector<Node> pool_;
  uint32_t free_ = kNil;
  uint64_t total_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_ROW_QUEUES_H_
