#ifndef STANFLOW_CORE_EXPORT_KAFKA_SINK_H_
#define STANFLOW_CORE_EXPORT_KAFKA_SINK_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/export/flow_sink.h"
#include "core/export/sink_url.h"

namespace stanflow {

// Sends flows to a topic of Kafka, one message a flow, each Commit one transaction. The stream is known to
// the brokers as "stanflow-" and its id: a transactional id, and a consumer group whose offset (partition 0)
// is the newest mark. Readers with isolation.level=read_committed see every flow once.
//
// A message's key is its home host's address as text, so that one host's flows stay in order in one
// partition: the source if it lies in options.home, else the destination if that does, else the source.
//
// Of counts(): flows and messages are those that the brokers acknowledged, also where their transaction then
// failed. A file in options.state_dir repeats the newest mark; where the brokers hold an older one, or none
// any more, opening fails with DATA_LOSS instead of sending flows twice. Destroying it before the stream's
// last Commit makes void what was not committed, which may take some seconds.
//
// FAILED_PRECONDITION: another process opened the stream since, or the brokers' settings or rights refuse it.
// UNAVAILABLE also for a transaction that failed: the next sink of the stream goes on from resumed().
absl::StatusOr<std::unique_ptr<FlowSink>> OpenKafkaSink(const KafkaSink& url, const SinkOptions& options,
                                                        const Clock* clock);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_KAFKA_SINK_H_
