#ifndef STANFLOW_CORE_EXPORT_KAFKA_SETTINGS_H_
#define STANFLOW_CORE_EXPORT_KAFKA_SETTINGS_H_

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "core/export/kafka_handles.h"

namespace stanflow {

using KafkaSettings = std::initializer_list<std::pair<const char*, std::string>>;

// A configuration whose library writes to this program's log. INTERNAL for a setting that the library doesn't
// take.
absl::StatusOr<KafkaConf> NewKafkaConf(const KafkaSettings& settings);

// A client of the configuration; callbacks that it names are called by whoever polls the client.
absl::StatusOr<KafkaHandle> NewKafkaClient(rd_kafka_type_t type, KafkaConf conf);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_KAFKA_SETTINGS_H_
