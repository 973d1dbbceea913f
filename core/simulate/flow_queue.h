#ifndef STANFLOW_CORE_SIMULATE_FLOW_QUEUE_H_
#define STANFLOW_CORE_SIMULATE_FLOW_QUEUE_H_

#include <cstdint>
#include <queue>
#include <vector>

#include "core/flow/flow.h"

namespace stanflow {

// Simulated flows that have not ended yet, in order of (end time, order of Add). Not safe for
// concurrent use.
class FlowQueue {
 public:
  void Add(const Flow& flow) { queue_.push({flow, next_++}); }
  bool empty() const { return queue_.empty(); }
  const Flow& front() const { return queue_.top().flow; }
  void Pop() { queue_.pop(); }
  size_t size() const { return queue_.size(); }

 private:
  struct Pending {
    Flow flow;
    uint64_t order;
  };
  struct Later {
    bool operator()(const Pending& a, const Pending& b) const {
      return a.flow.end_ms != b.flow.end_ms ? a.flow.end_ms > b.flow.end_ms : a.order > b.order;
    }
  };
  std::priority_queue<Pending, std::vector<Pending>, Later> queue_;
  uint64_t next_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_SIMULATE_FLOW_QUEUE_H_
