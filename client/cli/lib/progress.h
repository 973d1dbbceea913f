#ifndef STANFLOW_CLIENT_CLI_LIB_PROGRESS_H_
#define STANFLOW_CLIENT_CLI_LIB_PROGRESS_H_

#include <chrono>
#include <string>
#include <string_view>

#include "client/cli/lib/output.h"
#include "stanflow/v1/jobs.pb.h"

namespace stanflow {

// One line on a terminal that is written over again and again; nothing at all elsewhere. Not
// safe for concurrent use.
class ProgressLine {
 public:
  explicit ProgressLine(Output* err) : err_(err) {}
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // At most ten times a second; the lines between are dropped.
  void Show(std::string_view line);
  void Clear();
  bool visible() const { return err_->terminal(); }

 private:
  Output* const err_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_{};
};

// "[#####.....]  52 %"
std::string ProgressBar(double fraction);

// "[##...]  23 %  training  bytes  epoch 3  2.41 nats  12,345 rows/s  1 min 20 s left": what is
// known of it.
std::string DescribeProgress(stanflow::v1::JobState state, const stanflow::v1::JobProgress& progress);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_PROGRESS_H_
