#include "core/generate/min_tree.h"

#include <algorithm>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

TEST(MinTree, IsEmptyUntilAKeyIsSet) {
  MinTree tree(5);
  EXPECT_TRUE(tree.empty());
  tree.Set(4, 7);
  EXPECT_FALSE(tree.empty());
  EXPECT_EQ(tree.min_slot(), 4u);
  tree.Set(4, MinTree::kNone);
  EXPECT_TRUE(tree.empty());
}

TEST(MinTree, GivesTheLowerSlotOfEqualKeys) {
  MinTree tree(6);
  tree.Set(5, 3);
  tree.Set(2, 3);
  tree.Set(4, 3);
  EXPECT_EQ(tree.min_slot(), 2u);
}

TEST(MinTree, AgreesWithALinearSearchAfterAnyChanges) {
  std::mt19937 random(1);
  for (const uint32_t slots : {1u, 2u, 3u, 8u, 90u}) {
    MinTree tree(slots);
    std::vector<int64_t> keys(slots, MinTree::kNone);
    for (int i = 0; i < 2000; ++i) {
      const uint32_t slot = random() % slots;
      keys[slot] = random() % 5 == 0 ? MinTree::kNone : static_cast<int64_t>(random() % 20) - 10;
      tree.Set(slot, keys[slot]);
      const auto smallest = std::min_element(keys.begin(), keys.end());
      ASSERT_EQ(tree.min_key(), *smallest);
      if (!tree.empty()) {
        ASSERT_EQ(tree.min_slot(), smallest - keys.begin());
      }
    }
  }
}

}  // namespace
}  // namespace stanflow
