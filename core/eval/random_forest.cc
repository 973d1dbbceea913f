#include "core/eval/random_forest.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <utility>

namespace stanflow {
namespace {

// Training rows, equal ones as one: flows repeat.
struct Cells {
  size_t width = 0, count = 0;
  std::vector<uint32_t> of_row;              // each training row's cell
  std::vector<float> values;                 // width a cell
  std::vector<std::vector<uint32_t>> order;  // for each feature: the cells in order of its value

  explicit Cells(const FeatureMatrix& rows) : width(rows.width), of_row(rows.rows()) {
    std::vector<uint32_t> sorted(rows.rows());
    std::iota(sorted.begin(), sorted.end(), 0);
    std::sort(sorted.begin(), sorted.end(), [&](uint32_t a, uint32_t b) {
      const auto x = rows.Row(a), y = rows.Row(b);
      return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end());
    });
    for (uint32_t row : sorted) {
      const auto row_values = rows.Row(row);
      if (count == 0 || !std::equal(row_values.begin(), row_values.end(), values.end() - width)) {
        values.insert(values.end(), row_values.begin(), row_values.end());
        ++count;
      }
      of_row[row] = static_cast<uint32_t>(count - 1);
    }
    for (size_t f = 0; f < width; ++f) {
      order.emplace_back(count);
      std::iota(order[f].begin(), order[f].end(), 0);
      std::stable_sort(order[f].begin(), order[f].end(),
                       [&](uint32_t a, uint32_t b) { return Value(a, f) < Value(b, f); });
    }
  }
  float Value(uint32_t cell, size_t feature) const { return values[cell * width + feature]; }
};

struct Node {
  int feature = -1;  // -1: a leaf
  float threshold = 0;
  uint32_t left = 0, right = 0;  // nodes; of a leaf, `left` is where its shares begin
};

struct Tree {
  std::vector<Node> nodes;
  std::vector<float> shares;  // of the classes, leaf after leaf

  const float* Shares(absl::Span<const float> row) const {
    const Node* at = &nodes[0];
    while (at->feature >= 0) at = &nodes[row[at->feature] <= at->threshold ? at->left : at->right];
    return &shares[at->left];
  }
};

// Grows one tree. A node is the same range of every feature's order.
class Grower {
 public:
  Grower(const Cells& cells, absl::Span<const int> classes, size_t num_classes, std::mt19937_64* random)
      : cells_(cells), classes_(num_classes), random_(random), counts_(cells.count * num_classes) {
    for (size_t i = 0; i < classes.size(); ++i) {
      const size_t row = (*random)() % classes.size();
      ++counts_[cells.of_row[row] * classes_ + classes[row]];
    }
    for (const auto& order : cells.order) {
      order_.emplace_back();
      for (uint32_t cell : order) {
        if (Weight(cell) > 0) order_.back().push_back(cell);
      }
    }
    features_.resize(cells.width);
    std::iota(features_.begin(), features_.end(), 0);
    goes_left_.resize(cells.count);
    scratch_.resize(order_[0].size());
  }

  Tree Grow() {
    struct Open {
      uint32_t node;
      size_t begin, end;
    };
    std::vector<Open> open = {{0, 0, order_[0].size()}};
    tree_.nodes.emplace_back();
    while (!open.empty()) {
      const Open at = open.back();
      open.pop_back();
      Split split;
      SumUp(at.begin, at.end);
      if (!Pure()) split = BestSplit(at.begin, at.end);
      if (split.feature < 0) {
        MakeLeaf(at.node);
        continue;
      }
      const size_t middle = Part(at.begin, at.end, split);
      const auto left = static_cast<uint32_t>(tree_.nodes.size());
      tree_.nodes[at.node] = {split.feature, split.threshold, left, left + 1};
      tree_.nodes.resize(left + 2);
      open.push_back({left + 1, middle, at.end});
      open.push_back({left, at.begin, middle});
    }
    return std::move(tree_);
  }

 private:
  struct Split {
    int feature = -1;
    float threshold = 0;
    double purity = -1;
  };

  double Weight(uint32_t cell) const {
    const auto begin = counts_.begin() + cell * classes_;
    return std::accumulate(begin, begin + classes_, 0.0);
  }

  // Sets sums_ to the node's rows of each class.
  void SumUp(size_t begin, size_t end) {
    sums_.assign(classes_, 0);
    for (size_t i = begin; i < end; ++i) {
      for (size_t c = 0; c < classes_; ++c) sums_[c] += counts_[order_[0][i] * classes_ + c];
    }
  }

  bool Pure() const {
    return std::count(sums_.begin(), sums_.end(), 0.0) == static_cast<ptrdiff_t>(classes_) - 1;
  }

  void MakeLeaf(uint32_t node) {
    const double all = std::accumulate(sums_.begin(), sums_.end(), 0.0);
    tree_.nodes[node].left = static_cast<uint32_t>(tree_.shares.size());
    for (double sum : sums_) tree_.shares.push_back(static_cast<float>(sum / all));
  }

  Split BestSplit(size_t begin, size_t end) {
    const size_t wanted =
        std::max<size_t>(1, static_cast<size_t>(std::sqrt(static_cast<double>(cells_.width))));
    Split best;
    for (size_t tried = 0; tried < features_.size(); ++tried) {
      if (tried >= wanted && best.feature >= 0) break;
      std::swap(features_[tried], features_[tried + (*random_)() % (features_.size() - tried)]);
      TryFeature(features_[tried], begin, end, &best);
    }
    return best;
  }

  // Least Gini impurity is the largest sum over both sides of (sum of squared counts) / count.
  void TryFeature(int feature, size_t begin, size_t end, Split* best) {
    const std::vector<uint32_t>& order = order_[feature];
    if (cells_.Value(order[begin], feature) == cells_.Value(order[end - 1], feature)) return;
    right_ = sums_;
    left_.assign(classes_, 0);
    for (size_t i = begin; i + 1 < end; ++i) {
      for (size_t c = 0; c < classes_; ++c) {
        const double count = counts_[order[i] * classes_ + c];
        left_[c] += count;
        right_[c] -= count;
      }
      const float here = cells_.Value(order[i], feature), next = cells_.Value(order[i + 1], feature);
      if (here == next) continue;
      const double purity = Purity(left_) + Purity(right_);
      if (purity <= best->purity) continue;
      const float middle = here + (next - here) / 2;
      *best = {feature, middle < next ? middle : here, purity};
    }
  }

  static double Purity(const std::vector<double>& counts) {
    double sum = 0, squares = 0;
    for (double c : counts) {
      sum += c;
      squares += c * c;
    }
    return squares / sum;
  }

  // Puts what goes left first in every order, and answers where the right begins.
  size_t Part(size_t begin, size_t end, const Split& split) {
    for (size_t i = begin; i < end; ++i) {
      const uint32_t cell = order_[0][i];
      goes_left_[cell] = cells_.Value(cell, split.feature) <= split.threshold;
    }
    size_t middle = begin;
    for (auto& order : order_) {
      size_t left = begin, right = 0;
      for (size_t i = begin; i < end; ++i) {
        if (goes_left_[order[i]])
          order[left++] = order[i];
        else
          scratch_[right++] = order[i];
      }
      std::copy(scratch_.begin(), scratch_.begin() + right, order.begin() + left);
      middle = left;
    }
    return middle;
  }

  const Cells& cells_;
  const size_t classes_;
  std::mt19937_64* const random_;
  std::vector<float> counts_;  // of the bootstrap sample: classes_ a cell
  std::vector<std::vector<uint32_t>> order_;
  std::vector<int> features_;
  std::vector<uint8_t> goes_left_;
  std::vector<uint32_t> scratch_;
  std::vector<double> sums_, left_, right_;  // of the node at hand
  Tree tree_;
};

}  // namespace

absl::StatusOr<std::vector<int>> RandomForestClasses(const FeatureMatrix& train,
                                                     absl::Span<const int> classes, const FeatureMatrix& test,
                                                     const RandomForestOptions& options) {
  if (train.rows() == 0 || test.rows() == 0 || train.width != test.width || classes.size() != train.rows())
    return absl::InvalidArgumentError("a random forest needs training and test rows of one width");
  const Cells cells(train);
  const size_t num_classes = *std::max_element(classes.begin(), classes.end()) + 1;
  std::mt19937_64 random(options.seed);
  std::vector<double> votes(test.rows() * num_classes);
  for (int t = 0; t < options.trees; ++t) {
    const Tree tree = Grower(cells, classes, num_classes, &random).Grow();
    for (size_t i = 0; i < test.rows(); ++i) {
      const float* const shares = tree.Shares(test.Row(i));
      for (size_t c = 0; c < num_classes; ++c) votes[i * num_classes + c] += shares[c];
    }
  }
  std::vector<int> out;
  for (size_t i = 0; i < test.rows(); ++i) {
    const auto begin = votes.begin() + i * num_classes;
    out.push_back(static_cast<int>(std::max_element(begin, begin + num_classes) - begin));
  }
  return out;
}

double MacroF1(absl::Span<const int> truth, absl::Span<const int> predicted) {
  struct Counts {
    double hits = 0, of_either = 0;  // rows of the class in both; in truth and in predicted, added up
  };
  std::map<int, Counts> counts;
  for (size_t i = 0; i < truth.size(); ++i) {
    ++counts[truth[i]].of_either;
    ++counts[predicted[i]].of_either;
    if (truth[i] == predicted[i]) ++counts[truth[i]].hits;
  }
  double sum = 0;
  for (const auto& [unused, c] : counts) sum += 2 * c.hits / c.of_either;
  return counts.empty() ? 0 : sum / counts.size();
}

}  // namespace stanflow
