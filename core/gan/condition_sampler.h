#ifndef STANFLOW_CORE_GAN_CONDITION_SAMPLER_H_
#define STANFLOW_CORE_GAN_CONDITION_SAMPLER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/gan/table_codec.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// How often a class is asked for among the classes of its column.
enum class ClassFrequency {
  kData,  // as often as it occurs: rows generated so have the data's shares (Xu et al. 2019, section 4.3)
  kLog,   // by ln(1 + its count): rare classes are met in training (training by sampling)
};

// One class of one discrete column that a row is asked to have.
struct Condition {
  int span = 0;  // of the codec
  int cls = 0;
};

// Draws conditions: every discrete column equally often, a class by its frequency. Immutable; thread-safe.
class ConditionSampler {
 public:
  // `rows` are counted. A codec without discrete columns gives a sampler that is empty.
  ConditionSampler(const TableCodec& codec, const EncodedTable& rows);
  // `counts` as counts() has it. DATA_LOSS unless it fits the codec and each column has a row.
  static absl::StatusOr<ConditionSampler> FromJson(const TableCodec& codec, const nlohmann::json& counts);
  nlohmann::json ToJson() const;

  // Without discrete columns there is nothing to ask for.
  bool empty() const { return columns_.empty(); }
  // From two uniforms of [0, 1). Not for an empty sampler.
  Condition Draw(ClassFrequency frequency, double column, double cls) const;
  // Number of a row that has the condition's class, equally likely ones. Only where rows were counted.
  uint32_t RowWith(const Condition& condition, double u) const;

 private:
  struct Column {
    int span = 0;
    std::vector<uint64_t> counts;
    std::vector<double> data_up_to, log_up_to;  // running sums of the two frequencies
    std::vector<uint32_t> rows;                 // grouped by class
    std::vector<uint64_t> first;                // of each class in `rows`, and their number
  };
  ConditionSampler() = default;
  static void Accumulate(Column* column);

  std::vector<Column> columns_;
  std::vector<int> column_of_span_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_CONDITION_SAMPLER_H_
