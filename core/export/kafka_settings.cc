#include "core/export/kafka_settings.h"

#include <array>

#include "core/base/log.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

// Called from the library's own threads. What of it matters comes back as a status or is counted; an outage
// is a line every half second here.
void OnLog(const rd_kafka_t*, int level, const char* facility, const char* text) {
  LogDebug("kafka client", {{"severity", level}, {"facility", facility}, {"text", text}});
}

}  // namespace

absl::StatusOr<KafkaConf> NewKafkaConf(const KafkaSettings& settings) {
  KafkaConf conf(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(conf.get(), OnLog);
  std::array<char, 512> why;
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf.get(), name, value.c_str(), why.data(), why.size()) != RD_KAFKA_CONF_OK) {
      return absl::InternalError(StrCat("librdkafka doesn't take ", name, "=", value, ": ", why.data()));
    }
  }
  return conf;
}

absl::StatusOr<KafkaHandle> NewKafkaClient(rd_kafka_type_t type, KafkaConf conf) {
  std::array<char, 512> why;
  KafkaHandle client(rd_kafka_new(type, conf.get(), why.data(), why.size()));
  if (client == nullptr) return absl::InternalError(StrCat("can't make a client of Kafka: ", why.data()));
  static_cast<void>(conf.release());  // It is the client's now.
  return client;
}

}  // namespace stanflow
