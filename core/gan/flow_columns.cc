#include "core/gan/flow_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/codec/marginal_counts.h"

namespace stanflow {
namespace {

constexpr size_t kPortValues = 128;
// A port with fewer rows than this has no class of its own.
constexpr uint64_t kLeastPortRows = 16;
constexpr uint64_t kPortStretch = 1008, kFirstHighPort = 1024, kPortsEnd = 65536;

struct Amount {
  Attribute attribute;
  bool log;
  double least, most;  // that a record may hold, in the attribute's unit
};

// The continuous columns, in front of the discrete ones.
constexpr Amount kAmounts[] = {
    {Attribute::kTimeDelta, false, 0, 1 << 21},  // 24 days
    {Attribute::kPackets, true, kMinFlowCount, static_cast<double>(kMaxFlowCount)},
    {Attribute::kBytes, true, kMinFlowCount, static_cast<double>(kMaxFlowCount)},
    {Attribute::kDuration, false, 0, std::numeric_limits<uint32_t>::max()},
};
constexpr size_t kNumAmounts = std::size(kAmounts);

struct Name {
  Attribute attribute;
  int octet;  // as Output has it
};
constexpr Name kNames[] = {
    {Attribute::kDirection, -1},    {Attribute::kProtocol, -1},     {Attribute::kRemoteAddress, 0},
    {Attribute::kRemoteAddress, 1}, {Attribute::kRemoteAddress, 2}, {Attribute::kRemoteAddress, 3},
    {Attribute::kLocalPort, -1},    {Attribute::kRemotePort, -1},   {Attribute::kTcpFlags, -1},
    {Attribute::kTos, -1},
};

using Counts = std::vector<std::pair<uint64_t, uint64_t>>;

Counts CountsOf(const MarginalCounts& counts, const Name& name) {
  if (name.octet < 0) return counts.Sorted(name.attribute);
  Counts seen;
  for (uint64_t v = 0; v < 256; ++v) {
    if (counts.Octet(name.octet)[v] > 0) seen.emplace_back(v, counts.Octet(name.octet)[v]);
  }
  return seen;
}

ClassCodec::Options PortClasses(Counts counts) {
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  ClassCodec::Options options;
  for (const auto& [port, rows] : counts) {
    if (options.values.size() == kPortValues || rows < kLeastPortRows) break;
    options.values.push_back(port);
  }
  std::sort(options.values.begin(), options.values.end());
  options.edges.push_back(0);
  for (uint64_t edge = kFirstHighPort; edge <= kPortsEnd; edge += kPortStretch) options.edges.push_back(edge);
  return options;
}

ClassCodec::Options SeenValues(const Counts& counts) {
  ClassCodec::Options options;
  for (const auto& [value, rows] : counts) options.values.push_back(value);
  return options;
}

absl::StatusOr<Output> MakeOutput(const MarginalCounts& all, const Name& name) {
  const Counts counts = CountsOf(all, name);
  const bool port = name.attribute == Attribute::kLocalPort || name.attribute == Attribute::kRemotePort;
  Output output;
  output.attribute = name.attribute;
  output.octet = name.octet;
  STANFLOW_ASSIGN_OR_RETURN(ClassCodec codec,
                            ClassCodec::Create(port ? PortClasses(counts) : SeenValues(counts)));
  std::vector<double> rows(codec.num_classes(), 1);
  for (const auto& [value, count] : counts) rows[codec.Encode(value).cls] += static_cast<double>(count);
  for (double n : rows) {
    output.log_marginal.push_back(
        static_cast<float>(std::log(n / static_cast<double>(all.rows() + rows.size()))));
  }
  output.classes = std::make_shared<ClassCodec>(std::move(codec));
  return output;
}

double UnitOf(const Amount& amount, uint32_t duration_step_ms) {
  return amount.attribute == Attribute::kDuration ? duration_step_ms : 1;
}

}  // namespace

absl::StatusOr<FlowColumns> FlowColumns::Fit(const std::vector<HostRow>& rows) {
  if (rows.empty()) return absl::InvalidArgumentError("no rows to fit columns to");
  MarginalCounts counts;
  for (const HostRow& row : rows) counts.Add(row);
  FlowColumns out;
  out.duration_step_ms_ = static_cast<uint32_t>(counts.Resolution(Attribute::kDuration));
  for (const Name& name : kNames) {
    STANFLOW_ASSIGN_OR_RETURN(Output output, MakeOutput(counts, name));
    out.discrete_.outputs.push_back(std::move(output));
  }
  return out;
}

absl::Status FlowColumns::CheckFits(const TableCodec& codec) const {
  const size_t columns = kNumAmounts + discrete_.outputs.size();
  bool fits = codec.num_columns() == static_cast<int>(columns);
  for (size_t c = 0; fits && c < columns; ++c) {
    const int classes = c < kNumAmounts ? 0 : discrete_.outputs[c - kNumAmounts].classes->num_classes();
    fits = codec.classes(static_cast<int>(c)) == classes;
  }
  return fits ? absl::OkStatus() : absl::DataLossError("columns of the table: not those of the flows");
}

Table FlowColumns::MakeTable(const std::vector<HostRow>& rows) const {
  Table table;
  for (const Amount& amount : kAmounts) {
    TableColumn column{std::string(AttributeName(amount.attribute)), 0, {}};
    column.values.reserve(rows.size());
    for (const HostRow& row : rows) {
      const double value = static_cast<double>(row.Get(amount.attribute)) / UnitOf(amount, duration_step_ms_);
      column.values.push_back(amount.log ? std::log(std::max(value, 1.0)) : value);
    }
    table.columns.push_back(std::move(column));
  }
  for (const Output& output : discrete_.outputs) {
    TableColumn column{output.name(), output.classes->num_classes(), {}};
    column.values.reserve(rows.size());
    for (const HostRow& row : rows) column.values.push_back(output.Encode(row).cls);
    table.columns.push_back(std::move(column));
  }
  return table;
}

HostRow FlowColumns::Decode(const std::vector<double>& values, DrawKey key) const {
  HostRow row;
  for (size_t c = 0; c < kNumAmounts; ++c) {
    const Amount& amount = kAmounts[c];
    const double value = amount.log ? std::exp(values[c]) : values[c];
    const double whole = std::round(value) * UnitOf(amount, duration_step_ms_);
    row.Set(amount.attribute, static_cast<uint64_t>(std::clamp(whole, amount.least, amount.most)));
  }
  for (size_t o = 0; o < discrete_.outputs.size(); ++o) {
    const Output& output = discrete_.outputs[o];
    key.slot = static_cast<uint16_t>(kFirstSlot + o);
    output.SetValue(&row,
                    output.classes->Decode(static_cast<int>(values[kNumAmounts + o]), Uniform2(key)[0]));
  }
  return row;
}

nlohmann::json FlowColumns::ToJson() const {
  return {{"discrete", discrete_.ToJson()}, {"duration_step_ms", duration_step_ms_}};
}

absl::StatusOr<FlowColumns> FlowColumns::FromJson(const nlohmann::json& json) {
  FlowColumns out;
  try {
    STANFLOW_ASSIGN_OR_RETURN(out.discrete_, OutputSet::FromJson(json.at("discrete")));
    out.duration_step_ms_ = json.at("duration_step_ms");
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(absl::StrCat("columns of flows: ", e.what()));
  }
  bool fits = out.duration_step_ms_ > 0 && out.discrete_.outputs.size() == std::size(kNames);
  for (size_t o = 0; fits && o < std::size(kNames); ++o) {
    const Output& output = out.discrete_.outputs[o];
    fits = output.attribute == kNames[o].attribute && output.octet == kNames[o].octet &&
           output.classes != nullptr;
  }
  if (!fits) return absl::DataLossError("columns of flows: not the columns of this program");
  return out;
}

}  // namespace stanflow
