#include "core/eval/task_samples.h"

#include <algorithm>
#include <cmath>

#include "core/flow/protocol.h"

namespace stanflow {
namespace {

constexpr uint32_t kBytesHistory = 5;

uint32_t HistoryOf(Task task) { return task == Task::kProtocol ? 1 : kBytesHistory; }

float ProtocolClass(uint8_t protocol) { return protocol == kTcp ? 0 : protocol == kUdp ? 1 : 2; }

void AppendProtocolTask(const EvalRows& r, uint32_t row, uint32_t previous, TaskSamples* out) {
  const float protocol = ProtocolClass(r.protocol[previous]);
  out->features.Append({static_cast<float>(r.bytes[previous]), static_cast<float>(r.packets[previous]),
                        static_cast<float>(protocol == 0), static_cast<float>(protocol == 1),
                        static_cast<float>(protocol == 2)});
  out->targets.push_back(ProtocolClass(r.protocol[row]));
}

void AppendBytesTask(const EvalRows& r, const uint32_t* row, TaskSamples* out) {
  for (uint32_t back = 1; back <= kBytesHistory; ++back) {
    const uint32_t i = *(row - back);
    out->features.Append({static_cast<float>(r.duration_ms[i] / 1000.0), static_cast<float>(r.local_port[i]),
                          static_cast<float>(r.remote_port[i]), ProtocolClass(r.protocol[i]),
                          static_cast<float>(std::log1p(static_cast<double>(r.bytes[i])))});
  }
  out->targets.push_back(
      static_cast<float>(std::log(std::max<double>(static_cast<double>(r.bytes[*row]), 1))));
}

}  // namespace

TaskRows::TaskRows(const EvalRows& rows, Task task)
    : rows_(&rows), task_(task), order_(OrderByHostHour(HostHoursOf(rows))) {
  for (uint32_t i = 0; i < order_.position.size(); ++i) {
    if (order_.place[order_.position[i]] >= HistoryOf(task)) targets_.push_back(i);
  }
}

void TaskRows::Append(const std::vector<uint32_t>& chosen, TaskSamples* out) const {
  out->features.width = task_ == Task::kProtocol ? 5 : 5 * kBytesHistory;
  for (uint32_t row : chosen) {
    const uint32_t* const at = &order_.rows[order_.position[row]];
    if (task_ == Task::kProtocol)
      AppendProtocolTask(*rows_, row, *(at - 1), out);
    else
      AppendBytesTask(*rows_, at, out);
  }
}

}  // namespace stanflow
