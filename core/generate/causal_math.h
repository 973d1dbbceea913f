#ifndef STANFLOW_CORE_GENERATE_CAUSAL_MATH_H_
#define STANFLOW_CORE_GENERATE_CAUSAL_MATH_H_

#include <cstdint>
#include <memory>

#include "absl/types/span.h"
#include "core/generate/net_context.h"

namespace stanflow {

// Sizes of a causal model's nets, and where a context keeps what. The nets' channels lie side by side.
//
// A context's memory, in rows of channels() floats: the trunks' outputs for the next row, then for every
// layer with dilation d a ring of its last 2d inputs.
struct CausalShape {
  int64_t nets = 0, width = 0, state = 0;

  int64_t channels() const { return nets * width; }
  int64_t context_floats() const;
  // The inputs of a layer that a step reads: those of 2d and of d rows ago, each channels() floats. The older
  // one's place is where the step's own input goes.
  float* OldestInput(NetContext* context, int layer) const;
  const float* MiddleInput(NetContext* context, int layer) const;

 private:
  float* Ring(NetContext* context, int layer, uint64_t back) const;
};

// The numbers of one step of up to kTileRows contexts: all that lies between their memory and the draws.
// Calls come in this order: Begin; for every output in drawing order Parameters, then See if later outputs
// look at it; Advance. Begin may come again at any time, if contexts changed. Has scratch memory of its own,
// so it is one thread's at a time; made for reuse.
class CausalStep {
 public:
  static constexpr int kTileRows = 64;
  // One row of numbers a context.
  struct Rows {
    const float* first = nullptr;
    int64_t stride = 0;
    const float* operator[](size_t r) const { return first + static_cast<int64_t>(r) * stride; }
  };

  virtual ~CausalStep() = default;
  // `clocks` [contexts][2], as ClockOf gives them. `contexts` must stay until Advance.
  virtual void Begin(absl::Span<NetContext* const> contexts, absl::Span<const float> clocks) = 0;
  // Probabilities of output `o`'s classes; good until the next call.
  virtual Rows Parameters(size_t o) = 0;
  // Adds a row of the state embeddings to each context's state, for the outputs after `o`.
  virtual void See(size_t o, absl::Span<const int64_t> index) = 0;
  // Feeds the drawn rows to the trunks: rings and outputs move on (the contexts' clocks and counts don't).
  // `index` are rows of the row embeddings, as many for each context; `numbers` [contexts][kRowNumbers].
  virtual void Advance(absl::Span<const int64_t> index, absl::Span<const float> numbers) = 0;
};

// A loaded model's weights as one kind of device wants them. Immutable: any number of threads may call.
class CausalMath {
 public:
  virtual ~CausalMath() = default;
  // Must not outlive this.
  virtual std::unique_ptr<CausalStep> NewStep() const = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_CAUSAL_MATH_H_
