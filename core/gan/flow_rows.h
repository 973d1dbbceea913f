#ifndef STANFLOW_CORE_GAN_FLOW_ROWS_H_
#define STANFLOW_CORE_GAN_FLOW_ROWS_H_

#include <cstdint>

#include "core/base/philox.h"
#include "core/flow/host_row.h"

namespace stanflow {

// What a GAN draws flows by, besides its net: the net's inputs and the row that its outputs stand for, each
// decided by the row's key alone. Immutable; thread-safe.
class FlowRows {
 public:
  virtual ~FlowRows() = default;
  // Floats that WriteInput fills, and that Decode reads.
  virtual int inputs() const = 0;
  virtual int outputs() const = 0;
  virtual void WriteInput(const DrawKey& key, float* input) const = 0;
  // All of the row but its end time.
  virtual HostRow Decode(const DrawKey& key, const float* outputs) const = 0;
  // Of what it holds besides the net, as far as that grows with what it was trained on.
  virtual uint64_t memory_bytes() const = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_FLOW_ROWS_H_
