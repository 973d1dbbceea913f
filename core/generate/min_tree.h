#ifndef STANFLOW_CORE_GENERATE_MIN_TREE_H_
#define STANFLOW_CORE_GENERATE_MIN_TREE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace stanflow {

// One key for each of a fixed number of slots, the smallest at hand; equal keys go by the
// lower slot. A tournament tree: Set costs at most log2(slots) comparisons and touches no
// allocator. Not thread-safe.
class MinTree {
 public:
  // The key of a slot that takes no part.
  static constexpr int64_t kNone = std::numeric_limits<int64_t>::max();

  explicit MinTree(uint32_t slots) {
    while (leaves_ < slots) leaves_ *= 2;
    nodes_.resize(2 * size_t{leaves_});
    for (uint32_t i = 0; i < leaves_; ++i) nodes_[leaves_ + i].slot = i;
    for (uint32_t i = leaves_ - 1; i > 0; --i) nodes_[i] = nodes_[2 * size_t{i}];
  }

  void Set(uint32_t slot, int64_t key) {
    size_t i = size_t{leaves_} + slot;
    nodes_[i].key = key;
    while (i > 1) {
      i /= 2;
      // The left side wins a tie: its slots are lower.
      const Node& winner = nodes_[2 * i].key <= nodes_[2 * i + 1].key ? nodes_[2 * i] : nodes_[2 * i + 1];
      if (nodes_[i].slot == winner.slot && nodes_[i].key == winner.key) return;
      nodes_[i] = winner;
    }
  }

  bool empty() const { return nodes_[1].key == kNone; }
  int64_t min_key() const { return nodes_[1].key; }
  // Means nothing while empty.
  uint32_t min_slot() const { return nodes_[1].slot; }

 private:
  struct Node {
    int64_t key = kNone;
    uint32_t slot = 0;
  };

  uint32_t leaves_ = 1;
  std::vector<Node> nodes_;  // 1 is the root, 2i and 2i + 1 are i's children
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_MIN_TREE_H_
