#ifndef STANFLOW_CORE_EXPORT_DATAGRAM_BATCH_H_
#define STANFLOW_CORE_EXPORT_DATAGRAM_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stanflow {

// Datagrams one behind the other, in memory that is used again after Clear. An encoder fills it, the sender
// empties it. Not safe for concurrent use.
class DatagramBatch {
 public:
  // The next datagram is appended here; it is one of the batch once EndDatagram was called.
  std::string* bytes() { return &bytes_; }
  // Where in bytes() the next datagram begins.
  size_t datagram_begin() const { return ends_.empty() ? 0 : ends_.back().offset; }
  // `flows`: how many flows are lost if this datagram is.
  void EndDatagram(size_t flows) { ends_.push_back({bytes_.size(), flows}); }

  size_t size() const { return ends_.size(); }
  bool empty() const { return ends_.empty(); }
  // Valid until the batch changes.
  std::string_view operator[](size_t i) const {
    const size_t begin = i == 0 ? 0 : ends_[i - 1].offset;
    return std::string_view(bytes_).substr(begin, ends_[i].offset - begin);
  }
  size_t flows(size_t i) const { return ends_[i].flows; }

  void Clear() {
    bytes_.clear();
    ends_.clear();
  }

 private:
  struct End {
    size_t offset;
    size_t flows;
  };
  std::string bytes_;
  std::vector<End> ends_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_DATAGRAM_BATCH_H_
