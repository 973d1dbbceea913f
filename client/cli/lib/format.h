#ifndef STANFLOW_CLIENT_CLI_LIB_FORMAT_H_
#define STANFLOW_CLIENT_CLI_LIB_FORMAT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/timestamp.pb.h"

namespace stanflow {

// Values as people read them.

std::string FormatCount(uint64_t value);            // "1,306,502"
std::string FormatFixed(double value, int digits);  // "28.81"; "-" if it is not finite
std::string FormatBytes(uint64_t bytes);            // "37.4 MB"
std::string FormatSeconds(double seconds);          // "8 s", "1 min 20 s", "2 h 5 min"
std::string FormatShare(double share);              // "42 %"

int64_t ToMs(const google::protobuf::Timestamp& time);
google::protobuf::Timestamp ToTimestamp(int64_t ms);
// "2016-04-11 00:01:38" (UTC), "-" if unset.
std::string FormatTime(bool set, const google::protobuf::Timestamp& time);

// Columns of text, each as wide as its widest cell, two spaces apart. A heading that starts with
// '>' aligns its column to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> headings);
  // As many cells as there are headings.
  void Row(std::vector<std::string> cells);
  std::string ToString() const;

 private:
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> lines_;
};

// "key    value" lines, the values aligned.
class KeyValues {
 public:
  void Add(std::string_view key, std::string value);
  std::string ToString() const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_FORMAT_H_
