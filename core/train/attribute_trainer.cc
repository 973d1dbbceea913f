#include "core/train/attribute_trainer.h"

#include <ATen/ATen.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <random>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/model/paper_net.h"
#include "core/train/rate_schedule.h"

namespace stanflow {
namespace {

constexpr double kClipNorm = 5.0;  // causal; the paper clips nothing
constexpr int kMaxHalvings = 3;
// STAN section 8.1 and notes: the two rates.
constexpr double kPaperMixtureRate = 1e-3, kPaperSoftmaxRate = 1e-2;
// A window CNN's forward pass is a third of a training step: more rows would be most of a short budget.
constexpr uint64_t kPaperValidationRows = 4000;

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// A shuffle that every standard library makes alike.
std::vector<uint32_t> Permutation(size_t n, uint64_t seed) {
  std::vector<uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 random(seed);
  for (size_t i = n; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  return order;
}

}  // namespace

AttributeTrainer::AttributeTrainer(StanModel* model, int net, const TrainingData* data, uint64_t seed,
                                   const at::Device& device)
    : model_(model), net_(model->nets[net]), data_(data), seed_(seed * 7919 + net), device_(device) {
  net_->to(device_);
  MakeOptimizer();
}

AttributeTrainer::~AttributeTrainer() = default;

const std::string& AttributeTrainer::name() const { return net_->net_name(); }

bool AttributeTrainer::stopped_early() const {
  if (model_->options.preset == Preset::kPaper) {
    return state_.validations_without_gain >= model_->options.patience;
  }
  return state_.settle_end > 0 && state_.rows_done >= state_.settle_end;
}

void AttributeTrainer::MakeOptimizer() {
  if (model_->options.preset == Preset::kPaper) {
    const bool mixture = model_->outputs.outputs[net_->first_output()].head == HeadKind::kMixture;
    peak_rates_ = {mixture ? kPaperMixtureRate : kPaperSoftmaxRate};
    optimizer_ =
        std::make_unique<torch::optim::Adam>(net_->parameters(), torch::optim::AdamOptions(peak_rates_[0]));
    return;
  }
  std::vector<at::Tensor> embeddings, others;
  for (const auto& item : net_->named_parameters()) {
    (net_->IsEmbedding(item.key()) ? embeddings : others).push_back(item.value());
  }
  const double rate = model_->options.learning_rate, embedding_rate = model_->options.embedding_rate;
  peak_rates_ = {embedding_rate, rate};
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(
      embeddings,
      std::make_unique<torch::optim::AdamWOptions>(
          torch::optim::AdamWOptions(embedding_rate).weight_decay(model_->options.embedding_decay)));
  groups.emplace_back(
      others, std::make_unique<torch::optim::AdamWOptions>(torch::optim::AdamWOptions(rate).weight_decay(0)));
  optimizer_ = std::make_unique<torch::optim::AdamW>(groups, torch::optim::AdamWOptions(rate));
}

AttributeTrainer::LossBatch AttributeTrainer::FromPieces(const std::vector<Piece>& pieces) {
  const bool paper = model_->options.preset == Preset::kPaper;
  EncodedRows encoded;
  std::vector<at::Tensor> windows;
  std::vector<float> weight;
  LossBatch result;
  for (const Piece& piece : pieces) {
    uint64_t context = 0;
    const std::vector<HostRow> rows =
        data_->Load(piece, paper ? kWindowRows - 1 : TrainingData::kContextRows, &context);
    if (paper) {
      windows.push_back(MakeWindows(rows, context));
      AppendRows(model_->outputs, absl::MakeConstSpan(rows).subspan(context), 0, &encoded);
    } else {
      AppendRows(model_->outputs, rows, 0, &encoded);
      weight.insert(weight.end(), context, 0.0f);
    }
    weight.insert(weight.end(), rows.size() - context, 1.0f);
    result.rows += rows.size() - context;
    result.host_rows.insert(result.host_rows.end(), rows.begin() + (paper ? context : 0), rows.end());
  }
  result.batch = MakeRowBatch(encoded, device_);
  if (paper) result.batch.windows = at::cat(windows, 0).to(device_);
  result.weight = at::tensor(at::ArrayRef<float>(weight)).to(device_);
  return result;
}

AttributeTrainer::LossBatch AttributeTrainer::PieceBatch() {
  if (order_epoch_ != state_.epoch) {
    order_ = Permutation(data_->training().size(), seed_ + 0x9E3779B97F4A7C15u * (state_.epoch + 1));
    order_epoch_ = state_.epoch;
  }
  std::vector<Piece> pieces;
  uint64_t rows = 0;
  const auto wanted = static_cast<uint64_t>(model_->options.batch_rows);
  while (state_.position < order_.size() && rows < wanted) {
    pieces.push_back(data_->training()[order_[state_.position++]]);
    rows += pieces.back().end - pieces.back().begin;
  }
  if (state_.position == order_.size()) {
    ++state_.epoch;
    state_.position = 0;
  }
  return FromPieces(pieces);
}

AttributeTrainer::LossBatch AttributeTrainer::WindowBatch() {
  // An affine walk visits every row once an epoch in an order without pattern, and needs no
  // memory that grows with the data.
  const uint64_t n = data_->training_rows();
  std::mt19937_64 random(seed_ + 0x9E3779B97F4A7C15u * (state_.epoch + 1));
  uint64_t stride = random() % n | 1;
  while (std::gcd(stride, n) != 1) ++stride;
  const uint64_t offset = random() % n;
  const auto wanted = static_cast<uint64_t>(model_->options.batch_rows);
  EncodedRows encoded;
  std::vector<at::Tensor> windows;
  LossBatch result;
  while (state_.position < n && result.rows < wanted) {
    const auto index =
        static_cast<uint64_t>((static_cast<unsigned __int128>(state_.position++) * stride + offset) % n);
    const std::vector<HostRow> rows = data_->Window(index, kWindowRows - 1);
    windows.push_back(MakeWindows(rows, rows.size() - 1));
    AppendRows(model_->outputs, absl::MakeConstSpan(rows).last(1), 0, &encoded);
    ++result.rows;
  }
  if (state_.position == n) {
    ++state_.epoch;
    state_.position = 0;
  }
  result.batch = MakeRowBatch(encoded, device_);
  result.batch.windows = at::cat(windows, 0).to(device_);
  result.weight = at::ones({static_cast<int64_t>(result.rows)}, result.batch.windows.options());
  return result;
}

AttributeTrainer::LossBatch AttributeTrainer::NextBatch() {
  return model_->options.preset == Preset::kPaper ? WindowBatch() : PieceBatch();
}

at::Tensor AttributeTrainer::RowLoss(const RowBatch& batch) {
  const std::vector<at::Tensor> raw = net_->Forward(batch);
  at::Tensor loss;
  for (int i = 0; i < net_->num_outputs(); ++i) {
    const int o = net_->first_output() + i;
    const at::Tensor part = model_->heads[o]->Loss(raw[i], batch.targets[o]);
    loss = i == 0 ? part : loss + part;
  }
  return loss;
}

void AttributeTrainer::SetLearningRate(uint64_t total_rows) {
  const double factor =
      RateFactor(model_->options.preset, {state_.rows_done, state_.steps, state_.epoch, total_rows,
                                          state_.settle_begin, state_.settle_end, state_.halvings});
  for (size_t g = 0; g < peak_rates_.size(); ++g) {
    optimizer_->param_groups()[g].options().set_lr(peak_rates_[g] * factor);
  }
}

absl::Status AttributeTrainer::Step(uint64_t total_rows) {
  SetLearningRate(total_rows);
  const LossBatch batch = NextBatch();
  optimizer_->zero_grad();
  const at::Tensor total = (RowLoss(batch.batch) * batch.weight).sum();
  const double nats = total.item<double>();
  if (!std::isfinite(nats)) return absl::InternalError("the loss is not a number");
  (total / static_cast<double>(batch.rows)).backward();
  if (model_->options.preset == Preset::kCausal) {
    torch::nn::utils::clip_grad_norm_(net_->parameters(), kClipNorm);
  }
  optimizer_->step();
  ++state_.steps;
  state_.rows_done += batch.rows;
  state_.segment_rows += batch.rows;
  state_.segment_nats += nats;
  return absl::OkStatus();
}

double AttributeTrainer::ExactNats(const LossBatch& batch) {
  const std::vector<at::Tensor> raw = net_->Forward(batch.batch);
  const at::Tensor weight = batch.weight.cpu();
  double nats = 0;
  for (int i = 0; i < net_->num_outputs(); ++i) {
    const Head& head = *model_->heads[net_->first_output() + i];
    const at::Tensor parameters = head.Normalise(raw[i]).cpu();
    for (size_t r = 0; r < batch.host_rows.size(); ++r) {
      if (weight.data_ptr<float>()[r] == 0) continue;
      nats += head.ExactNats(parameters.data_ptr<float>() + static_cast<int64_t>(r) * head.width(),
                             batch.host_rows[r]);
    }
  }
  return nats;
}

double AttributeTrainer::Validate() {
  at::NoGradGuard no_grad;
  net_->eval();
  double nats = 0;
  uint64_t rows = 0;
  const auto& pieces = data_->validation();
  const uint64_t wanted = model_->options.preset == Preset::kPaper ? kPaperValidationRows : ~uint64_t{0};
  for (size_t i = 0; i < pieces.size() && rows < wanted; i += 2) {
    const std::vector<Piece> some(pieces.begin() + i, pieces.begin() + std::min(i + 2, pieces.size()));
    const LossBatch batch = FromPieces(some);
    nats += ExactNats(batch);
    rows += batch.rows;
  }
  net_->train();
  return nats / static_cast<double>(rows);
}

void AttributeTrainer::KeepBest() {
  at::NoGradGuard no_grad;
  best_.clear();
  for (const auto& item : net_->named_parameters()) best_[item.key()] = item.value().detach().clone();
  for (const auto& item : net_->named_buffers()) best_[item.key()] = item.value().detach().clone();
}

// The validation nats at the segment's end. INTERNAL where training went to what is no number.
absl::StatusOr<double> AttributeTrainer::RunSegment(double max_seconds, uint64_t total_rows,
                                                    const std::function<bool()>& stop) {
  const double began = Now();
  while (state_.rows_done < state_.segment_end && Now() - began < max_seconds) {
    if (stop()) return absl::CancelledError(absl::StrCat("stopped while training ", name()));
    STANFLOW_RETURN_IF_ERROR(Step(total_rows));
  }
  const double validation = Validate();
  if (!std::isfinite(validation)) return absl::InternalError("the validation loss is not a number");
  return validation;
}

absl::Status AttributeTrainer::TrainSegment(uint64_t max_rows, double max_seconds, uint64_t total_rows,
                                            const std::function<bool()>& stop) {
  net_->train();
  const double began = Now();
  const double seconds_before = state_.seconds;
  if (state_.segment_end <= state_.rows_done) {
    state_.segment_end = state_.rows_done + max_rows;
    if (state_.settle_end > 0) state_.segment_end = std::min(state_.segment_end, state_.settle_end);
    state_.segment_rows = 0;
    state_.segment_nats = 0;
  }
  STANFLOW_ASSIGN_OR_RETURN(const std::string undo, SaveToString());
  absl::StatusOr<double> validation = RunSegment(max_seconds, total_rows, stop);
  while (absl::IsInternal(validation.status())) {
    const uint64_t step = state_.steps;
    const int halvings = state_.halvings + 1;
    if (halvings > kMaxHalvings) {
      return absl::InternalError(absl::StrCat("training ", name(), ": ",
                                              std::string(validation.status().message()), " at step ", step,
                                              ", after ", kMaxHalvings, " halvings of the learning rate"));
    }
    STANFLOW_RETURN_IF_ERROR(LoadFromString(undo, "the segment's start"));
    state_.halvings = halvings;
    net_->train();
    validation = RunSegment(max_seconds, total_rows, stop);
  }
  if (validation.ok()) Judge(*validation);
  state_.seconds = seconds_before + Now() - began;
  return validation.status();
}

void AttributeTrainer::Judge(double validation) {
  state_.curve.push_back(
      {static_cast<double>(state_.rows_done) / static_cast<double>(data_->training_rows()),
       state_.segment_nats / static_cast<double>(std::max<uint64_t>(state_.segment_rows, 1)), validation});
  state_.segment_end = state_.rows_done;
  if (validation < state_.best_nats) {
    state_.best_nats = validation;
    state_.validations_without_gain = 0;
    KeepBest();
    return;
  }
  ++state_.validations_without_gain;
  const bool settles = model_->options.preset == Preset::kCausal && state_.settle_end == 0;
  if (!settles || state_.validations_without_gain < model_->options.patience) return;
  RestoreBest();
  state_.settle_begin = state_.rows_done;
  state_.settle_end = state_.rows_done + SettleRows(state_.rows_done);
}

void AttributeTrainer::RestoreBest() {
  at::NoGradGuard no_grad;
  for (auto& item : net_->named_parameters()) {
    if (best_.count(item.key()) > 0) item.value().copy_(best_[item.key()]);
  }
  for (auto& item : net_->named_buffers()) {
    if (best_.count(item.key()) > 0) item.value().copy_(best_[item.key()]);
  }
}

void AttributeTrainer::Finish() {
  RestoreBest();
  net_->to(at::kCPU);
  net_->eval();
}

double AttributeTrainer::FinishedNats() {
  net_->to(device_);
  const double nats = Validate();
  net_->to(at::kCPU);
  net_->eval();
  return nats;
}

}  // namespace stanflow
