#ifndef STANFLOW_CLIENT_CLI_LIB_MODEL_TEXT_H_
#define STANFLOW_CLIENT_CLI_LIB_MODEL_TEXT_H_

#include <string>

#include "stanflow/v1/models.pb.h"

namespace stanflow {

// "models/M@3" from "M@3", "models/M@3" or "models/M/versions/3" as it is.
std::string ModelName(const std::string& model);
// "M@3" from "models/M/versions/3".
std::string ShortModelName(const std::string& version_name);
// "READY", ...
std::string ModelStateText(stanflow::v1::ModelState state);

// Without the manifest.
std::string DescribeModel(const stanflow::v1::ModelVersion& version);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_MODEL_TEXT_H_
