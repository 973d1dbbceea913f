#include "core/generate/baselines/b1_generator.h"

#include "core/generate/keyed_context.h"

namespace stanflow {
namespace {

// Leads a saved context: another model's is refused.
constexpr uint32_t kStateMark = 0x42310001;  // "B1", layout 1

class B1Context final : public KeyedContext {
 public:
  using KeyedContext::KeyedContext;

  void Save(std::string* out) const override {
    StateWriter writer(out);
    writer.Put(kStateMark);
    PutCommon(&writer);
  }
  static std::unique_ptr<B1Context> Restore(std::string_view state) {
    StateReader reader(state);
    const auto mark = reader.Get<uint32_t>();
    auto context = std::make_unique<B1Context>(ContextKey());
    context->GetCommon(&reader);
    return reader.at_end() && mark == kStateMark ? std::move(context) : nullptr;
  }
  HostRow Step(const B1Model& model) {
    const HostRow row = model.Draw(Draw(0), clock_ms());
    Advance(row.end_ms);
    return row;
  }
};

}  // namespace

B1Generator::B1Generator(std::shared_ptr<const B1Model> model, uint32_t training_hosts,
                         int64_t default_start_ms)
    : model_(std::move(model)) {
  info_.preset = "b1";
  info_.device = "cpu";
  info_.instruction_set = "scalar";
  info_.memory_bytes = model_->memory_bytes();
  info_.context_bytes = sizeof(B1Context);
  info_.training_hosts = training_hosts;
  info_.default_start_ms = default_start_ms;
  info_.tile_rows = 256;
  info_.least_tile_rows = 32;  // a row costs microseconds: enough of them to be worth handing to a thread
}

std::unique_ptr<Context> B1Generator::NewContext(const ContextKey& key) const {
  return std::make_unique<B1Context>(key);
}

absl::StatusOr<std::unique_ptr<Context>> B1Generator::RestoreContext(std::string_view state) const {
  std::unique_ptr<Context> context = B1Context::Restore(state);
  if (context == nullptr) return absl::DataLossError("this is no saved context of a B1 model");
  return context;
}

absl::Status B1Generator::Step(absl::Span<Context* const> contexts, absl::Span<HostRow> rows) const {
  if (contexts.size() != rows.size() || contexts.size() > static_cast<size_t>(info_.tile_rows)) {
    return absl::InvalidArgumentError("a step takes as many rows as contexts, one tile at most");
  }
  for (size_t i = 0; i < contexts.size(); ++i) {
    rows[i] = static_cast<B1Context*>(contexts[i])->Step(*model_);
  }
  return absl::OkStatus();
}

}  // namespace stanflow
