#include "core/eval/eval_rows.h"

#include <algorithm>
#include <numeric>

#include "absl/container/flat_hash_map.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

bool InAny(const std::vector<Cidr>& networks, uint32_t address) {
  return std::any_of(networks.begin(), networks.end(), [&](const Cidr& n) { return n.Contains(address); });
}

int64_t HourOf(int64_t ms) { return FloorTo(ms, kHourMs) / kHourMs; }

template <typename T>
void Permute(const std::vector<uint32_t>& order, std::vector<T>* column) {
  std::vector<T> sorted(column->size());
  for (size_t i = 0; i < order.size(); ++i) sorted[i] = (*column)[order[i]];
  *column = std::move(sorted);
}

void SortByEnd(EvalRows* rows) {
  if (std::is_sorted(rows->end_ms.begin(), rows->end_ms.end())) return;
  std::vector<uint32_t> order(rows->size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [rows](uint32_t a, uint32_t b) { return rows->end_ms[a] < rows->end_ms[b]; });
  Permute(order, &rows->end_ms);
  Permute(order, &rows->host);
  Permute(order, &rows->time_delta_s);
  Permute(order, &rows->remote_address);
  Permute(order, &rows->duration_ms);
  Permute(order, &rows->local_port);
  Permute(order, &rows->remote_port);
  Permute(order, &rows->direction);
  Permute(order, &rows->protocol);
  Permute(order, &rows->tcp_flags);
  Permute(order, &rows->tos);
  Permute(order, &rows->at_home);
  Permute(order, &rows->packets);
  Permute(order, &rows->bytes);
}

}  // namespace

int EvalRows::ClockHour(size_t i) const { return static_cast<int>((HourOf(end_ms[i]) % 24 + 24) % 24); }

int64_t EvalRows::HourNumber(size_t i) const { return HourOf(end_ms[i]); }

void AppendRow(const HostRow& row, uint32_t host, bool has_delta, bool at_home, EvalRows* out) {
  out->end_ms.push_back(row.end_ms);
  out->host.push_back(host);
  out->time_delta_s.push_back(has_delta ? row.time_delta_s : EvalRows::kNoDelta);
  out->remote_address.push_back(row.remote_address);
  out->duration_ms.push_back(row.duration_ms);
  out->local_port.push_back(row.local_port);
  out->remote_port.push_back(row.remote_port);
  out->direction.push_back(row.direction);
  out->protocol.push_back(row.protocol);
  out->tcp_flags.push_back(row.tcp_flags);
  out->tos.push_back(row.tos);
  out->at_home.push_back(at_home);
  out->packets.push_back(row.packets);
  out->bytes.push_back(row.bytes);
}

EvalRows EvalRowsOf(const Dataset& dataset, const std::vector<Sequence>& sequences) {
  EvalRows out;
  const std::vector<Cidr>& home = dataset.manifest().home;
  absl::flat_hash_map<uint32_t, uint32_t> index;  // the dataset's host -> this set's
  for (const Sequence& sequence : sequences) {
    const uint32_t host = index.try_emplace(sequence.host, index.size()).first->second;
    const std::vector<HostRow> rows = dataset.HostRows(sequence);
    for (size_t i = 0; i < rows.size(); ++i) {
      const bool same_hour = i > 0 && HourOf(rows[i - 1].end_ms) == HourOf(rows[i].end_ms);
      const Flow flow = dataset.Row(sequence.begin + i);
      const bool at_home = InAny(home, flow.source_address) || InAny(home, flow.destination_address);
      AppendRow(rows[i], host, same_hour, at_home, &out);
    }
  }
  out.hosts = static_cast<uint32_t>(index.size());
  SortByEnd(&out);
  return out;
}

EvalRows EvalRowsOf(const FlowTable& flows, const std::vector<Cidr>& home) {
  EvalRows out;
  struct Host {
    uint32_t index;
    int64_t last_end_ms;
  };
  absl::flat_hash_map<uint32_t, Host> hosts;
  for (size_t i = 0; i < flows.size(); ++i) {
    const Flow flow = flows.Row(i);
    const bool source = InAny(home, flow.source_address), destination = InAny(home, flow.destination_address);
    const bool home_is_source = source || !destination;
    const uint32_t address = home_is_source ? flow.source_address : flow.destination_address;
    const uint32_t next = static_cast<uint32_t>(hosts.size());
    const auto [it, first] = hosts.try_emplace(address, Host{next, flow.end_ms});
    const bool same_hour = !first && HourOf(it->second.last_end_ms) == HourOf(flow.end_ms);
    AppendRow(ToHostRow(flow, home_is_source, it->second.last_end_ms), it->second.index, same_hour,
              source || destination, &out);
    it->second.last_end_ms = flow.end_ms;
  }
  out.hosts = static_cast<uint32_t>(hosts.size());
  SortByEnd(&out);
  return out;
}

}  // namespace stanflow
