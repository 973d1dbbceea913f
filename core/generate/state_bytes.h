#ifndef STANFLOW_CORE_GENERATE_STATE_BYTES_H_
#define STANFLOW_CORE_GENERATE_STATE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace stanflow {

// Fixed-width numbers and length-prefixed strings, appended to a string in the machine's own
// byte order: for state that only the same build on the same kind of machine reads again.
class StateWriter {
 public:
  explicit StateWriter(std::string* out) : out_(out) {}

  template <typename T>
  void Put(T value) {
    static_assert(std::is_arithmetic_v<T>);
    out_->append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void PutString(std::string_view text) {
    Put<uint64_t>(text.size());
    out_->append(text);
  }

 private:
  std::string* out_;
};

// Reads what StateWriter wrote. After the first read past the end ok() is false and every
// value is zero or empty, so that a caller may check once.
class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  T Get() {
    static_assert(std::is_arithmetic_v<T>);
    T value{};
    const std::string_view raw = Take(sizeof(T));
    if (ok_) std::memcpy(&value, raw.data(), sizeof(T));
    return value;
  }
  // Points into the bytes given to the constructor.
  std::string_view GetString() { return Take(Get<uint64_t>()); }

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && bytes_.empty(); }
  size_t left() const { return bytes_.size(); }

 private:
  std::string_view Take(uint64_t n) {
    if (!ok_ || n > bytes_.size()) {
      ok_ = false;
      bytes_ = {};
      return {};
    }
    const std::string_view taken = bytes_.substr(0, n);
    bytes_.remove_prefix(n);
    return taken;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_STATE_BYTES_H_
