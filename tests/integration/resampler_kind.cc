#include "tests/integration/resampler_kind.h"

#include "core/kinds/row_kind.h"

namespace stanflow {
namespace {

constexpr const char* kName = "resampler";

// Draws one of the rows that it keeps, all of them equally likely.
class Resampler final : public RowModel {
 public:
  explicit Resampler(std::vector<HostRow> rows) : rows_(std::move(rows)) {}

  HostRow Draw(DrawKey key, int64_t clock_ms, const HostRow*) const override {
    HostRow row = rows_[static_cast<size_t>(Uniform2(key)[0] * static_cast<double>(rows_.size()))];
    row.end_ms = clock_ms + int64_t{1000} * row.time_delta_s;
    return row;
  }
  uint64_t memory_bytes() const override { return rows_.size() * sizeof(HostRow); }
  uint64_t parameters() const { return rows_.size() * kNumAttributes; }

  void Store(TensorFile* file) const {
    std::vector<int64_t> values;
    for (const HostRow& row : rows_) {
      for (int a = 0; a < kNumAttributes; ++a)
        values.push_back(static_cast<int64_t>(row.Get(static_cast<Attribute>(a))));
    }
    file->tensors["rows"] = StoreVector<int64_t>(values);
  }
  static absl::StatusOr<Resampler> Load(const TensorFile& file) {
    STANFLOW_ASSIGN_OR_RETURN(const std::vector<int64_t> values, LoadVector<int64_t>(file, "rows"));
    std::vector<HostRow> rows(values.size() / kNumAttributes);
    for (size_t i = 0; i < values.size(); ++i)
      rows[i / kNumAttributes].Set(static_cast<Attribute>(i % kNumAttributes),
                                   static_cast<uint64_t>(values[i]));
    return Resampler(std::move(rows));
  }

 private:
  std::vector<HostRow> rows_;
};

struct ResamplerFit {
  std::shared_ptr<const Resampler> model;
  uint64_t training_rows = 0, validation_rows = 0;
  double validation_nats = std::numeric_limits<double>::quiet_NaN();
};

absl::StatusOr<nlohmann::json> CompleteOptions(const std::map<std::string, std::string>& settings) {
  if (settings.empty()) return nlohmann::json::object();
  return absl::InvalidArgumentError("a resampler has no options");
}

absl::StatusOr<nlohmann::json> Train(const TrainingTask& task) {
  std::vector<HostRow> rows;
  for (const Sequence& sequence : task.dataset->Sequences(Split::kTrain)) {
    for (const HostRow& row : task.dataset->HostRows(sequence)) rows.push_back(row);
  }
  ResamplerFit fit;
  fit.training_rows = rows.size();
  fit.model = std::make_shared<const Resampler>(std::move(rows));
  return PublishRowModel(task, kName, nlohmann::json::object(), fit);
}

absl::StatusOr<LoadedRowModel<Resampler>> LoadResampler(const std::string& bundle_dir) {
  STANFLOW_ASSIGN_OR_RETURN(const BundleFolder folder, ReadBundleFolder(bundle_dir, kName));
  return OfFolder(folder, Resampler::Load(folder.weights));
}

}  // namespace

const ModelKind kResamplerKind = {kName, "draws training rows again",     CompleteOptions,
                                  Train, LoadRowGenerator<LoadResampler>, nullptr};

}  // namespace stanflow
