#ifndef STANFLOW_CORE_GAN_FLOW_ENCODING_H_
#define STANFLOW_CORE_GAN_FLOW_ENCODING_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/flow/host_row.h"
#include "core/gan/ip2vec.h"
#include "core/generate/row_kernels.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// The three ways in which WP-GAN turns flows into numbers (Ring et al. 2019, "Flow-based network traffic
// generation using generative adversarial networks").
enum class WpGanEncoding {
  kNumeric,    // N: octets, ports and amounts as scalars
  kBinary,     // B: octets, ports, packets and bytes as bits
  kEmbedding,  // E: values as vectors of IP2Vec
};

const char* WpGanEncodingName(WpGanEncoding encoding);  // "n", "b", "e"
// INVALID_ARGUMENT lists the names.
absl::StatusOr<WpGanEncoding> WpGanEncodingFromName(const std::string& name);

// A fitted encoding: a row as `width()` numbers, the first `bounded()` of them in [0, 1], and back to the
// nearest row. Immutable; thread-safe.
class FlowEncoding {
 public:
  // CANCELLED once `stop` answers true. `rows` is not empty.
  static absl::StatusOr<FlowEncoding> Fit(WpGanEncoding encoding, const std::vector<HostRow>& rows,
                                          uint64_t seed, const std::function<bool()>& stop);
  // DATA_LOSS says what does not fit. `vectors` are as vectors() has them.
  static absl::StatusOr<FlowEncoding> FromJson(const nlohmann::json& json,
                                               const std::map<std::string, std::vector<float>>& vectors);
  nlohmann::json ToJson() const;
  // Of the word columns, by attribute name: too many numbers for JSON.
  std::map<std::string, std::vector<float>> vectors() const;

  WpGanEncoding encoding() const { return encoding_; }
  int width() const { return width_; }
  int bounded() const { return bounded_; }
  uint64_t memory_bytes() const;  // of the words and their vectors

  void Encode(const HostRow& row, float* out) const;
  // Any numbers; the end time is 0. Scalars are rounded to whole units, a bit is 1 from 0.5 on, vectors go to
  // the nearest word.
  HostRow Decode(const float* encoded) const;

 private:
  enum class Kind { kScalar, kBits, kProtocol, kWord };
  struct Part {
    Kind kind;
    Attribute attribute;
    int octet;  // 0 to 3: of the remote address; -1: the whole attribute
    int width;
    uint64_t low;   // kScalar: value of 0
    uint64_t high;  // and of 1; kBits: the largest value that they hold
  };

  FlowEncoding() = default;
  static std::vector<Part> Layout(WpGanEncoding encoding);
  void Finish();
  int DecodeWord(size_t word_column, const float* vector) const;

  WpGanEncoding encoding_ = WpGanEncoding::kEmbedding;
  std::vector<Part> parts_;
  uint8_t other_protocol_ = 1;  // what the class "other" decodes to
  int dimensions_ = 0;
  std::vector<WordColumn> words_;      // in the order of the kWord parts
  std::vector<PackedMatrix> nearest_;  // a word's score: higher is nearer
  int width_ = 0, bounded_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_FLOW_ENCODING_H_
