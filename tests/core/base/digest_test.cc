#include "core/base/digest.h"

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

// NIST's examples for SHA-256.
constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr char kEmpty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256, GivesThePublishedAnswers) {
  EXPECT_EQ(Sha256Hex("abc"), kAbc);
  EXPECT_EQ(Sha256Hex(""), kEmpty);
}

TEST(Sha256, PiecesGiveWhatTheWholeGives) {
  Sha256 sha;
  sha.Update("a");
  sha.Update("");
  sha.Update("bc");
  EXPECT_EQ(sha.FinishHex(), kAbc);
}

TEST(Sha256, StartsOverAfterFinish) {
  Sha256 sha;
  sha.Update("something");
  sha.Finish();
  EXPECT_EQ(absl::BytesToHexString(sha.Finish()), kEmpty);
}

TEST(Sha256, ReadsFilesAndReportsMissingOnes) {
  TempDir dir;
  EXPECT_EQ(Sha256HexOfFile(dir.Write("abc", "abc")).value(), kAbc);
  EXPECT_EQ(Sha256HexOfFile(dir.Write("empty", "")).value(), kEmpty);
  EXPECT_TRUE(absl::IsNotFound(Sha256HexOfFile(dir.File("missing")).status()));
}

}  // namespace
}  // namespace stanflow
