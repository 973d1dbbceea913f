// Writes what the fuzzer begins with into FOLDER: the samples of the readers' tests, each for split and keep.
//
//   stanflow_seed_corpus FOLDER
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "core/base/strings.h"
#include "tests/core/io/format_samples.h"
#include "tests/core/io/ipfix_builder.h"
#include "tests/fuzz/fuzz_formats.h"

namespace stanflow {
namespace {

int ByteOf(const std::string& format) {
  const auto* const found = std::find(std::begin(kFuzzFormats), std::end(kFuzzFormats), format);
  if (found == std::end(kFuzzFormats)) {
    std::cerr << "no byte of fuzz_formats.h is " << format << "\n";
    std::abort();
  }
  return static_cast<int>(found - std::begin(kFuzzFormats));
}

void Write(const std::string& folder, const std::string& format, const std::string& what,
           const std::string& contents) {
  for (const int keep : {0, int{kKeepBit}}) {
    std::ofstream(StrCat(folder, "/", format, "-", what, keep == 0 ? "" : "-keep"), std::ios::binary)
        << static_cast<char>(ByteOf(format) + keep) << contents;
  }
}

// The columns of the fuzzer's schema.
constexpr char kGenericCsv[] =
    "end,start,from,to,proto,port,flags,packets,bytes,more,most\n"
    "2024-01-08T00:00:01.5Z,1704672000500,10.1.0.1,192.0.2.1,tcp,443,.AP.SF,1,60,2,120\n"
    "2024-01-08 00:00:01,1704672000500,\"10.1.0.1\",192.0.2.1,icmp,3.1,0x1b,1,60,,\n";

std::string IpfixOfBothDirections() {
  std::vector<IpfixField> fields = PlainFields();
  for (const uint16_t number : {2, 1}) fields.push_back({number, 8, kReverseEnterprise});
  const std::string options =
      IpfixSetBytes(3, StrCat(Be(400, 2), Be(2, 2), Be(1, 2), Be(149, 2), Be(4, 2), Be(41, 2), Be(8, 2)));
  return IpfixMessage(StrCat(IpfixTemplate(256, fields), options, IpfixSetBytes(400, Be(1, 4) + Be(7, 8)),
                             IpfixSetBytes(256, PlainRecord(60) + Be(2, 8) + Be(120, 8))));
}

}  // namespace
}  // namespace stanflow

int main(int argc, char** argv) {
  using namespace stanflow;  // NOLINT(google-build-using-namespace)
  if (argc != 2) {
    std::cerr << "stanflow_seed_corpus FOLDER\n";
    return 2;
  }
  std::filesystem::create_directories(argv[1]);
  for (const FormatSample& sample : FormatSamples())
    Write(argv[1], sample.format, "plain", sample.Text({60, 61}));
  Write(argv[1], "generic-csv", "both", kGenericCsv);
  Write(argv[1], "ipfix", "plain", PlainIpfixFile({60, 61}));
  Write(argv[1], "ipfix", "both", IpfixOfBothDirections());
  return 0;
}
