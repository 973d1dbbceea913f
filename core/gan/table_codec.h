#ifndef STANFLOW_CORE_GAN_TABLE_CODEC_H_
#define STANFLOW_CORE_GAN_TABLE_CODEC_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/gan/bayesian_mixture.h"
#include "core/gan/table.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// A stretch of an encoded row, made by one column: a scalar in [-1, 1], or one of `width` classes one-hot.
struct EncodedSpan {
  int column = 0;
  int offset = 0;  // in the encoded row
  int width = 1;
  bool one_hot = false;
  // Where the classes stand in a condition (condition_sampler.h): discrete columns only, else -1.
  int condition = -1;
};

// One span's value: the scalar, or the class.
struct SpanValue {
  float scalar = 0;
  int32_t cls = 0;
};

// Encoded rows without the zeros of their one-hot spans: values[s][r] is span s of row r.
struct EncodedTable {
  std::vector<std::vector<SpanValue>> values;

  size_t rows() const { return values.empty() ? 0 : values[0].size(); }
};

// Mode-specific normalisation (Xu et al. 2019, section 4.2). A continuous value is the mode of a Bayesian
// mixture that made it, drawn by its responsibilities, and its distance from the mode's mean in units of four
// deviations, clipped to [-0.99, 0.99]; a discrete value is its class. Immutable; thread-safe.
class TableCodec {
 public:
  // Modes of a continuous column: those with more than this weight are kept.
  static constexpr double kLeastWeight = 0.005;

  // INVALID_ARGUMENT without rows, or where a discrete column has a value that is no class. CANCELLED once
  // `stop` answers true, which is asked before each column; it may be null.
  static absl::StatusOr<TableCodec> Fit(const Table& table, uint64_t seed,
                                        const std::function<bool()>& stop = nullptr);
  // DATA_LOSS says what does not fit. What FromJson makes decodes; it does not encode.
  static absl::StatusOr<TableCodec> FromJson(const nlohmann::json& json);
  nlohmann::json ToJson() const;

  const std::vector<EncodedSpan>& spans() const { return spans_; }
  int width() const { return width_; }                      // of an encoded row
  int condition_width() const { return condition_width_; }  // classes of all discrete columns
  int num_columns() const { return static_cast<int>(columns_.size()); }
  int classes(int column) const { return columns_[column].classes; }  // as TableColumn

  // `table` is the one that it was fitted to. The draws of modes are decided by the seed.
  EncodedTable Encode(const Table& table, uint64_t seed) const;
  // One value a column, from one a span. Scalars are clipped to [-1, 1].
  std::vector<double> Decode(const std::vector<SpanValue>& row) const;

 private:
  struct Mode {
    double mean = 0, deviation = 0;
  };
  struct Column {
    std::string name;
    int classes = 0;
    std::vector<Mode> modes;   // of a continuous column, those kept
    std::vector<size_t> kept;  // their places in `mixture`
    BayesianMixture mixture;   // empty after FromJson
  };

  TableCodec() = default;
  static absl::StatusOr<Column> FitColumn(const TableColumn& column, uint64_t seed);
  void LayOut();
  int DrawMode(const Column& column, double value, double u) const;

  std::vector<Column> columns_;
  std::vector<EncodedSpan> spans_;
  int width_ = 0, condition_width_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_TABLE_CODEC_H_
