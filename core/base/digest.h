#ifndef STANFLOW_CORE_BASE_DIGEST_H_
#define STANFLOW_CORE_BASE_DIGEST_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

struct evp_md_ctx_st;

namespace stanflow {

// SHA-256 of data that comes in pieces. Not safe for concurrent use.
class Sha256 {
 public:
  static constexpr size_t kBytes = 32;

  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();

  void Update(std::string_view data);
  // The digest of everything so far: 32 raw bytes. Starts over afterwards.
  std::string Finish();
  // The same as 64 lower-case hexadecimal digits.
  std::string FinishHex();

 private:
  evp_md_ctx_st* context_;
};

std::string Sha256Hex(std::string_view data);
absl::StatusOr<std::string> Sha256HexOfFile(const std::string& path);

}  // namespace stanflow

#endif  // STANFLOW_CORE_BASE_DIGEST_H_
