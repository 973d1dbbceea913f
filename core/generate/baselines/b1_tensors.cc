#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/generate/baselines/b1_model.h"

namespace stanflow {
namespace {

constexpr const char* kCounts = ".counts";
constexpr const char* kRows = "rows";
constexpr const char* kDurationStep = "duration.step_ms";

// Where the parts of each name lie; one table for writing and reading.
template <typename Parts, typename HistogramFn, typename MixtureFn>
absl::Status ForEachPart(Parts& parts, HistogramFn histogram, MixtureFn mixture) {
  for (int i = 0; i < 4; ++i) {
    STANFLOW_RETURN_IF_ERROR(histogram(StrCat("remote_octet_", i + 1), 256, &parts.octets[i]));
  }
  STANFLOW_RETURN_IF_ERROR(histogram("direction", 2, &parts.direction));
  STANFLOW_RETURN_IF_ERROR(histogram("protocol", 256, &parts.protocol));
  STANFLOW_RETURN_IF_ERROR(histogram("local_port", 65536, &parts.local_port));
  STANFLOW_RETURN_IF_ERROR(histogram("remote_port", 65536, &parts.remote_port));
  STANFLOW_RETURN_IF_ERROR(histogram("tcp_flags", 256, &parts.tcp_flags));
  STANFLOW_RETURN_IF_ERROR(histogram("tos", 256, &parts.tos));
  STANFLOW_RETURN_IF_ERROR(mixture("ln_packets", &parts.ln_packets));
  STANFLOW_RETURN_IF_ERROR(mixture("ln_bytes", &parts.ln_bytes));
  STANFLOW_RETURN_IF_ERROR(mixture("duration_s", &parts.duration_s));
  return mixture("time_delta_s", &parts.time_delta_s);
}

absl::StatusOr<Histogram> LoadHistogram(const TensorFile& file, const std::string& name, size_t size) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<int64_t> counts, LoadVector<int64_t>(file, name + kCounts));
  if (counts.size() != size)
    return absl::DataLossError(StrCat("tensor ", name, kCounts, " is not of ", size, " values"));
  for (int64_t count : counts) {
    if (count < 0) return absl::DataLossError(StrCat("tensor ", name, kCounts, " has a negative count"));
  }
  return Histogram({counts.begin(), counts.end()});
}

absl::StatusOr<int64_t> LoadNumber(const TensorFile& file, const std::string& name, int64_t low,
                                   int64_t high) {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<int64_t> value, LoadVector<int64_t>(file, name));
  if (value.size() == 1 && value[0] >= low && value[0] <= high) return value[0];
  return absl::DataLossError(StrCat("tensor ", name, " is not one number from ", low, " to ", high));
}

}  // namespace

void B1Model::Store(TensorFile* file) const {
  const auto histogram = [file](const std::string& name, size_t, const std::optional<Histogram>* from) {
    const std::vector<int64_t> counts((*from)->counts().begin(), (*from)->counts().end());
    file->tensors[name + kCounts] = StoreVector<int64_t>(counts);
    return absl::OkStatus();
  };
  const auto mixture = [file](const std::string& name, const GaussianMixture* from) {
    from->Store(name, file);
    return absl::OkStatus();
  };
  ForEachPart(parts_, histogram, mixture).IgnoreError();  // Neither refuses anything.
  file->tensors[kRows] = StoreVector<int64_t>({static_cast<int64_t>(parts_.rows)});
  file->tensors[kDurationStep] = StoreVector<int64_t>({parts_.duration_step_ms});
}

absl::StatusOr<B1Model> B1Model::Load(const TensorFile& file) {
  Parts parts;
  const auto histogram = [&file](const std::string& name, size_t size, std::optional<Histogram>* to) {
    STANFLOW_ASSIGN_OR_RETURN(*to, LoadHistogram(file, name, size));
    return absl::OkStatus();
  };
  const auto mixture = [&file](const std::string& name, GaussianMixture* to) {
    STANFLOW_ASSIGN_OR_RETURN(*to, GaussianMixture::Load(name, file));
    return absl::OkStatus();
  };
  STANFLOW_RETURN_IF_ERROR(ForEachPart(parts, histogram, mixture));
  STANFLOW_ASSIGN_OR_RETURN(const int64_t rows, LoadNumber(file, kRows, 0, INT64_MAX));
  STANFLOW_ASSIGN_OR_RETURN(const int64_t step, LoadNumber(file, kDurationStep, 1, UINT32_MAX));
  parts.rows = static_cast<uint64_t>(rows);
  parts.duration_step_ms = static_cast<uint32_t>(step);
  return B1Model(std::move(parts));
}

}  // namespace stanflow
