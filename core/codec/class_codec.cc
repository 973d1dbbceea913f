#include "core/codec/class_codec.h"

#include <algorithm>
#include <cmath>

#include "core/base/status_macros.h"

namespace stanflow {
namespace {

bool Ascending(const std::vector<uint64_t>& list) {
  return std::adjacent_find(list.begin(), list.end(), std::greater_equal<uint64_t>()) == list.end();
}

}  // namespace

absl::StatusOr<ClassCodec> ClassCodec::Create(Options options) {
  if (!Ascending(options.values) || !Ascending(options.edges)) {
    return absl::InvalidArgumentError("codec: values and edges must ascend");
  }
  for (size_t i = 0; i < options.other.size(); ++i) {
    const auto& [value, share] = options.other[i];
    if (!(share > 0 && share <= 1) || (i > 0 && value <= options.other[i - 1].first)) {
      return absl::InvalidArgumentError("codec: rare values must ascend, each with a share of more than 0");
    }
  }
  if (options.unit == 0) return absl::InvalidArgumentError("codec: unit must be positive");
  if (options.edges.size() == 1) return absl::InvalidArgumentError("codec: a single edge bounds no bin");
  if (!options.edges.empty() && !options.other.empty()) {
    return absl::InvalidArgumentError("codec: bins and a class of other values exclude each other");
  }
  if (options.values.empty() && options.edges.empty() && options.other.empty()) {
    return absl::InvalidArgumentError("codec: no classes");
  }
  return ClassCodec(std::move(options));
}

ClassCodec::ClassCodec(Options options) : options_(std::move(options)) {
  for (size_t i = 0; i < options_.values.size(); ++i)
    class_of_value_[options_.values[i]] = static_cast<int32_t>(i);
  double passed = 0;
  for (const auto& [value, share] : options_.other) {
    other_log_share_[value] = static_cast<float>(std::log(share));
    other_up_to_.push_back(passed += share);
  }
}

int ClassCodec::num_classes() const {
  const size_t bins = options_.edges.empty() ? 0 : options_.edges.size() - 1;
  return static_cast<int>(options_.values.size() + bins + (options_.other.empty() ? 0 : 1));
}

uint64_t ClassCodec::Factor(uint64_t given) const {
  constexpr uint64_t kMost = uint64_t{1} << 38;  // edges go up to 2^24: their product still fits
  return options_.scaled_by_given ? std::clamp<uint64_t>(given, 1, kMost) : 1;
}

int ClassCodec::BinOf(uint64_t units, uint64_t given) const {
  const auto& edges = options_.edges;
  if (edges.empty()) return -1;
  // units >= edge * given is the same as units / given >= edge, for integers.
  const uint64_t scaled = units / Factor(given);
  if (scaled < edges.front() || scaled >= edges.back()) return -1;
  return static_cast<int>(std::upper_bound(edges.begin(), edges.end(), scaled) - edges.begin()) - 1;
}

bool ClassCodec::InRange(uint64_t value, uint64_t given) const {
  if (value % options_.unit != 0) return false;
  const uint64_t units = value / options_.unit;
  return class_of_value_.contains(units) || BinOf(units, given) >= 0 || other_log_share_.contains(units);
}

Code ClassCodec::Encode(uint64_t value, uint64_t given) const {
  uint64_t units = (value + options_.unit / 2) / options_.unit;
  const uint64_t factor = Factor(given);
  Code code;
  const auto own = class_of_value_.find(units);
  int bin = BinOf(units, given);
  if (own == class_of_value_.end() && bin < 0 && !options_.edges.empty()) {
    bin = units < options_.edges.front() * factor ? 0 : static_cast<int>(options_.edges.size()) - 2;
  }
  if (bin >= 0) {
    const uint64_t width = (options_.edges[bin + 1] - options_.edges[bin]) * factor;
    code.cls = static_cast<int32_t>(options_.values.size()) + bin;
    code.log_share = -static_cast<float>(std::log(static_cast<double>(width)));
  }
  if (own != class_of_value_.end()) {
    if (bin >= 0) {
      code.alt = code.cls;
      code.alt_log_share = code.log_share;
    }
    code.cls = own->second;
    code.log_share = 0;
    return code;
  }
  if (bin >= 0) return code;
  if (!options_.other.empty()) {
    auto it = other_log_share_.find(units);
    if (it == other_log_share_.end()) it = other_log_share_.find(options_.other.back().first);
    code.cls = num_classes() - 1;
    code.log_share = it->second;
    return code;
  }
  // Only listed values exist: the nearest of them.
  auto above = std::lower_bound(options_.values.begin(), options_.values.end(), units);
  if (above == options_.values.end()) --above;
  code.cls = static_cast<int32_t>(above - options_.values.begin());
  return code;
}

uint64_t ClassCodec::Decode(int cls, double u, uint64_t given) const {
  const size_t num_values = options_.values.size();
  if (static_cast<size_t>(cls) < num_values) return options_.values[cls] * options_.unit;
  const size_t rest = cls - num_values;
  if (!options_.edges.empty()) {
    const uint64_t factor = Factor(given);
    const uint64_t first = options_.edges[rest] * factor;
    const uint64_t width = (options_.edges[rest + 1] - options_.edges[rest]) * factor;
    const uint64_t offset =
        std::min<uint64_t>(static_cast<uint64_t>(u * static_cast<double>(width)), width - 1);
    return (first + offset) * options_.unit;
  }
  auto up_to = std::upper_bound(other_up_to_.begin(), other_up_to_.end(), u);
  // Shares may add up to a little less than 1.
  if (up_to == other_up_to_.end()) --up_to;
  return options_.other[up_to - other_up_to_.begin()].first * options_.unit;
}

double ClassCodec::ShareWithin(int cls, double low, double high, uint64_t given) const {
  const size_t num_values = options_.values.size();
  const double unit = static_cast<double>(options_.unit);
  const auto inside = [&](uint64_t units) {
    const double value = static_cast<double>(units) * unit;
    return value >= low && value < high;
  };
  if (static_cast<size_t>(cls) < num_values) return inside(options_.values[cls]) ? 1 : 0;
  const size_t rest = cls - num_values;
  if (!options_.edges.empty()) {
    const auto factor = static_cast<double>(Factor(given));
    const double first = static_cast<double>(options_.edges[rest]) * factor;
    const double last = static_cast<double>(options_.edges[rest + 1]) * factor;
    const double from = std::max(first, std::ceil(low / unit));
    const double to = std::min(last, std::ceil(high / unit));
    return to > from ? (to - from) / (last - first) : 0;
  }
  double sum = 0;
  for (const auto& [value, share] : options_.other) sum += inside(value) ? share : 0;
  return sum;
}

nlohmann::json ClassCodec::ToJson() const {
  nlohmann::json json = {{"kind", "classes"},
                         {"values", options_.values},
                         {"edges", options_.edges},
                         {"unit", options_.unit},
                         {"scaled_by_given", options_.scaled_by_given}};
  json["other"] = nlohmann::json::array();
  for (const auto& [value, share] : options_.other) json["other"].push_back({value, share});
  return json;
}

absl::StatusOr<ClassCodec> ClassCodec::FromJson(const nlohmann::json& json) {
  Options options;
  try {
    options.values = json.at("values").get<std::vector<uint64_t>>();
    options.edges = json.at("edges").get<std::vector<uint64_t>>();
    options.unit = json.at("unit").get<uint64_t>();
    options.scaled_by_given = json.at("scaled_by_given").get<bool>();
    for (const auto& pair : json.at("other")) options.other.emplace_back(pair.at(0), pair.at(1));
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(std::string("codec state: ") + e.what());
  }
  return Create(std::move(options));
}

}  // namespace stanflow
