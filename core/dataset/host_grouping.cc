#include "core/dataset/host_grouping.h"

#include <algorithm>
#include <unordered_map>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/columns.h"
#include "core/dataset/scratch_index.h"

namespace stanflow {
namespace {

std::string PathOf(const std::string& dir, int column) {
  return StrCat(dir, "/", GetColumnFile(column).file());
}

// First row of each host, and the number of rows at the end.
std::vector<uint64_t> Begins(const std::map<uint32_t, uint64_t>& rows_of_host) {
  std::vector<uint64_t> begins = {0};
  for (const auto& [address, rows] : rows_of_host) begins.push_back(begins.back() + rows);
  return begins;
}

template <typename T>
absl::Status WriteArray(const std::string& path, const std::vector<T>& values) {
  STANFLOW_ASSIGN_OR_RETURN(FileWriter file, FileWriter::Create(path));
  STANFLOW_RETURN_IF_ERROR(
      file.Append({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)}));
  return file.Finish();
}

absl::Status WriteHosts(const std::string& dir, const std::map<uint32_t, uint64_t>& rows_of_host,
                        const std::vector<uint64_t>& begins) {
  std::vector<uint32_t> addresses;
  addresses.reserve(rows_of_host.size());
  for (const auto& [address, rows] : rows_of_host) addresses.push_back(address);
  STANFLOW_RETURN_IF_ERROR(WriteArray(PathOf(dir, kHostAddress), addresses));
  return WriteArray(PathOf(dir, kHostBegin), begins);
}

// A counting sort: stable, one pass over the addresses.
absl::Status OrderByHost(const std::string& from, const std::vector<Cidr>& home,
                         const std::map<uint32_t, uint64_t>& rows_of_host,
                         const std::vector<uint64_t>& begins, absl::Span<uint64_t> order) {
  STANFLOW_ASSIGN_OR_RETURN(const MappedFile source, MappedFile::Open(PathOf(from, kSourceAddress)));
  STANFLOW_ASSIGN_OR_RETURN(const MappedFile destination,
                            MappedFile::Open(PathOf(from, kDestinationAddress)));
  std::unordered_map<uint32_t, uint64_t> next;
  size_t host = 0;
  for (const auto& [address, rows] : rows_of_host) next[address] = begins[host++];
  for (uint64_t row = 0; row < order.size(); ++row) {
    const uint32_t address = source.As<uint32_t>()[row];
    const bool home_is_source = InHome(home, address);
    order[next[home_is_source ? address : destination.As<uint32_t>()[row]]++] = row;
  }
  return absl::OkStatus();
}

absl::Status SortByEnd(const std::string& from, const std::vector<uint64_t>& begins,
                       absl::Span<uint64_t> order) {
  STANFLOW_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(PathOf(from, kEndMs)));
  const int64_t* const ends = file.As<int64_t>();
  const auto earlier = [ends](uint64_t a, uint64_t b) { return ends[a] < ends[b]; };
  for (size_t host = 0; host + 1 < begins.size(); ++host) {
    const auto first = order.begin() + static_cast<ptrdiff_t>(begins[host]);
    const auto last = order.begin() + static_cast<ptrdiff_t>(begins[host + 1]);
    // Collectors write in order of time: most hosts need no sort, nor the memory for one.
    if (!std::is_sorted(first, last, earlier)) std::stable_sort(first, last, earlier);
  }
  return absl::OkStatus();
}

absl::Status WriteOrdered(const std::string& from, const std::string& to, int column,
                          absl::Span<const uint64_t> order) {
  STANFLOW_ASSIGN_OR_RETURN(const MappedFile in, MappedFile::Open(PathOf(from, column)));
  STANFLOW_ASSIGN_OR_RETURN(FileWriter out, FileWriter::Create(PathOf(to, column)));
  const size_t width = GetColumnFile(column).width;
  for (const uint64_t row : order)
    STANFLOW_RETURN_IF_ERROR(out.Append(in.bytes().substr(row * width, width)));
  return out.Finish();
}

}  // namespace

absl::Status GroupByHost(const std::string& from, const std::string& to, const std::vector<Cidr>& home,
                         const std::map<uint32_t, uint64_t>& rows_of_host, const GroupingProgress& progress) {
  const std::vector<uint64_t> begins = Begins(rows_of_host);
  STANFLOW_ASSIGN_OR_RETURN(ScratchIndex index,
                            ScratchIndex::Create(StrCat(from, "/order.bin"), begins.back()));
  STANFLOW_RETURN_IF_ERROR(OrderByHost(from, home, rows_of_host, begins, index.values()));
  STANFLOW_RETURN_IF_ERROR(SortByEnd(from, begins, index.values()));
  for (int column = 0; column < kNumFlowColumns; ++column) {
    STANFLOW_RETURN_IF_ERROR(progress(static_cast<double>(column) / kNumFlowColumns));
    STANFLOW_RETURN_IF_ERROR(WriteOrdered(from, to, column, index.values()));
  }
  return WriteHosts(to, rows_of_host, begins);
}

}  // namespace stanflow
