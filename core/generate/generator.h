#ifndef STANFLOW_CORE_GENERATE_GENERATOR_H_
#define STANFLOW_CORE_GENERATE_GENERATOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/flow/host_row.h"
#include "core/generate/flow_stream.h"
#include "core/generate/stream_spec.h"

namespace stanflow {

// What names a generating context: with the model it decides every flow that the context makes.
struct ContextKey {
  uint64_t seed = 0;
  uint32_t stream = 0;
  uint32_t context = 0;  // the host's index within its stream
  int64_t start_ms = 0;  // clock at which the context starts
};

// Everything one generating host remembers: its clock, its next row's number and what its
// model keeps of earlier rows. Fixed size for a model. Owned by its stream; stepped by one
// thread at a time; must not outlive its generator.
class Context {
 public:
  virtual ~Context() = default;
  // Number of rows made so far.
  virtual uint64_t rows() const = 0;
  // Clock: end of the last row, or the start.
  virtual int64_t clock_ms() const = 0;
  // Appends the whole state to `out`, in a form that RestoreContext of the same model, build
  // and kind of device reads. The key is part of it.
  virtual void Save(std::string* out) const = 0;
  virtual std::unique_ptr<Context> Copy() const = 0;
};

struct GeneratorInfo {
  std::string preset;           // name of the kind of model
  std::string device;           // "cpu", "cuda:0"
  std::string instruction_set;  // "avx2", "avx512", ...: flows are the same for the same one
  uint64_t memory_bytes = 0;    // of the weights
  uint64_t context_bytes = 0;   // of one context
  uint32_t training_hosts = 0;
  uint32_t default_hosts = 0;    // the model's own (DefaultHosts); 0: it has none
  int64_t default_start_ms = 0;  // midnight before the training data's first flow
  // Contexts that one tile holds at most. Step's work is split into tiles.
  int tile_rows = 1;
  // A tile of at least so many contexts costs in proportion to them. 0: it costs the same full or not.
  int least_tile_rows = 0;
};

// A loaded model that makes flows. Immutable after load: Step may be called concurrently as
// long as no context is in two calls at once. A context's rows depend on its key and the
// model alone, never on which other contexts are stepped with it.
class Generator {
 public:
  virtual ~Generator() = default;
  virtual const GeneratorInfo& info() const = 0;
  virtual std::unique_ptr<Context> NewContext(const ContextKey& key) const = 0;
  // DATA_LOSS if `state` is not what Save of such a generator wrote.
  virtual absl::StatusOr<std::unique_ptr<Context>> RestoreContext(std::string_view state) const = 0;
  // Moves every context on by one flow and writes it to the same place of `rows`. At most
  // `info().tile_rows` contexts, all made by this generator and distinct. On an error no
  // context may be used again.
  virtual absl::Status Step(absl::Span<Context* const> contexts, absl::Span<HostRow> rows) const = 0;
  // The flows of `spec`, which is valid, from the flow `first_row` on, by a shorter way than stepping
  // contexts: the same flows. Null where there is none. The stream must not outlive the generator.
  virtual std::unique_ptr<FlowStream> OpenStream(const StreamSpec& spec, uint64_t first_row) const {
    return nullptr;
  }
  // Moves every context on by a given flow, as if Step had drawn it: real history, to be continued. Under
  // the same conditions as Step.
  virtual absl::Status Follow(absl::Span<Context* const> contexts, absl::Span<const HostRow> rows) const = 0;
};

// INVALID_ARGUMENT unless a call of Step or Follow has as many rows as contexts, one tile at most.
inline absl::Status CheckStep(const GeneratorInfo& info, size_t contexts, size_t rows) {
  if (contexts == rows && contexts <= static_cast<size_t>(info.tile_rows)) return absl::OkStatus();
  return absl::InvalidArgumentError("a step takes as many rows as contexts, one tile at most");
}

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_GENERATOR_H_
