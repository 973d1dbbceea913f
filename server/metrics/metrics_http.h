#ifndef STANFLOW_SERVER_METRICS_METRICS_HTTP_H_
#define STANFLOW_SERVER_METRICS_METRICS_HTTP_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace stanflow {

// Answers GET /metrics over HTTP from threads of its own. prometheus-cpp's exposer is not used: its server
// gives each thread a stack of 100 KB, of which the thread-local variables of LibTorch's libraries alone take
// more, so that no thread starts.
class MetricsHttp {
 public:
  // `listen` is "HOST:PORT" (port 0 takes a free one). `text` is called by several threads, one call a
  // scrape, until this is destroyed. FAILED_PRECONDITION where the address can't be had.
  static absl::StatusOr<std::unique_ptr<MetricsHttp>> Start(const std::string& listen,
                                                            std::function<std::string()> text);
  // Returns when the last answer is sent.
  ~MetricsHttp();

  int port() const;

 private:
  struct Rep;
  explicit MetricsHttp(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_METRICS_METRICS_HTTP_H_
