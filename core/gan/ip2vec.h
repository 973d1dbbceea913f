#ifndef STANFLOW_CORE_GAN_IP2VEC_H_
#define STANFLOW_CORE_GAN_IP2VEC_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "core/flow/host_row.h"

namespace stanflow {

// The values of one attribute as words with a vector each.
struct WordColumn {
  Attribute attribute = Attribute::kRemoteAddress;
  std::vector<uint64_t> values;  // ascending
  std::vector<float> vectors;    // values.size() rows of `dimensions` numbers

  // The value's place, or that of the nearest known number.
  size_t Find(uint64_t value) const;
};

struct Ip2VecOptions {
  int dimensions = 20;
  int epochs = 5;
  int negatives = 5;         // words that a pair is told from
  double rate = 0.025;       // of the first step; falls to 0
  size_t max_words = 16384;  // an attribute: the most frequent ones
};

// Vectors for the values of flows (Ring et al. 2017, "IP2Vec"): a skip-gram model with negative sampling
// (Mikolov et al. 2013) in which a flow is a sentence, so that values that are seen in the company of the
// same values lie near each other. Which attribute is asked to tell which stands in ip2vec.cc. The vectors of
// an attribute are centred and scaled to a mean square of 1 over the rows. One thread; the same rows, options
// and seed give the same vectors. CANCELLED once `stop` answers true. `rows` is not empty.
absl::StatusOr<std::vector<WordColumn>> TrainIp2Vec(const std::vector<HostRow>& rows,
                                                    const Ip2VecOptions& options, uint64_t seed,
                                                    const std::function<bool()>& stop);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_IP2VEC_H_
