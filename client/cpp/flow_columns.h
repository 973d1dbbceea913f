#ifndef STANFLOW_CLIENT_CPP_FLOW_COLUMNS_H_
#define STANFLOW_CLIENT_CPP_FLOW_COLUMNS_H_

#include "absl/status/status.h"
#include "core/flow/flow.h"
#include "stanflow/v1/flow.pb.h"

namespace stanflow {

// Replaces `flows` by the columns of a message. DATA_LOSS if they differ in length or hold what
// their field can't be.
absl::Status ToFlowTable(const stanflow::v1::FlowColumns& columns, FlowTable* flows);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CPP_FLOW_COLUMNS_H_
