#include "core/generate/row_model.h"

#include <utility>

#include "core/base/status_macros.h"
#include "core/generate/keyed_context.h"

namespace stanflow {
namespace {

// Leads a saved context, so that what no row model saved is refused. Who keeps contexts keeps them apart by
// their model (SnapshotKey of resume_token.h).
constexpr uint32_t kStateMark = 0x524F0001;  // "RO", layout 1

class RowContext final : public KeyedContext {
 public:
  using KeyedContext::KeyedContext;

  void Save(std::string* out) const override {
    StateWriter writer(out);
    writer.Put(kStateMark);
    PutCommon(&writer);
    writer.Put(previous_.end_ms);
    for (int a = 0; a < kNumAttributes; ++a) writer.Put(previous_.Get(static_cast<Attribute>(a)));
  }
  static std::unique_ptr<RowContext> Restore(std::string_view state) {
    StateReader reader(state);
    const auto mark = reader.Get<uint32_t>();
    auto context = std::make_unique<RowContext>(ContextKey());
    context->GetCommon(&reader);
    context->previous_.end_ms = reader.Get<int64_t>();
    for (int a = 0; a < kNumAttributes; ++a)
      context->previous_.Set(static_cast<Attribute>(a), reader.Get<uint64_t>());
    return reader.at_end() && mark == kStateMark ? std::move(context) : nullptr;
  }
  std::unique_ptr<Context> Copy() const override { return std::make_unique<RowContext>(*this); }

  HostRow Step(const RowModel& model) {
    Follow(model.Draw(Draw(0), clock_ms(), rows() == 0 ? nullptr : &previous_));
    return previous_;
  }
  void Follow(const HostRow& row) {
    previous_ = row;
    Advance(row.end_ms);
  }

 private:
  HostRow previous_;  // of no meaning before the first row
};

class RowGenerator final : public Generator {
 public:
  RowGenerator(std::shared_ptr<const RowModel> model, GeneratorInfo info)
      : model_(std::move(model)), info_(std::move(info)) {
    info_.device = "cpu";
    info_.instruction_set = "scalar";
    info_.memory_bytes = model_->memory_bytes();
    info_.context_bytes = sizeof(RowContext);
    info_.tile_rows = 256;
    info_.least_tile_rows = 32;  // a row costs microseconds: enough of them to be worth handing to a thread
  }

  const GeneratorInfo& info() const override { return info_; }

  std::unique_ptr<Context> NewContext(const ContextKey& key) const override {
    return std::make_unique<RowContext>(key);
  }

  absl::StatusOr<std::unique_ptr<Context>> RestoreContext(std::string_view state) const override {
    std::unique_ptr<Context> context = RowContext::Restore(state);
    if (context == nullptr) return absl::DataLossError("this is no saved context of such a model");
    return context;
  }

  std::unique_ptr<FlowStream> OpenStream(const StreamSpec& spec, uint64_t first_row) const override {
    return model_->OpenStream(spec, first_row);
  }

  absl::Status Step(absl::Span<Context* const> contexts, absl::Span<HostRow> rows) const override {
    STANFLOW_RETURN_IF_ERROR(CheckStep(info_, contexts.size(), rows.size()));
    for (size_t i = 0; i < contexts.size(); ++i) {
      rows[i] = static_cast<RowContext*>(contexts[i])->Step(*model_);
    }
    return absl::OkStatus();
  }

  absl::Status Follow(absl::Span<Context* const> contexts, absl::Span<const HostRow> rows) const override {
    STANFLOW_RETURN_IF_ERROR(CheckStep(info_, contexts.size(), rows.size()));
    for (size_t i = 0; i < contexts.size(); ++i) static_cast<RowContext*>(contexts[i])->Follow(rows[i]);
    return absl::OkStatus();
  }

 private:
  const std::shared_ptr<const RowModel> model_;
  GeneratorInfo info_;
};

class RowScorer final : public Scorer {
 public:
  explicit RowScorer(std::shared_ptr<const ScoredRowModel> model) : model_(std::move(model)) {}

  absl::Status Score(absl::Span<const HostRow> rows, absl::Span<RowNats> out) const override {
    if (rows.size() != out.size()) return absl::InvalidArgumentError("scores need as many places as rows");
    for (size_t i = 0; i < rows.size(); ++i) out[i] = model_->Score(rows[i], i == 0 ? nullptr : &rows[i - 1]);
    return absl::OkStatus();
  }

 private:
  const std::shared_ptr<const ScoredRowModel> model_;
};

}  // namespace

std::unique_ptr<Generator> MakeRowGenerator(std::shared_ptr<const RowModel> model, GeneratorInfo info) {
  return std::make_unique<RowGenerator>(std::move(model), std::move(info));
}

std::unique_ptr<Scorer> MakeRowScorer(std::shared_ptr<const ScoredRowModel> model) {
  return std::make_unique<RowScorer>(std::move(model));
}

}  // namespace stanflow
