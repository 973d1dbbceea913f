#include "client/cli/lib/paging.h"

#include <algorithm>

#include "core/base/status_macros.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

constexpr uint32_t kPage = 1000;

}  // namespace

absl::StatusOr<std::vector<v1::Dataset>> AllDatasets(const Server& server) {
  std::vector<v1::Dataset> out;
  v1::ListDatasetsRequest request;
  request.set_page_size(kPage);
  do {
    STANFLOW_ASSIGN_OR_RETURN(const auto page,
                              server.Call(server.datasets.get(), &v1::Datasets::Stub::ListDatasets, request));
    out.insert(out.end(), page.datasets().begin(), page.datasets().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return out;
}

absl::StatusOr<std::vector<v1::ModelVersion>> AllModels(const Server& server) {
  std::vector<v1::ModelVersion> out;
  v1::ListModelsRequest request;
  request.set_page_size(kPage);
  do {
    STANFLOW_ASSIGN_OR_RETURN(const auto page,
                              server.Call(server.models.get(), &v1::Models::Stub::ListModels, request));
    out.insert(out.end(), page.versions().begin(), page.versions().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return out;
}

absl::StatusOr<std::vector<v1::Job>> ListJobs(const Server& server, v1::ListJobsRequest request,
                                              size_t limit) {
  std::vector<v1::Job> out;
  do {
    request.set_page_size(limit == 0 ? kPage
                                     : static_cast<uint32_t>(std::min<size_t>(kPage, limit - out.size())));
    STANFLOW_ASSIGN_OR_RETURN(const auto page,
                              server.Call(server.jobs.get(), &v1::Jobs::Stub::ListJobs, request));
    out.insert(out.end(), page.jobs().begin(), page.jobs().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && (limit == 0 || out.size() < limit));
  return out;
}

}  // namespace stanflow
