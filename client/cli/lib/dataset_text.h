#ifndef STANFLOW_CLIENT_CLI_LIB_DATASET_TEXT_H_
#define STANFLOW_CLIENT_CLI_LIB_DATASET_TEXT_H_

#include <string>

#include "stanflow/v1/datasets.pb.h"

namespace stanflow {

// "datasets/ID" from that or "ID"; and the other way.
std::string DatasetName(const std::string& id);
std::string DatasetId(const std::string& name);

// Figures, and the first `rejected` rejected rows with their reasons.
std::string DescribeDataset(const stanflow::v1::Dataset& dataset, int rejected);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_DATASET_TEXT_H_
