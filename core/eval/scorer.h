#ifndef STANFLOW_CORE_EVAL_SCORER_H_
#define STANFLOW_CORE_EVAL_SCORER_H_

#include <array>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/flow/host_row.h"

namespace stanflow {

// Natural-log losses of one row.
struct RowNats {
  // -ln P(attribute | the context's earlier rows, what the row has drawn before), at the recorded resolution.
  std::array<float, kNumAttributes> exact{};
  // The paper's measure (Table 4): -ln of the mass of the right one of 200 equal bins over
  // ln bytes [0, 20.129], ln packets [0, 12.83], duration [0, 363] s; protocol in 3 classes.
  float paper_bytes = 0, paper_packets = 0, paper_duration = 0, paper_protocol = 0;
};

// A model that knows the probability of what it is shown.
class Scorer {
 public:
  virtual ~Scorer() = default;
  // `rows` is one whole context; writes as many results. Thread-safe.
  virtual absl::Status Score(absl::Span<const HostRow> rows, absl::Span<RowNats> out) const = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_SCORER_H_
