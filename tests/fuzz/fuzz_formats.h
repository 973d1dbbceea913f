#ifndef STANFLOW_TESTS_FUZZ_FUZZ_FORMATS_H_
#define STANFLOW_TESTS_FUZZ_FUZZ_FORMATS_H_

#include <cstdint>

namespace stanflow {

// What the first byte of an input means, for good: a corpus stays what it is when the table of readers grows.
inline constexpr const char* kFuzzFormats[] = {"ugr16-csv",       "nfdump-csv",  "zeek-tsv", "zeek-json",
                                               "ctu13-binetflow", "generic-csv", "ipfix"};
// Added to it: Biflow::kKeep.
inline constexpr uint8_t kKeepBit = 128;

}  // namespace stanflow

#endif  // STANFLOW_TESTS_FUZZ_FUZZ_FORMATS_H_
