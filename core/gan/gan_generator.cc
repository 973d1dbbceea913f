#include "core/gan/gan_generator.h"

#include <ATen/ATen.h>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/gan/row_net.h"
#include "core/generate/net_context.h"
#include "core/model/torch_device.h"

namespace stanflow {
namespace {

constexpr int kTileRows = 64;
// On the CPU, where a row costs the same in any company: enough of them to be worth handing to a thread.
constexpr int kLeastTileRows = 4;

class GanGenerator final : public Generator {
 public:
  GanGenerator(const GeneratorNet& net, std::unique_ptr<const FlowRows> rows, const std::string& device,
               GeneratorInfo info)
      : rows_(std::move(rows)), net_(net, at::Device(device)), info_(std::move(info)) {
    info_.device = device;
    info_.instruction_set = InstructionSet(device);
    info_.memory_bytes = rows_->memory_bytes();
    for (const at::Tensor& p : net.parameters()) info_.memory_bytes += p.nbytes();
    info_.context_bytes = sizeof(NetContext);
    info_.tile_rows = kTileRows;
    info_.least_tile_rows = on_cpu() ? kLeastTileRows : 0;
  }

  const GeneratorInfo& info() const override { return info_; }

  std::unique_ptr<Context> NewContext(const ContextKey& key) const override {
    return std::make_unique<NetContext>(key, 0);
  }

  absl::StatusOr<std::unique_ptr<Context>> RestoreContext(std::string_view state) const override {
    return NetContext::Restore(state, 0);
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

  // Rows do not depend on earlier ones: history moves the clock and the row's number.
  absl::Status Follow(absl::Span<Context* const> contexts, absl::Span<const HostRow> rows) const override {
    STANFLOW_RETURN_IF_ERROR(CheckStep(info_, contexts.size(), rows.size()));
    for (size_t i = 0; i < contexts.size(); ++i) {
      static_cast<NetContext*>(contexts[i])->Advance(rows[i].end_ms);
    }
    return absl::OkStatus();
  }

 private:
  bool on_cpu() const { return at::Device(info_.device).is_cpu(); }

  void DrawRows(absl::Span<Context* const> contexts, absl::Span<HostRow> rows) const {
    // Off the CPU a row's result holds for one number of rows only.
    const auto tile = on_cpu() ? static_cast<int64_t>(contexts.size()) : kTileRows;
    const at::Tensor inputs = at::zeros({tile, rows_->inputs()});
    float* input = inputs.data_ptr<float>();
    for (size_t i = 0; i < contexts.size(); ++i, input += rows_->inputs()) {
      rows_->WriteInput(static_cast<NetContext*>(contexts[i])->Draw(0), input);
    }
    const at::Tensor outputs = net_(inputs);
    const float* output = outputs.data_ptr<float>();
    for (size_t i = 0; i < contexts.size(); ++i, output += rows_->outputs()) {
      auto& context = *static_cast<NetContext*>(contexts[i]);
      rows[i] = rows_->Decode(context.Draw(0), output);
      rows[i].end_ms = context.clock_ms() + int64_t{1000} * rows[i].time_delta_s;
      context.Advance(rows[i].end_ms);
    }
  }

  const std::unique_ptr<const FlowRows> rows_;
  const RowNet net_;
  GeneratorInfo info_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Generator>> MakeGanGenerator(const GeneratorNet& net,
                                                            std::unique_ptr<const FlowRows> rows,
                                                            const std::string& device, GeneratorInfo info) {
  try {
    return std::unique_ptr<Generator>(
        std::make_unique<GanGenerator>(net, std::move(rows), device, std::move(info)));
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("loading onto ", device, ": ", e.what()));
  }
}

}  // namespace stanflow
