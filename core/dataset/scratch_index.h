#ifndef STANFLOW_CORE_DATASET_SCRATCH_INDEX_H_
#define STANFLOW_CORE_DATASET_SCRATCH_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace stanflow {

// An array of row numbers in a file: its pages are the system's to write out, so that sorting
// a large import does not need its size in memory. The file is removed on destruction.
class ScratchIndex {
 public:
  // The disk's space is taken at once: RESOURCE_EXHAUSTED here, never a crash while writing.
  static absl::StatusOr<ScratchIndex> Create(const std::string& path, size_t size);
  ScratchIndex(ScratchIndex&& other) noexcept;
  ScratchIndex& operator=(ScratchIndex&&) = delete;
  ~ScratchIndex();

  absl::Span<uint64_t> values() { return {data_, size_}; }

 private:
  ScratchIndex(std::string path, uint64_t* data, size_t size)
      : path_(std::move(path)), data_(data), size_(size) {}
  std::string path_;
  uint64_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_SCRATCH_INDEX_H_
