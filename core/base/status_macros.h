#ifndef STANFLOW_CORE_BASE_STATUS_MACROS_H_
#define STANFLOW_CORE_BASE_STATUS_MACROS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Evaluates an absl::Status expression and returns it from the calling function unless OK.
#define STANFLOW_RETURN_IF_ERROR(expr)                   \
  do {                                                   \
    absl::Status stanflow_status_ = (expr);              \
    if (!stanflow_status_.ok()) return stanflow_status_; \
  } while (false)

// `STANFLOW_ASSIGN_OR_RETURN(auto x, F());` assigns the value of an absl::StatusOr or returns its status.
#define STANFLOW_ASSIGN_OR_RETURN(lhs, expr) \
  STANFLOW_ASSIGN_OR_RETURN_IMPL_(STANFLOW_CONCAT_(stanflow_statusor_, __LINE__), lhs, expr)

#define STANFLOW_ASSIGN_OR_RETURN_IMPL_(tmp, lhs, expr) \
  auto tmp = (expr);                                    \
  if (!tmp.ok()) return std::move(tmp).status();        \
  lhs = std::move(tmp).value()

#define STANFLOW_CONCAT_INNER_(a, b) a##b
#define STANFLOW_CONCAT_(a, b) STANFLOW_CONCAT_INNER_(a, b)

#endif  // STANFLOW_CORE_BASE_STATUS_MACROS_H_
