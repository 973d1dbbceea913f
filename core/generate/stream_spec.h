#ifndef STANFLOW_CORE_GENERATE_STREAM_SPEC_H_
#define STANFLOW_CORE_GENERATE_STREAM_SPEC_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "core/flow/address.h"

namespace stanflow {

inline constexpr uint32_t kMaxStreamHosts = 65536;

// Hosts of a stream that names none: the model's own number, else the training data's, but no more than fill
// a server's batches.
constexpr uint32_t DefaultHosts(uint32_t own, uint32_t training_hosts) {
  constexpr uint32_t kEnough = 90;
  if (own > 0) return own;
  return training_hosts < 1 ? 1 : training_hosts < kEnough ? training_hosts : kEnough;
}

// What a stream of flows is made from. With a model version it decides every flow.
struct StreamSpec {
  uint64_t seed = 0;
  uint32_t stream = 0;
  uint32_t hosts = 1;  // contexts, 1 to kMaxStreamHosts
  // Host i gets address home.network + 1 + i.
  Cidr home{0x0A000000, 16};
  int64_t start_ms = 0;
  // At most one; neither is unbounded.
  std::optional<uint64_t> rows;
  std::optional<int64_t> duration_ms;  // flows that end before start_ms + duration_ms
};

// INVALID_ARGUMENT names the field, what is wrong with it and what would do.
absl::Status ValidateStreamSpec(const StreamSpec& spec);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_STREAM_SPEC_H_
