#include "core/generate/torch_scorer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/paper_net.h"
#include "core/model/torch_device.h"

namespace stanflow {
namespace {

// Rows a forward pass: bounds the memory of the widest head. Later passes repeat kOverlap rows as context.
constexpr size_t kPassRows = 2048;
constexpr size_t kOverlap = 81;

constexpr int kPaperBins = 200;

// The bin of the paper's Table 4 that holds `value`: [low, high) in the value's own units.
void PaperBin(double value, bool logarithmic, double scale, double* low, double* high) {
  const double width = scale / kPaperBins;
  const double f = logarithmic ? std::log(std::max(value, 1.0)) : value;
  const double bin = std::clamp(std::floor(f / width), 0.0, kPaperBins - 1.0);
  const auto edge = [&](double b) { return logarithmic ? std::exp(b * width) : b * width; };
  *low = bin == 0 ? 0 : edge(bin);
  *high = bin == kPaperBins - 1 ? std::numeric_limits<double>::infinity() : edge(bin + 1);
}

float ProtocolClassNats(const Head& head, const float* p, const HostRow& row) {
  if (row.protocol == 6 || row.protocol == 17)
    return static_cast<float>(head.RangeNats(p, row, row.protocol, row.protocol + 1));
  const double known = std::exp(-head.RangeNats(p, row, 6, 7)) + std::exp(-head.RangeNats(p, row, 17, 18));
  return static_cast<float>(-std::log(std::max(1 - known, 1e-38)));
}

class TorchScorer final : public Scorer {
 public:
  TorchScorer(Bundle bundle, const std::string& device) : bundle_(std::move(bundle)), device_(device) {
    for (const auto& net : bundle_.model->nets) net->to(device_);
  }

  absl::Status Score(absl::Span<const HostRow> rows, absl::Span<RowNats> out) const override {
    try {
      MakeTorchRepeatable();
      at::InferenceMode no_grad;
      for (size_t begin = 0; begin < rows.size(); begin += kPassRows) {
        const size_t end = std::min(begin + kPassRows, rows.size());
        ScorePass(rows, begin, end, out.subspan(begin, end - begin));
      }
    } catch (const std::exception& e) {
      return absl::InternalError(absl::StrCat("scoring: ", e.what()));
    }
    return absl::OkStatus();
  }

 private:
  void ScorePass(absl::Span<const HostRow> rows, size_t begin, size_t end, absl::Span<RowNats> out) const {
    const StanModel& model = *bundle_.model;
    const size_t from = begin - std::min(begin, kOverlap);
    const absl::Span<const HostRow> pass = rows.subspan(from, end - from);
    EncodedRows encoded;
    AppendRows(model.outputs, pass, 0, &encoded);
    RowBatch batch = MakeRowBatch(encoded, device_);
    if (model.options.preset == Preset::kPaper) batch.windows = MakeWindows(pass, 0).to(device_);
    for (RowNats& nats : out) nats = RowNats();
    for (const auto& net : model.nets) {
      const std::vector<at::Tensor> raw = net->Forward(batch);
      for (int i = 0; i < net->num_outputs(); ++i) {
        const int o = net->first_output() + i;
        const at::Tensor p = model.heads[o]->Normalise(raw[i]).cpu();
        AddOutput(o, p.data_ptr<float>() + (begin - from) * model.heads[o]->width(), model.heads[o]->width(),
                  rows.subspan(begin, end - begin), out);
      }
    }
    for (size_t o = 0; o < model.outputs.outputs.size(); ++o) {
      const Output& output = model.outputs.outputs[o];
      if (output.head != HeadKind::kMarginal) continue;
      std::vector<float> p;
      for (float log_p : output.log_marginal) p.push_back(std::exp(log_p));
      AddOutput(static_cast<int>(o), p.data(), 0, rows.subspan(begin, end - begin), out);
    }
  }

  // `stride` 0: the same parameters for all rows.
  void AddOutput(int o, const float* parameters, int stride, absl::Span<const HostRow> rows,
                 absl::Span<RowNats> out) const {
    const Head& head = *bundle_.model->heads[o];
    const Attribute attribute = bundle_.model->outputs.outputs[o].attribute;
    for (size_t i = 0; i < rows.size(); ++i, parameters += stride) {
      const HostRow& row = rows[i];
      out[i].exact[static_cast<int>(attribute)] += static_cast<float>(head.ExactNats(parameters, row));
      double low = 0, high = 0;
      switch (attribute) {
        case Attribute::kBytes:
          PaperBin(static_cast<double>(row.bytes), true, 20.129, &low, &high);
          out[i].paper_bytes = static_cast<float>(head.RangeNats(parameters, row, low, high));
          break;
        case Attribute::kPackets:
          PaperBin(static_cast<double>(row.packets), true, 12.83, &low, &high);
          out[i].paper_packets = static_cast<float>(head.RangeNats(parameters, row, low, high));
          break;
        case Attribute::kDuration:
          PaperBin(static_cast<double>(row.duration_ms), false, 363000, &low, &high);
          out[i].paper_duration = static_cast<float>(head.RangeNats(parameters, row, low, high));
          break;
        case Attribute::kProtocol:
          out[i].paper_protocol = ProtocolClassNats(head, parameters, row);
          break;
        default:
          break;
      }
    }
  }

  const Bundle bundle_;
  const at::Device device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Scorer>> MakeTorchScorer(Bundle bundle, const std::string& device) {
  try {
    return std::unique_ptr<Scorer>(std::make_unique<TorchScorer>(std::move(bundle), device));
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("loading onto ", device, ": ", e.what()));
  }
}

}  // namespace stanflow
