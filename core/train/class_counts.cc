#include "core/train/class_counts.h"

#include "core/eval/divergence.h"

namespace stanflow {

ClassCounts::ClassCounts(const OutputSet& set) : set_(&set) {
  for (const Output& output : set.outputs) counts_.emplace_back(output.classes->num_classes());
}

void ClassCounts::Add(const HostRow& row) {
  for (size_t o = 0; o < counts_.size(); ++o) ++counts_[o][set_->outputs[o].Encode(row).cls];
  ++rows_;
}

void ClassCounts::Add(const ClassCounts& other) {
  for (size_t o = 0; o < counts_.size(); ++o) {
    for (size_t c = 0; c < counts_[o].size(); ++c) counts_[o][c] += other.counts_[o][c];
  }
  rows_ += other.rows_;
}

double ClassCounts::DivergenceFrom(const ClassCounts& other) const {
  double sum = 0;
  for (size_t o = 0; o < counts_.size(); ++o) sum += JensenShannon(counts_[o], other.counts_[o]);
  return sum / static_cast<double>(counts_.size());
}

}  // namespace stanflow
