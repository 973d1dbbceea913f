#include "core/generate/replay_model.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/flow/time.h"
#include "core/generate/replay_stream.h"

namespace stanflow {
namespace {

constexpr int64_t kLastMs = 253402300799999;  // 9999-12-31T23:59:59.999Z

// One place for what is stored: calls visit(name, column) for each.
template <typename Flows, typename Hosts, typename Directions, typename Visit>
absl::Status ForEachColumn(Flows& flows, Hosts& host, Directions& incoming, Visit visit) {
  STANFLOW_RETURN_IF_ERROR(visit("end_ms", &flows.end_ms));
  STANFLOW_RETURN_IF_ERROR(visit("duration_ms", &flows.duration_ms));
  STANFLOW_RETURN_IF_ERROR(visit("source_address", &flows.source_address));
  STANFLOW_RETURN_IF_ERROR(visit("destination_address", &flows.destination_address));
  STANFLOW_RETURN_IF_ERROR(visit("source_port", &flows.source_port));
  STANFLOW_RETURN_IF_ERROR(visit("destination_port", &flows.destination_port));
  STANFLOW_RETURN_IF_ERROR(visit("protocol", &flows.protocol));
  STANFLOW_RETURN_IF_ERROR(visit("tcp_flags", &flows.tcp_flags));
  STANFLOW_RETURN_IF_ERROR(visit("tos", &flows.tos));
  STANFLOW_RETURN_IF_ERROR(visit("packets", &flows.packets));
  STANFLOW_RETURN_IF_ERROR(visit("bytes", &flows.bytes));
  STANFLOW_RETURN_IF_ERROR(visit("host", &host));
  return visit("incoming", &incoming);
}

// The dataset's rows, which are grouped by host, in the order of their ends.
std::vector<uint32_t> ByEnd(const Dataset& dataset) {
  std::vector<int64_t> ends(dataset.size());
  for (size_t i = 0; i < ends.size(); ++i) ends[i] = dataset.Row(i).end_ms;
  std::vector<uint32_t> order(dataset.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return ends[a] < ends[b]; });
  return order;
}

std::vector<uint32_t> HostOfRow(const Dataset& dataset) {
  std::vector<uint32_t> hosts(dataset.size());
  for (size_t h = 0; h < dataset.hosts().size(); ++h) {
    const Dataset::Host& host = dataset.hosts()[h];
    std::fill(hosts.begin() + host.begin, hosts.begin() + host.end, static_cast<uint32_t>(h));
  }
  return hosts;
}

}  // namespace

absl::StatusOr<ReplayModel> ReplayModel::OfDataset(const Dataset& dataset) {
  if (dataset.size() >= std::numeric_limits<uint32_t>::max()) {
    return absl::FailedPreconditionError(
        StrCat("dataset '", dataset.manifest().name, "' has ", dataset.size(),
               " rows, a replay holds fewer than 2^32; import a part of the flows"));
  }
  ReplayModel model;
  const std::vector<uint32_t> hosts = HostOfRow(dataset);
  for (const uint32_t i : ByEnd(dataset)) {
    Flow flow = dataset.Row(i);
    const bool home_is_source = dataset.HomeIsSource(i);
    (home_is_source ? flow.source_address : flow.destination_address) = 0;
    model.flows_.Append(flow);
    model.host_.push_back(hosts[i]);
    model.incoming_.push_back(home_is_source ? 0 : 1);
  }
  model.origin_ms_ = FloorTo(dataset.manifest().first_end_ms, kDayMs);
  STANFLOW_RETURN_IF_ERROR(model.Index());
  return model;
}

absl::Status ReplayModel::Index() {
  const size_t rows = flows_.size();
  if (rows == 0) return absl::DataLossError("there are no rows");
  if (!std::is_sorted(flows_.end_ms.begin(), flows_.end_ms.end()) || flows_.end_ms[0] < origin_ms_) {
    return absl::DataLossError("the rows are not in the order of their ends");
  }
  if (origin_ms_ < 0 || flows_.end_ms.back() > kLastMs)
    return absl::DataLossError("times are not from 1970 to 9999");
  const int64_t span_ms = flows_.end_ms.back() - origin_ms_ + 1;
  period_ms_ = (span_ms + kDayMs - 1) / kDayMs * kDayMs;
  const uint32_t last_host = *std::max_element(host_.begin(), host_.end());
  if (last_host >= rows) return absl::DataLossError("there are hosts without rows");
  host_begin_.assign(last_host + size_t{2}, 0);
  for (const uint32_t host : host_) ++host_begin_[host + 1];
  if (std::find(host_begin_.begin() + 1, host_begin_.end(), 0) != host_begin_.end())
    return absl::DataLossError("there are hosts without rows");
  std::partial_sum(host_begin_.begin(), host_begin_.end(), host_begin_.begin());
  std::vector<uint32_t> next(host_begin_.begin(), host_begin_.end() - 1);
  host_rows_.resize(rows);
  for (size_t i = 0; i < rows; ++i) host_rows_[next[host_[i]]++] = static_cast<uint32_t>(i);
  return absl::OkStatus();
}

void ReplayModel::Store(TensorFile* file) const {
  ForEachColumn(flows_, host_, incoming_, [file](const char* name, const auto* column) {
    file->tensors[name] = StoreVector(absl::MakeConstSpan(*column));
    return absl::OkStatus();
  }).IgnoreError();  // nothing refuses
  file->tensors["origin_ms"] = StoreVector<int64_t>({origin_ms_});
}

absl::StatusOr<ReplayModel> ReplayModel::Load(const TensorFile& file) {
  ReplayModel model;
  STANFLOW_RETURN_IF_ERROR(ForEachColumn(
      model.flows_, model.host_, model.incoming_, [&](const char* name, auto* column) -> absl::Status {
        using Value = typename std::remove_pointer_t<decltype(column)>::value_type;
        STANFLOW_ASSIGN_OR_RETURN(*column, LoadVector<Value>(file, name));
        if (column->size() == model.flows_.size() && column->size() < std::numeric_limits<uint32_t>::max())
          return absl::OkStatus();
        return absl::DataLossError(StrCat("tensor ", name, " is not of ", model.flows_.size(), " values"));
      }));
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<int64_t> origin, LoadVector<int64_t>(file, "origin_ms"));
  if (origin.size() != 1) return absl::DataLossError("tensor origin_ms is not one number");
  model.origin_ms_ = origin[0];
  STANFLOW_RETURN_IF_ERROR(model.Index());
  return model;
}

HostRow ReplayModel::RowOf(uint32_t row, int64_t previous_end_ms) const {
  return ToHostRow(flows_.Row(row), incoming_[row] == 0, previous_end_ms);
}

HostRow ReplayModel::Draw(DrawKey key, int64_t clock_ms, const HostRow* previous) const {
  const uint32_t host = key.context % hosts();
  const uint32_t* const rows = host_rows_.data() + host_begin_[host];
  const uint64_t count = host_begin_[host + 1] - host_begin_[host];
  const uint64_t place = key.row % count;
  const int64_t end_ms = flows_.end_ms[rows[place]];
  int64_t gap_ms = end_ms - origin_ms_;
  if (place > 0) gap_ms = end_ms - flows_.end_ms[rows[place - 1]];
  if (place == 0 && key.row > 0) gap_ms = end_ms + period_ms_ - flows_.end_ms[rows[count - 1]];
  HostRow row = RowOf(rows[place], end_ms - gap_ms);
  row.end_ms = clock_ms + gap_ms;
  return row;
}

std::unique_ptr<FlowStream> ReplayModel::OpenStream(const StreamSpec& spec, uint64_t first_row) const {
  return std::make_unique<ReplayStream>(this, spec, first_row);
}

uint64_t ReplayModel::memory_bytes() const {
  constexpr uint64_t kRowBytes = 8 + 3 * 4 + 2 * 2 + 3 + 2 * 8 + 2 * 4 + 1;
  return rows() * kRowBytes + host_begin_.size() * sizeof(uint32_t);
}

}  // namespace stanflow
