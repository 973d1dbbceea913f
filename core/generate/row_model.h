#ifndef STANFLOW_CORE_GENERATE_ROW_MODEL_H_
#define STANFLOW_CORE_GENERATE_ROW_MODEL_H_

#include <cstdint>
#include <memory>

#include "core/base/philox.h"
#include "core/eval/scorer.h"
#include "core/flow/host_row.h"
#include "core/generate/generator.h"

namespace stanflow {

// A model of which a row depends on its host's previous row at most, small enough that a row costs
// microseconds on one core. What a model of the kind needs beyond this to be served is written
// once: MakeRowGenerator, MakeRowScorer. Immutable: safe to use concurrently.
class RowModel {
 public:
  virtual ~RowModel() = default;
  // A row whose clock is `clock_ms` plus the drawn delta. Every random number is named by `key`
  // with a slot of the model's own; `previous` is null for a context's first row.
  virtual HostRow Draw(DrawKey key, int64_t clock_ms, const HostRow* previous) const = 0;
  // As Generator::OpenStream.
  virtual std::unique_ptr<FlowStream> OpenStream(const StreamSpec& spec, uint64_t first_row) const {
    return nullptr;
  }
  virtual uint64_t memory_bytes() const = 0;
};

// One that also knows the probability of a row.
class ScoredRowModel : public RowModel {
 public:
  virtual RowNats Score(const HostRow& row, const HostRow* previous) const = 0;
};

// `info`: preset, training_hosts and default_start_ms; the rest is filled in. Computes on the CPU, and a
// row is the same on every machine whose logarithm and cosine agree.
std::unique_ptr<Generator> MakeRowGenerator(std::shared_ptr<const RowModel> model, GeneratorInfo info);
std::unique_ptr<Scorer> MakeRowScorer(std::shared_ptr<const ScoredRowModel> model);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_ROW_MODEL_H_
