#ifndef STANFLOW_CORE_MODEL_HEAD_H_
#define STANFLOW_CORE_MODEL_HEAD_H_

#include <ATen/core/Tensor.h>

#include <memory>

#include "core/codec/output_set.h"
#include "core/flow/host_row.h"

namespace stanflow {

// What a head's loss is taken against: one output's columns of EncodedRows on the net's device.
struct Targets {
  at::Tensor cls, alt;                  // [n] int64
  at::Tensor log_share, alt_log_share;  // [n] float
  at::Tensor scaled;                    // [n] float
};

// The distribution of one output, given the parameters that a net computes for it (STAN
// section 4.2). Knows nothing of nets: what a later head copies from comes in as parameters.
// Randomness is an argument. Immutable; thread-safe.
class Head {
 public:
  virtual ~Head() = default;
  // Numbers a row that the net computes.
  virtual int width() const = 0;
  // Training loss of each row, nats [n], differentiable in `raw` [n, width]. For a mixture a
  // density (equation 6), for classes the exact -ln of the value's mass.
  virtual at::Tensor Loss(const at::Tensor& raw, const Targets& targets) const = 0;
  // From the net's numbers to what the functions below read: probabilities (softmax) or
  // ln weights, means, ln deviations (mixture). [n, width], contiguous.
  virtual at::Tensor Normalise(const at::Tensor& raw) const = 0;

  // `parameters`: one row of Normalise, in host memory. `row` holds everything drawn before.
  // -ln of the mass of the row's own value at its recorded resolution.
  virtual double ExactNats(const float* parameters, const HostRow& row) const = 0;
  // -ln of the mass of all values in [low, high).
  virtual double RangeNats(const float* parameters, const HostRow& row, double low, double high) const = 0;
  // Draws the output and sets it in `row`. `u0` chooses the class or component, `u1` inside it; both in [0,
  // 1).
  virtual void Draw(const float* parameters, double u0, double u1, HostRow* row) const = 0;
};

// The head that `output.head` names (kMarginal: a softmax head whose parameters are the
// training frequencies). `output` must outlive it.
std::unique_ptr<Head> MakeHead(const Output* output);

inline constexpr int kMixtureComponents = 10;  // K of STAN's mixture density layers

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_HEAD_H_
