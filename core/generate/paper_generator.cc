#include "core/generate/paper_generator.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/generate/net_context.h"
#include "core/generate/torch_row_product.h"
#include "core/model/paper_net.h"
#include "core/model/torch_device.h"

namespace stanflow {
namespace {

constexpr int kTileRows = 16;
constexpr int kPreviousRows = kWindowRows - 1;
constexpr int kPreviousFloats = kPreviousRows * kWindowColumns;
constexpr int kWindowFloats = kWindowRows * kWindowColumns;
// Draws of the first window have slots of their own: 64 a row from here on.
constexpr int kFirstWindowSlot = 0x400;

class PaperGenerator final : public Generator {
 public:
  PaperGenerator(Bundle bundle, const std::string& device)
      : bundle_(std::move(bundle)),
        model_(*bundle_.model),
        device_(device),
        net_of_output_(model_.heads.size()) {
    for (const auto& net : model_.nets) {
      net->to(device_);
      // Every net of this preset is one.
      auto* const paper = static_cast<PaperNet*>(net.get());
      net_of_output_[net->first_output()] = {paper, {paper->HeadWeight(), paper->HeadBias(), device_}};
    }
    info_.preset = PresetName(model_.options.preset);
    info_.device = device;
    info_.instruction_set = InstructionSet(device);
    info_.memory_bytes = 4 * static_cast<uint64_t>(model_.NumParameters());
    info_.context_bytes = sizeof(NetContext) + sizeof(float) * kPreviousFloats;
    info_.training_hosts = bundle_.info.hosts;
    info_.default_start_ms = bundle_.info.default_start_ms;
    info_.tile_rows = kTileRows;
    for (const Output& output : model_.outputs.outputs) {
      std::vector<float> p;
      for (float log_p : output.log_marginal) p.push_back(std::exp(log_p));
      marginals_.push_back(std::move(p));
    }
  }

  const GeneratorInfo& info() const override { return info_; }

  std::unique_ptr<Context> NewContext(const ContextKey& key) const override {
    auto context = std::make_unique<NetContext>(key, kPreviousFloats);
    for (int r = 0; r < kPreviousRows; ++r) {
      HostRow row;
      for (size_t o = 0; o < model_.outputs.outputs.size(); ++o) {
        const auto u =
            Uniform2(context->Draw(static_cast<uint16_t>(kFirstWindowSlot + 64 * r + static_cast<int>(o))));
        DrawMarginal(o, u, &row);
      }
      row.end_ms = key.start_ms + int64_t{1000} * row.time_delta_s;
      PaperColumns(row, context->memory() + r * kWindowColumns);
    }
    return context;
  }

  absl::StatusOr<std::unique_ptr<Context>> RestoreContext(std::string_view state) const override {
    return NetContext::Restore(state, kPreviousFloats);
  }

  absl::Status Step(absl::Span<Context* const> contexts, absl::Span<HostRow> rows) const override {
    STANFLOW_RETURN_IF_ERROR(CheckStep(info_, contexts.size(), rows.size()));
    try {
      MakeTorchRepeatable();
      at::InferenceMode no_grad;
      DrawRows(contexts, rows);
    } catch (const std::exception& e) {
      return absl::InternalError(absl::StrCat("generating on ", info_.device, ": ", e.what()));
    }
    return absl::OkStatus();
  }

  absl::Status Follow(absl::Span<Context* const> contexts, absl::Span<const HostRow> rows) const override {
    STANFLOW_RETURN_IF_ERROR(CheckStep(info_, contexts.size(), rows.size()));
    for (size_t i = 0; i < contexts.size(); ++i) Remember(rows[i], static_cast<NetContext*>(contexts[i]));
    return absl::OkStatus();
  }

 private:
  // The window moves down by a row.
  static void Remember(const HostRow& row, NetContext* context) {
    float* previous = context->memory();
    std::copy(previous + kWindowColumns, previous + kPreviousFloats, previous);
    PaperColumns(row, previous + kPreviousFloats - kWindowColumns);
    context->Advance(row.end_ms);
  }

  void DrawMarginal(size_t o, std::array<double, 2> u, HostRow* row) const {
    const Output& output = model_.outputs.outputs[o];
    if (output.head != HeadKind::kMixture)
      return model_.heads[o]->Draw(marginals_[o].data(), u[0], u[1], row);
    const size_t steps = output.quantiles.size() - 1;
    output.SetValue(row, output.quantiles[static_cast<size_t>(u[0] * static_cast<double>(steps))]);
  }

  void DrawRows(absl::Span<Context* const> contexts, absl::Span<HostRow> rows) const {
    at::Tensor windows = at::zeros({kTileRows, kWindowRows, kWindowColumns});
    float* const window = windows.data_ptr<float>();
    for (size_t i = 0; i < contexts.size(); ++i) {
      auto& context = *static_cast<NetContext*>(contexts[i]);
      std::memcpy(window + i * kWindowFloats, context.memory(), sizeof(float) * kPreviousFloats);
      rows[i] = HostRow();
      rows[i].end_ms = context.clock_ms();
    }
    for (size_t o = 0; o < model_.heads.size(); ++o) {
      for (size_t i = 0; i < rows.size(); ++i)
        PaperColumns(rows[i], window + i * kWindowFloats + kPreviousFloats);
      DrawOutput(o, windows, contexts, rows);
    }
    for (size_t i = 0; i < contexts.size(); ++i) Remember(rows[i], static_cast<NetContext*>(contexts[i]));
  }

  void DrawOutput(size_t o, const at::Tensor& windows, absl::Span<Context* const> contexts,
                  absl::Span<HostRow> rows) const {
    at::Tensor p;
    if (const auto& [net, head] = net_of_output_[o]; net != nullptr) {
      p = model_.heads[o]->Normalise(head(net->Features(windows.to(device_)))).cpu();
    }
    const int64_t width = model_.heads[o]->width();
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto u = Uniform2(static_cast<NetContext*>(contexts[i])->Draw(static_cast<uint16_t>(o)));
      if (net_of_output_[o].net == nullptr) {
        DrawMarginal(o, u, &rows[i]);
      } else {
        model_.heads[o]->Draw(p.data_ptr<float>() + static_cast<int64_t>(i) * width, u[0], u[1], &rows[i]);
      }
      if (model_.outputs.outputs[o].attribute == Attribute::kTimeDelta) {
        rows[i].end_ms += int64_t{1000} * rows[i].time_delta_s;
      }
    }
  }

  const Bundle bundle_;
  const StanModel& model_;
  const at::Device device_;
  struct OutputNet {
    PaperNet* net = nullptr;  // none: by the marginal
    RowProduct head;
  };
  std::vector<OutputNet> net_of_output_;
  std::vector<std::vector<float>> marginals_;  // one an output; empty for mixtures
  GeneratorInfo info_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Generator>> MakePaperGenerator(Bundle bundle, const std::string& device) {
  try {
    return std::unique_ptr<Generator>(std::make_unique<PaperGenerator>(std::move(bundle), device));
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("loading onto ", device, ": ", e.what()));
  }
}

}  // namespace stanflow
