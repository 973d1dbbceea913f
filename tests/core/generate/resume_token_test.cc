#include "core/generate/resume_token.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

ResumeToken Token() {
  return {{RequestDigest("models/edge/versions/3", {}), "models/edge/versions/3", "0.1.0", "cpu", "avx2"},
          4096};
}

TEST(ResumeToken, SurvivesEncoding) {
  const auto token = DecodeResumeToken(EncodeResumeToken(Token()));
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->next_row, 4096u);
  EXPECT_EQ(token->stream.request_digest, Token().stream.request_digest);
  EXPECT_EQ(token->stream.model_version, "models/edge/versions/3");
  EXPECT_EQ(token->stream.build, "0.1.0");
  EXPECT_EQ(token->stream.device, "cpu");
  EXPECT_EQ(token->stream.instruction_set, "avx2");
}

TEST(ResumeToken, IsRefusedWhenAnyByteChangedOrIsMissing) {
  const std::string bytes = EncodeResumeToken(Token());
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string altered = bytes;
    altered[i] ^= 1;
    EXPECT_EQ(DecodeResumeToken(altered).status().code(), absl::StatusCode::kInvalidArgument) << i;
    EXPECT_EQ(DecodeResumeToken(bytes.substr(0, i)).status().code(), absl::StatusCode::kInvalidArgument) << i;
  }
}

TEST(ResumeToken, ContinuesTheStreamItCameFrom) {
  EXPECT_TRUE(CheckResumeToken(Token(), Token().stream).ok());
}

TEST(ResumeToken, OfAnotherServerOrRequestIsRefusedWithTheReason) {
  const struct {
    std::string StreamIdentity::*field;
    std::string value, message;
    absl::StatusCode code;
  } cases[] = {
      {&StreamIdentity::model_version, "models/edge/versions/4", "model version \"models/edge/versions/3\"",
       absl::StatusCode::kFailedPrecondition},
      {&StreamIdentity::build, "0.2.0", "build \"0.1.0\"", absl::StatusCode::kFailedPrecondition},
      {&StreamIdentity::device, "cuda", "device \"cpu\"", absl::StatusCode::kFailedPrecondition},
      {&StreamIdentity::instruction_set, "avx512", "instruction set \"avx2\"",
       absl::StatusCode::kFailedPrecondition},
      {&StreamIdentity::request_digest, "0000", "another request", absl::StatusCode::kInvalidArgument},
  };
  for (const auto& c : cases) {
    StreamIdentity now = Token().stream;
    now.*c.field = c.value;
    const absl::Status status = CheckResumeToken(Token(), now);
    EXPECT_EQ(status.code(), c.code) << c.message;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message));
  }
}

TEST(RequestDigest, ChangesWithEveryFieldThatDecidesTheFlows) {
  std::set<std::string> digests = {RequestDigest("v1", {}), RequestDigest("v2", {})};
  void (*const changes[])(StreamSpec*) = {
      [](StreamSpec* s) { s->seed = 1; },        [](StreamSpec* s) { s->stream = 1; },
      [](StreamSpec* s) { s->hosts = 2; },       [](StreamSpec* s) { s->home.prefix = 15; },
      [](StreamSpec* s) { s->start_ms = 1; },    [](StreamSpec* s) { s->rows = 5; },
      [](StreamSpec* s) { s->duration_ms = 5; },
  };
  for (const auto change : changes) {
    StreamSpec spec;
    change(&spec);
    digests.insert(RequestDigest("v1", spec));
  }
  EXPECT_EQ(digests.size(), 2 + std::size(changes));
}

TEST(SnapshotKey, DiffersBetweenBuildsOfOneRequest) {
  StreamIdentity other = Token().stream;
  other.build = "0.2.0";
  EXPECT_NE(SnapshotKey(Token().stream), SnapshotKey(other));
  EXPECT_EQ(SnapshotKey(other).size(), 64u);
}

}  // namespace
}  // namespace stanflow
