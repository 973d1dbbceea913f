#ifndef STANFLOW_CORE_CODEC_OUTPUT_SET_H_
#define STANFLOW_CORE_CODEC_OUTPUT_SET_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/codec/class_codec.h"
#include "core/codec/continuous_codec.h"
#include "core/codec/marginal_counts.h"
#include "core/flow/host_row.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// What makes the distribution of an output.
enum class HeadKind {
  kSoftmax,   // a net's logits over the codec's classes
  kMixture,   // a net's Gaussian mixture over the scaled value
  kMarginal,  // no net: the training rows' frequencies (attributes that a preset does not model)
};

// A value of a row: an attribute, or with `octet` 0 to 3 that octet of the remote address.
uint64_t RowValue(const HostRow& row, Attribute attribute, int octet);
// Packets and bytes are clamped to what a record may hold.
void SetRowValue(HostRow* row, Attribute attribute, int octet, uint64_t value);

// One draw of a row: an attribute, or one octet of the remote address.
struct Output {
  Attribute attribute = Attribute::kTimeDelta;
  int octet = -1;  // 0 to 3: that octet of the address; -1: the whole attribute
  HeadKind head = HeadKind::kSoftmax;
  std::shared_ptr<const ClassCodec> classes;          // kSoftmax, kMarginal
  std::shared_ptr<const ContinuousCodec> continuous;  // kMixture
  // Natural logarithms of the classes' training frequencies, Laplace + 1 (kSoftmax, kMarginal).
  std::vector<float> log_marginal;
  // 257 quantiles of the training values (kMixture): what a first context is drawn from.
  std::vector<uint64_t> quantiles;

  // "remote_address.2", "bytes".
  std::string name() const;
  uint64_t ValueOf(const HostRow& row) const { return RowValue(row, attribute, octet); }
  void SetValue(HostRow* row, uint64_t value) const { SetRowValue(row, attribute, octet, value); }
  // What scales the classes' bins (ClassCodec): the row's packets, or 1.
  uint64_t GivenOf(const HostRow& row) const;
  // kSoftmax, kMarginal.
  Code Encode(const HostRow& row) const { return classes->Encode(ValueOf(row), GivenOf(row)); }
};

// The outputs of a model in drawing order, with their fitted codecs.
struct OutputSet {
  std::vector<Output> outputs;

  nlohmann::json ToJson() const;
  static absl::StatusOr<OutputSet> FromJson(const nlohmann::json& json);
};

// The default preset's outputs: everything through softmax heads over learned vocabularies and bins.
// With `independent` (mask A) no codec looks at another attribute of the row.
absl::StatusOr<OutputSet> FitCausalOutputs(const MarginalCounts& counts, bool independent);

// The paper's outputs (STAN section 8.2): mixtures for delta, packets, bytes and duration,
// softmax for protocol (TCP, UDP, other), direction, ports (1,670 classes) and octets; TCP flags
// and ToS, which the paper does not model, by their marginals.
absl::StatusOr<OutputSet> FitPaperOutputs(const MarginalCounts& counts);

}  // namespace stanflow

#endif  // STANFLOW_CORE_CODEC_OUTPUT_SET_H_
