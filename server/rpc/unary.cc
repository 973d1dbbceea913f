#include "server/rpc/unary.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "core/base/status_macros.h"

namespace stanflow {

absl::StatusOr<size_t> PageSize(uint32_t page_size) {
  if (page_size > 1000) return FieldError("page_size", "give 1 to 1000");
  return page_size == 0 ? 50 : page_size;
}

absl::StatusOr<Page> PageOf(size_t all, uint32_t page_size, const std::string& token) {
  STANFLOW_ASSIGN_OR_RETURN(const size_t size, PageSize(page_size));
  Page page;
  if (!token.empty() && !absl::SimpleAtoi(token, &page.begin)) {
    return FieldError("page_token", "not one that this server gave");
  }
  page.begin = std::min(page.begin, all);
  page.end = std::min(all, page.begin + size);
  if (page.end < all) page.next_token = std::to_string(page.end);
  return page;
}

std::chrono::steady_clock::time_point AnswerBy(const grpc::ServerContextBase& context,
                                               std::chrono::milliseconds without) {
  using std::chrono::system_clock;
  const auto deadline = context.deadline();
  if (deadline == system_clock::time_point::max()) return std::chrono::steady_clock::now() + without;
  const auto left =
      std::min<system_clock::duration>(deadline - system_clock::now(), std::chrono::hours(24 * 365));
  const auto margin = std::min<system_clock::duration>(std::chrono::milliseconds(200), left / 10);
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(left - margin);
}

}  // namespace stanflow
