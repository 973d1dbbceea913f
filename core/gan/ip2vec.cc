#include "core/gan/ip2vec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>
#include <random>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace stanflow {
namespace {

constexpr Attribute kWords[] = {Attribute::kRemoteAddress, Attribute::kLocalPort, Attribute::kRemotePort,
                                Attribute::kProtocol,      Attribute::kPackets,   Attribute::kBytes,
                                Attribute::kDuration,      Attribute::kTimeDelta};
constexpr size_t kColumns = std::size(kWords);

// An attribute and those that its words shall tell: the other side tells the service, the service the other
// side and how much, amounts each other.
struct Pairing {
  Attribute from;
  std::vector<Attribute> to;
};
const std::vector<Pairing>& Pairings() {
  using A = Attribute;
  static const auto* const pairings = new std::vector<Pairing>{
      {A::kRemoteAddress, {A::kRemotePort, A::kLocalPort, A::kProtocol}},
      {A::kLocalPort, {A::kRemotePort, A::kProtocol, A::kPackets, A::kBytes}},
      {A::kRemotePort, {A::kRemoteAddress, A::kProtocol, A::kPackets, A::kBytes}},
      {A::kProtocol, {A::kRemotePort, A::kLocalPort, A::kPackets}},
      {A::kPackets, {A::kBytes, A::kDuration, A::kProtocol}},
      {A::kBytes, {A::kPackets, A::kDuration, A::kProtocol}},
      {A::kDuration, {A::kPackets, A::kBytes}},
      {A::kTimeDelta, {A::kDuration, A::kRemotePort}},
  };
  return *pairings;
}

size_t ColumnOf(Attribute attribute) { return std::find(kWords, kWords + kColumns, attribute) - kWords; }

// A word's chance to be what a pair is told from: its count to the power of 3/4, as in word2vec.
constexpr double kNoisePower = 0.75;
// Places that a column's words share by that chance: a draw is one look-up.
constexpr size_t kNoisePlaces = 1 << 17;

class SkipGram {
 public:
  SkipGram(const std::vector<HostRow>& rows, const Ip2VecOptions& options, uint64_t seed)
      : rows_(rows),
        options_(options),
        random_(seed),
        order_(rows.size()),
        columns_(kColumns),
        contexts_(kColumns),
        noise_(kColumns) {
    std::iota(order_.begin(), order_.end(), 0);
    for (size_t c = 0; c < kColumns; ++c) MakeColumn(c);
  }

  // One pass over the rows, in an order of its own.
  void Pass(int epoch) {
    for (size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[random_() % i]);
    std::array<size_t, kColumns> word;
    const double total = static_cast<double>(rows_.size()) * options_.epochs;
    for (size_t i = 0; i < rows_.size(); ++i) {
      const double done = static_cast<double>(i + epoch * rows_.size()) / total;
      const auto rate = static_cast<float>(options_.rate * std::max(1 - done, 1e-4));
      const HostRow& row = rows_[order_[i]];
      for (size_t c = 0; c < kColumns; ++c) word[c] = columns_[c].Find(row.Get(kWords[c]));
      for (const Pairing& pairing : Pairings()) {
        const size_t from = ColumnOf(pairing.from);
        for (Attribute to : pairing.to) Learn(from, word[from], ColumnOf(to), word[ColumnOf(to)], rate);
      }
    }
  }

  std::vector<WordColumn> Finish() {
    for (WordColumn& column : columns_) Standardise(&column);
    return std::move(columns_);
  }

 private:
  float* Vector(std::vector<float>* vectors, size_t word) {
    return vectors->data() + word * options_.dimensions;
  }
  double Uniform() { return static_cast<double>(random_() >> 11) * 0x1.0p-53; }

  void MakeColumn(size_t c) {
    absl::flat_hash_map<uint64_t, uint64_t> counts;
    for (const HostRow& row : rows_) ++counts[row.Get(kWords[c])];
    std::vector<std::pair<uint64_t, uint64_t>> most(counts.begin(), counts.end());
    std::sort(most.begin(), most.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    most.resize(std::min(most.size(), options_.max_words));
    std::sort(most.begin(), most.end());
    columns_[c].attribute = kWords[c];
    double total = 0, up_to = 0;
    for (const auto& [value, count] : most) total += std::pow(static_cast<double>(count), kNoisePower);
    for (const auto& [value, count] : most) {
      const auto word = static_cast<uint32_t>(columns_[c].values.size());
      columns_[c].values.push_back(value);
      up_to += std::pow(static_cast<double>(count), kNoisePower) / total;
      noise_[c].resize(std::min(static_cast<size_t>(std::lround(up_to * kNoisePlaces)), kNoisePlaces), word);
    }
    noise_[c].resize(kNoisePlaces, noise_[c].back());
    contexts_[c].resize(most.size() * options_.dimensions);
    for (size_t i = 0; i < contexts_[c].size(); ++i) {
      columns_[c].vectors.push_back(static_cast<float>((Uniform() - 0.5) / options_.dimensions));
    }
  }

  // Raises the chance of (from, to), lowers that of a few pairs with other words of the same attribute.
  void Learn(size_t from_column, size_t from, size_t to_column, size_t to, float rate) {
    float* const u = Vector(&columns_[from_column].vectors, from);
    std::vector<float>& change = change_;
    change.assign(options_.dimensions, 0);
    for (int n = 0; n <= options_.negatives; ++n) {
      const size_t word = n == 0 ? to : DrawWord(to_column);
      if (n > 0 && word == to) continue;
      float* const v = Vector(&contexts_[to_column], word);
      float dot = 0;
      for (int d = 0; d < options_.dimensions; ++d) dot += u[d] * v[d];
      const float step = rate * ((n == 0 ? 1 : 0) - 1 / (1 + std::exp(-dot)));
      for (int d = 0; d < options_.dimensions; ++d) {
        change[d] += step * v[d];
        v[d] += step * u[d];
      }
    }
    for (int d = 0; d < options_.dimensions; ++d) u[d] += change[d];
  }

  size_t DrawWord(size_t column) { return noise_[column][random_() % kNoisePlaces]; }

  void Standardise(WordColumn* column) {
    std::vector<double> mean(options_.dimensions);
    for (const HostRow& row : rows_) {
      const float* v = Vector(&column->vectors, column->Find(row.Get(column->attribute)));
      for (int d = 0; d < options_.dimensions; ++d) mean[d] += v[d] / static_cast<double>(rows_.size());
    }
    double square = 0;
    for (const HostRow& row : rows_) {
      const float* v = Vector(&column->vectors, column->Find(row.Get(column->attribute)));
      for (int d = 0; d < options_.dimensions; ++d) square += (v[d] - mean[d]) * (v[d] - mean[d]);
    }
    square /= static_cast<double>(rows_.size()) * options_.dimensions;
    // A column of one value has nothing to scale.
    const double scale = square > 0 ? 1 / std::sqrt(square) : 1;
    for (size_t i = 0; i < column->vectors.size(); ++i) {
      float& x = column->vectors[i];
      x = static_cast<float>((x - mean[i % options_.dimensions]) * scale);
    }
  }

  const std::vector<HostRow>& rows_;
  const Ip2VecOptions options_;
  std::mt19937_64 random_;
  std::vector<uint32_t> order_;
  std::vector<WordColumn> columns_;
  std::vector<std::vector<float>> contexts_;  // a word as what is told
  std::vector<std::vector<uint32_t>> noise_;  // kNoisePlaces words a column
  std::vector<float> change_;
};

}  // namespace

size_t WordColumn::Find(uint64_t value) const {
  const size_t after = std::lower_bound(values.begin(), values.end(), value) - values.begin();
  if (after == values.size()) return after - 1;
  if (after == 0 || values[after] == value) return after;
  return value - values[after - 1] <= values[after] - value ? after - 1 : after;
}

absl::StatusOr<std::vector<WordColumn>> TrainIp2Vec(const std::vector<HostRow>& rows,
                                                    const Ip2VecOptions& options, uint64_t seed,
                                                    const std::function<bool()>& stop) {
  SkipGram model(rows, options, seed);
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    if (stop()) return absl::CancelledError("stopped while training the words' vectors");
    model.Pass(epoch);
  }
  return model.Finish();
}

}  // namespace stanflow
