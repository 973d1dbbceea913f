#include "core/generate/causal_generator.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "core/generate/torch_context.h"
#include "core/generate/torch_row_product.h"
#include "core/model/causal_net.h"
#include "core/model/torch_device.h"

namespace stanflow {
namespace {

constexpr int kTileRows = 64;
constexpr int kLayers = static_cast<int>(kDilations.size());

// The weights of all nets, stacked so that one operation serves them all. N nets, W channels, S state.
struct StackedWeights {
  int64_t nets = 0, width = 0, state = 0;
  at::Tensor row_embedding, state_embedding;  // [vocabulary, N * W], [vocabulary, N * S]
  at::Tensor start;                           // [N, W], on the CPU
  RowProduct numbers, clock;                  // numbers -> N * W, 2 -> N * S
  std::array<RowProduct, kLayers> conv;       // a net: 3W -> W
  RowProduct trunk;                           // a net: W -> W
  struct HeadWeights {
    int64_t net = 0;
    RowProduct hidden_of_trunk, hidden_of_state, out;  // W -> H, S -> H, H -> classes
  };
  std::vector<HeadWeights> heads;  // one an output
};

StackedWeights Stack(const StanModel& model, const at::Device& device, RowProduct::Kernel kernel) {
  StackedWeights s;
  s.nets = static_cast<int64_t>(model.nets.size());
  s.width = model.options.width;
  s.state = model.options.state;
  std::vector<std::map<std::string, at::Tensor>> nets;
  for (const auto& net : model.nets) {
    nets.emplace_back();
    for (const auto& item : net->named_parameters()) nets.back()[item.key()] = item.value().detach().cpu();
  }
  const auto each = [&](const std::string& name) {
    std::vector<at::Tensor> list;
    for (const auto& net : nets) list.push_back(net.at(name));
    return list;
  };
  const auto put = [&](const at::Tensor& t) { return t.contiguous().to(device); };
  s.row_embedding = put(at::cat(each("row_embedding"), 1));
  s.state_embedding = put(at::cat(each("state_embedding"), 1));
  s.start = at::stack(each("start")).contiguous();
  s.numbers = {at::cat(each("numbers_weight"), 0).t(), at::cat(each("numbers_bias"), 0), device, kernel};
  s.clock = {at::cat(each("clock_weight"), 0).t(), at::zeros({s.nets * s.state}), device, kernel};
  for (int l = 0; l < kLayers; ++l) {
    const std::string conv = absl::StrCat("conv", l, "_");
    s.conv[l] = {at::stack(each(conv + "weight")), at::stack(each(conv + "bias")), device, kernel};
  }
  s.trunk = {at::stack(each("trunk_weight")).transpose(1, 2), at::stack(each("trunk_bias")), device, kernel};
  for (size_t n = 0; n < nets.size(); ++n) {
    for (int i = 0; i < model.nets[n]->num_outputs(); ++i) {
      const std::string head = absl::StrCat("head", i, "_");
      const at::Tensor hidden = nets[n].at(head + "hidden_weight"), bias = nets[n].at(head + "hidden_bias");
      s.heads.push_back(
          {static_cast<int64_t>(n),
           {hidden.narrow(1, 0, s.width).t(), bias, device, kernel},
           {hidden.narrow(1, s.width, s.state).t(), bias, device, kernel},
           {nets[n].at(head + "out_weight").t(), nets[n].at(head + "out_bias"), device, kernel}});
    }
  }
  return s;
}

class CausalGenerator final : public Generator {
 public:
  CausalGenerator(Bundle bundle, const std::string& device)
      : CausalGenerator(std::move(bundle), device, RowProduct::KernelOf(at::Device(device))) {}

  CausalGenerator(Bundle bundle, const std::string& device, RowProduct::Kernel kernel)
      : bundle_(std::move(bundle)),
        model_(*bundle_.model),
        device_(device),
        kernel_(kernel),
        layout_(model_.outputs),
        trunk_columns_(TrunkColumns(model_.outputs)),
        weights_(Stack(model_, device_, kernel_)),
        channels_(weights_.nets * weights_.width) {
    int64_t slots = 1;  // the trunk's outputs for the next row
    for (int l = 0; l < kLayers; ++l) {
      ring_offset_[l] = slots * channels_;
      slots += 2 * kDilations[l];
    }
    context_floats_ = slots * channels_;
    info_.preset = PresetName(model_.options.preset);
    info_.device = device;
    info_.instruction_set = InstructionSet(device);
    info_.memory_bytes = 4 * static_cast<uint64_t>(model_.NumParameters());
    info_.context_bytes = sizeof(TorchContext) + sizeof(float) * static_cast<uint64_t>(context_floats_);
    info_.training_hosts = bundle_.info.hosts;
    info_.default_start_ms = bundle_.info.default_start_ms;
    info_.tile_rows = kTileRows;
    bundle_.model->nets.clear();  // their weights are in the stack
  }

  const GeneratorInfo& info() const override { return info_; }

  std::unique_ptr<Context> NewContext(const ContextKey& key) const override {
    auto context = std::make_unique<TorchContext>(key, context_floats_);
    std::memcpy(context->memory(), weights_.start.data_ptr<float>(), sizeof(float) * channels_);
    return context;
  }

  absl::StatusOr<std::unique_ptr<Context>> RestoreContext(std::string_view state) const override {
    return TorchContext::Restore(state, context_floats_);
  }

  absl::Status Step(absl::Span<Context* const> contexts, absl::Span<HostRow> rows) const override {
    try {
      UseOneTorchThread();
      at::InferenceMode no_grad;
      FillRows(contexts, rows, [&](size_t o, size_t i, const float* parameters) {
        const auto u = Uniform2(At(contexts, i).Draw(static_cast<uint16_t>(o)));
        model_.heads[o]->Draw(parameters, u[0], u[1], &rows[i]);
      });
      AdvanceTrunks(contexts, rows);
    } catch (const std::exception& e) {
      return absl::InternalError(absl::StrCat("generating on ", info_.device, ": ", e.what()));
    }
    return absl::OkStatus();
  }

  // Steps one context through `rows` instead of draws, and scores them on the way.
  absl::Status ScoreByStepping(absl::Span<const HostRow> rows, absl::Span<RowNats> out) const {
    if (rows.empty()) return absl::OkStatus();
    try {
      at::InferenceMode no_grad;
      const auto context = NewContext({0, 0, 0, rows[0].end_ms - int64_t{1000} * rows[0].time_delta_s});
      Context* const contexts[] = {context.get()};
      for (size_t r = 0; r < rows.size(); ++r) {
        HostRow row;
        out[r] = RowNats();
        FillRows(contexts, absl::MakeSpan(&row, 1), [&](size_t o, size_t, const float* parameters) {
          const Output& output = model_.outputs.outputs[o];
          out[r].exact[static_cast<int>(output.attribute)] +=
              static_cast<float>(model_.heads[o]->ExactNats(parameters, rows[r]));
          output.SetValue(&row, output.ValueOf(rows[r]));
        });
        AdvanceTrunks(contexts, absl::MakeConstSpan(&row, 1));
      }
    } catch (const std::exception& e) {
      return absl::InternalError(absl::StrCat("scoring on ", info_.device, ": ", e.what()));
    }
    return absl::OkStatus();
  }

 private:
  // Sets output `o` of row `i`, given its head's parameters.
  using SetOutput = absl::FunctionRef<void(size_t o, size_t i, const float* parameters)>;

  // Rows that the tensors of a step have. LibTorch's products may depend on how many there are, so for them
  // it is always a whole tile; with our own kernel nobody pays for rows that nobody wants.
  template <typename T>
  int64_t Places(absl::Span<T> rows) const {
    return kernel_ == RowProduct::Kernel::kOwn ? static_cast<int64_t>(rows.size()) : kTileRows;
  }

  static TorchContext& At(absl::Span<Context* const> contexts, size_t i) {
    return *static_cast<TorchContext*>(contexts[i]);
  }

  // Sets every output of every row in order, from the trunks' outputs that the contexts hold.
  void FillRows(absl::Span<Context* const> contexts, absl::Span<HostRow> rows, SetOutput set_output) const {
    const StackedWeights& w = weights_;
    const int64_t places = Places(rows);
    at::Tensor trunk = at::zeros({places, w.nets, w.width});
    at::Tensor clock = at::zeros({places, 2});
    for (size_t i = 0; i < contexts.size(); ++i) {
      TorchContext& context = At(contexts, i);
      std::memcpy(trunk.data_ptr<float>() + i * channels_, context.memory(), sizeof(float) * channels_);
      ClockOf(context.clock_ms(), clock.data_ptr<float>() + 2 * i);
      rows[i] = HostRow();
      rows[i].end_ms = context.clock_ms();
    }
    trunk = trunk.to(device_);
    at::Tensor state = w.clock(clock.to(device_)).reshape({places, w.nets, w.state});
    const bool sees_row = model_.options.mask == Mask::kB;
    for (size_t o = 0; o < w.heads.size(); ++o) {
      FillOutput(o, trunk, state, rows, set_output);
      if (!sees_row) continue;
      AddToState(layout_.offsets[o], ClassesOf(o, rows), &state);
      if (model_.outputs.outputs[o].octet == 1) AddToState(layout_.prefix_offset, Prefixes(rows), &state);
    }
  }

  void FillOutput(size_t o, const at::Tensor& trunk, const at::Tensor& state, absl::Span<HostRow> rows,
                  SetOutput set_output) const {
    const auto& head = weights_.heads[o];
    at::Tensor hidden = head.hidden_of_trunk(trunk.select(1, head.net));
    head.hidden_of_state.AddTo(&hidden, state.select(1, head.net));
    const at::Tensor p = model_.heads[o]->Normalise(head.out(hidden.relu_())).cpu();
    const int64_t width = model_.heads[o]->width();
    for (size_t i = 0; i < rows.size(); ++i) {
      set_output(o, i, p.data_ptr<float>() + static_cast<int64_t>(i) * width);
      if (model_.outputs.outputs[o].attribute == Attribute::kTimeDelta) {
        rows[i].end_ms += int64_t{1000} * rows[i].time_delta_s;
      }
    }
  }

  std::vector<int64_t> ClassesOf(size_t o, absl::Span<const HostRow> rows) const {
    std::vector<int64_t> classes(Places(rows));
    for (size_t i = 0; i < rows.size(); ++i) classes[i] = model_.outputs.outputs[o].Encode(rows[i]).cls;
    return classes;
  }

  std::vector<int64_t> Prefixes(absl::Span<const HostRow> rows) const {
    std::vector<int64_t> prefixes(Places(rows));
    for (size_t i = 0; i < rows.size(); ++i) prefixes[i] = PrefixBucket(rows[i].remote_address);
    return prefixes;
  }

  void AddToState(int64_t offset, std::vector<int64_t> index, at::Tensor* state) const {
    for (int64_t& i : index) i += offset;
    const at::Tensor rows = at::tensor(at::ArrayRef<int64_t>(index)).to(device_);
    state->add_(weights_.state_embedding.index_select(0, rows).view_as(*state));
  }

  // Feeds the drawn rows to the trunks: caches move on by one row, and the outputs for the next row are kept.
  void AdvanceTrunks(absl::Span<Context* const> contexts, absl::Span<const HostRow> rows) const {
    const StackedWeights& w = weights_;
    at::Tensor x = RowInputs(rows);  // [N, T, W]
    for (int l = 0; l < kLayers; ++l) {
      at::Tensor taps = GatherTaps(contexts, l);  // [N, T, 3W], the last third still empty
      StoreInputs(contexts, l, x);
      taps = taps.to(device_);
      taps.narrow(2, 2 * w.width, w.width).copy_(x);
      x = x + w.conv[l](taps).relu_();
    }
    const at::Tensor next = w.trunk(x).transpose(0, 1).contiguous().cpu();
    for (size_t i = 0; i < contexts.size(); ++i) {
      std::memcpy(At(contexts, i).memory(), next.data_ptr<float>() + i * channels_,
                  sizeof(float) * channels_);
      At(contexts, i).Advance(rows[i].end_ms);
    }
  }

  at::Tensor RowInputs(absl::Span<const HostRow> rows) const {
    const int64_t features = static_cast<int64_t>(trunk_columns_.size()) + 1;
    const int64_t places = Places(rows);
    at::Tensor index = at::zeros({places, features}, at::kLong);
    at::Tensor numbers = at::zeros({places, kRowNumbers});
    int64_t* to = index.data_ptr<int64_t>();
    for (size_t i = 0; i < rows.size(); ++i) {
      for (int64_t o : trunk_columns_) {
        *to++ = layout_.offsets[o] + model_.outputs.outputs[o].Encode(rows[i]).cls;
      }
      *to++ = layout_.prefix_offset + PrefixBucket(rows[i].remote_address);
      RowNumbers(rows[i], numbers.data_ptr<float>() + i * kRowNumbers);
    }
    index = index.to(device_);
    const at::Tensor bags = at::arange(0, places * features, features, index.options());
    const at::Tensor x = std::get<0>(at::embedding_bag(weights_.row_embedding, index.reshape({-1}), bags)) +
                         weights_.numbers(numbers.to(device_));
    return x.reshape({places, weights_.nets, weights_.width}).transpose(0, 1).contiguous();
  }

  at::Tensor GatherTaps(absl::Span<Context* const> contexts, int l) const {
    const int64_t width = weights_.width, d = kDilations[l];
    const int64_t places = Places(contexts);
    at::Tensor taps = at::zeros({weights_.nets, places, kTaps * width});
    float* const out = taps.data_ptr<float>();
    for (size_t i = 0; i < contexts.size(); ++i) {
      TorchContext& context = At(contexts, i);
      const float* ring = context.memory() + ring_offset_[l];
      // The slot that is to be overwritten holds the oldest input.
      const float* oldest = ring + static_cast<int64_t>(context.rows() % (2 * d)) * channels_;
      const float* middle = ring + static_cast<int64_t>((context.rows() + d) % (2 * d)) * channels_;
      for (int64_t n = 0; n < weights_.nets; ++n) {
        float* row = out + (n * places + static_cast<int64_t>(i)) * kTaps * width;
        std::memcpy(row, oldest + n * width, sizeof(float) * width);
        std::memcpy(row + width, middle + n * width, sizeof(float) * width);
      }
    }
    return taps;
  }

  void StoreInputs(absl::Span<Context* const> contexts, int l, const at::Tensor& x) const {
    const int64_t width = weights_.width, places = x.size(1);
    const at::Tensor on_host = x.cpu();
    for (size_t i = 0; i < contexts.size(); ++i) {
      TorchContext& context = At(contexts, i);
      float* slot = context.memory() + ring_offset_[l] +
                    static_cast<int64_t>(context.rows() % (2 * kDilations[l])) * channels_;
      for (int64_t n = 0; n < weights_.nets; ++n) {
        const float* from = on_host.data_ptr<float>() + (n * places + static_cast<int64_t>(i)) * width;
        std::memcpy(slot + n * width, from, sizeof(float) * width);
      }
    }
  }

  const Bundle bundle_;
  const StanModel& model_;
  const at::Device device_;
  const RowProduct::Kernel kernel_;
  const EmbeddingLayout layout_;
  const std::vector<int64_t> trunk_columns_;
  const StackedWeights weights_;
  const int64_t channels_;
  std::array<int64_t, kLayers> ring_offset_{};
  int64_t context_floats_ = 0;
  GeneratorInfo info_;
};

class SteppingScorer final : public Scorer {
 public:
  SteppingScorer(Bundle bundle, const std::string& device) : generator_(std::move(bundle), device) {}
  absl::Status Score(absl::Span<const HostRow> rows, absl::Span<RowNats> out) const override {
    return generator_.ScoreByStepping(rows, out);
  }

 private:
  const CausalGenerator generator_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Scorer>> MakeCausalSteppingScorer(Bundle bundle, const std::string& device) {
  try {
    return std::unique_ptr<Scorer>(std::make_unique<SteppingScorer>(std::move(bundle), device));
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("loading onto ", device, ": ", e.what()));
  }
}

absl::StatusOr<std::unique_ptr<Generator>> MakePlainLibTorchGenerator(Bundle bundle) {
  try {
    return std::unique_ptr<Generator>(
        std::make_unique<CausalGenerator>(std::move(bundle), "cpu", RowProduct::Kernel::kLibTorch));
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("loading onto LibTorch's products: ", e.what()));
  }
}

absl::StatusOr<std::unique_ptr<Generator>> MakeCausalGenerator(Bundle bundle, const std::string& device) {
  try {
    return std::unique_ptr<Generator>(std::make_unique<CausalGenerator>(std::move(bundle), device));
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("loading onto ", device, ": ", e.what()));
  }
}

}  // namespace stanflow
