#include "core/gan/table_codec.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/base/philox.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

constexpr double kDeviations = 4;  // that a scalar of 1 stands for
constexpr double kLargestScalar = 0.99;
constexpr uint32_t kModeStream = 11;  // of random numbers within the seed
// Every mode keeps a little chance of any value, so that none is without one.
constexpr double kModeFloor = 1e-6;

}  // namespace

absl::StatusOr<TableCodec::Column> TableCodec::FitColumn(const TableColumn& column, uint64_t seed) {
  Column out;
  out.name = column.name;
  out.classes = column.classes;
  if (column.discrete()) {
    for (double v : column.values) {
      if (v >= 0 && v < column.classes && v == std::floor(v)) continue;
      return absl::InvalidArgumentError(absl::StrCat("column ", column.name, ": ", v, " is no class"));
    }
    return out;
  }
  STANFLOW_ASSIGN_OR_RETURN(out.mixture, FitBayesianMixture(column.values, BayesianMixtureOptions(), seed));
  for (size_t k = 0; k < out.mixture.components.size(); ++k) {
    const BayesianMixture::Component& c = out.mixture.components[k];
    if (c.weight <= kLeastWeight) continue;
    out.kept.push_back(k);
    out.modes.push_back({c.mean, std::sqrt(c.variance)});
  }
  return out;
}

absl::StatusOr<TableCodec> TableCodec::Fit(const Table& table, uint64_t seed,
                                           const std::function<bool()>& stop) {
  if (table.rows() == 0) return absl::InvalidArgumentError("a table without rows has nothing to learn");
  TableCodec codec;
  for (const TableColumn& column : table.columns) {
    if (stop && stop()) return absl::CancelledError("stopped while fitting the columns");
    STANFLOW_ASSIGN_OR_RETURN(Column fitted, FitColumn(column, seed + codec.columns_.size()));
    codec.columns_.push_back(std::move(fitted));
  }
  codec.LayOut();
  return codec;
}

void TableCodec::LayOut() {
  for (size_t c = 0; c < columns_.size(); ++c) {
    const int column = static_cast<int>(c), classes = columns_[c].classes;
    if (classes > 0) {
      spans_.push_back({column, width_, classes, true, condition_width_});
      condition_width_ += classes;
      width_ += classes;
      continue;
    }
    const int modes = static_cast<int>(columns_[c].modes.size());
    spans_.push_back({column, width_, 1, false, -1});
    spans_.push_back({column, width_ + 1, modes, true, -1});
    width_ += 1 + modes;
  }
}

int TableCodec::DrawMode(const Column& column, double value, double u) const {
  const std::vector<double> r = column.mixture.Responsibilities(value);
  double total = 0;
  for (size_t k : column.kept) total += r[k] + kModeFloor;
  double up_to = 0;
  for (size_t i = 0; i + 1 < column.kept.size(); ++i) {
    up_to += r[column.kept[i]] + kModeFloor;
    if (u * total < up_to) return static_cast<int>(i);
  }
  return static_cast<int>(column.kept.size()) - 1;
}

EncodedTable TableCodec::Encode(const Table& table, uint64_t seed) const {
  EncodedTable out;
  out.values.resize(spans_.size());
  for (size_t s = 0; s < spans_.size(); ++s) {
    const Column& column = columns_[spans_[s].column];
    const std::vector<double>& values = table.columns[spans_[s].column].values;
    out.values[s].resize(values.size());
    if (column.classes > 0) {
      for (size_t r = 0; r < values.size(); ++r) out.values[s][r].cls = static_cast<int32_t>(values[r]);
    }
    // A scalar span and its modes' span are filled together.
    if (column.classes > 0 || spans_[s].one_hot) continue;
    out.values[s + 1].resize(values.size());
    for (size_t r = 0; r < values.size(); ++r) {
      const auto context = static_cast<uint32_t>(spans_[s].column);
      const int mode = DrawMode(column, values[r], Uniform2({seed, kModeStream, context, r, 0})[0]);
      const Mode& m = column.modes[mode];
      const double scalar = (values[r] - m.mean) / (kDeviations * m.deviation);
      out.values[s][r].scalar = static_cast<float>(std::clamp(scalar, -kLargestScalar, kLargestScalar));
      out.values[s + 1][r].cls = mode;
    }
  }
  return out;
}

std::vector<double> TableCodec::Decode(const std::vector<SpanValue>& row) const {
  std::vector<double> out(columns_.size());
  for (size_t s = 0; s < spans_.size(); ++s) {
    const Column& column = columns_[spans_[s].column];
    double& value = out[spans_[s].column];
    if (column.classes > 0) {
      value = row[s].cls;
    } else if (!spans_[s].one_hot) {
      const Mode& mode = column.modes[row[s + 1].cls];
      value = std::clamp<double>(row[s].scalar, -1, 1) * kDeviations * mode.deviation + mode.mean;
    }
  }
  return out;
}

nlohmann::json TableCodec::ToJson() const {
  nlohmann::json json = nlohmann::json::array();
  for (const Column& column : columns_) {
    nlohmann::json modes = nlohmann::json::array();
    for (const Mode& mode : column.modes) modes.push_back({mode.mean, mode.deviation});
    json.push_back({{"name", column.name}, {"classes", column.classes}, {"modes", std::move(modes)}});
  }
  return json;
}

absl::StatusOr<TableCodec> TableCodec::FromJson(const nlohmann::json& json) {
  TableCodec codec;
  try {
    for (const auto& item : json) {
      Column column;
      column.name = item.at("name");
      column.classes = item.at("classes");
      for (const auto& mode : item.at("modes")) column.modes.push_back({mode.at(0), mode.at(1)});
      if (column.classes < 0 || (column.classes > 0) != column.modes.empty()) {
        return absl::DataLossError(
            absl::StrCat("column ", column.name, " has neither classes nor modes, or both"));
      }
      codec.columns_.push_back(std::move(column));
    }
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(absl::StrCat("columns: ", e.what()));
  }
  codec.LayOut();
  return codec;
}

}  // namespace stanflow
