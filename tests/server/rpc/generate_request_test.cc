#include "server/rpc/generate_request.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::StartsWith;

v1::GenerateRequest Good() {
  v1::GenerateRequest request;
  request.set_model("edge");
  return request;
}

TEST(GenerateRequest, TakesTheModelsDefaultsForWhatIsNotSaid) {
  const auto input = ParseGenerateRequest(Good());
  ASSERT_TRUE(input.ok()) << input.status();
  const auto spec = CompleteSpec(*input, {7, 86400000});
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->hosts, 7u);
  EXPECT_EQ(spec->start_ms, 86400000);
  EXPECT_EQ(spec->home.ToString(), "10.0.0.0/16");
  EXPECT_FALSE(spec->rows.has_value() || spec->duration_ms.has_value());
}

TEST(GenerateRequest, KeepsWhatIsSaid) {
  v1::GenerateRequest request = Good();
  request.set_hosts(3);
  request.set_home("192.168.0.0/24");
  request.mutable_start()->set_seconds(10);
  request.mutable_start()->set_nanos(5000000);
  request.set_duration_seconds(1.5);
  request.set_chunk_rows(17);
  const auto input = ParseGenerateRequest(request);
  ASSERT_TRUE(input.ok()) << input.status();
  const auto spec = CompleteSpec(*input, {7, 86400000});
  EXPECT_EQ(spec->hosts, 3u);
  EXPECT_EQ(spec->start_ms, 10005);
  EXPECT_EQ(spec->duration_ms, 1500);
  EXPECT_EQ(input->chunk_rows, 17u);
}

TEST(GenerateRequest, NamesTheFieldThatIsWrong) {
  const struct {
    const char* field;
    void (*spoil)(v1::GenerateRequest*);
  } cases[] = {
      {"model: ", [](v1::GenerateRequest* r) { r->clear_model(); }},
      {"hosts: ", [](v1::GenerateRequest* r) { r->set_hosts(65537); }},
      {"home: ", [](v1::GenerateRequest* r) { r->set_home("10.0.0.0"); }},
      {"home: ", [](v1::GenerateRequest* r) { r->set_home("10.0.0.0/30"), r->set_hosts(4); }},
      {"start: ", [](v1::GenerateRequest* r) { r->mutable_start()->set_seconds(-1); }},
      {"rows: ", [](v1::GenerateRequest* r) { r->set_rows(0); }},
      {"duration_seconds: ", [](v1::GenerateRequest* r) { r->set_duration_seconds(-1); }},
      {"duration_seconds: ", [](v1::GenerateRequest* r) { r->set_duration_seconds(std::nan("")); }},
      {"duration_seconds: ", [](v1::GenerateRequest* r) { r->set_duration_seconds(1e15); }},
      {"chunk_rows: ", [](v1::GenerateRequest* r) { r->set_chunk_rows(4097); }},
      {"resume_token: ", [](v1::GenerateRequest* r) { r->set_resume_token("nonsense"); }},
  };
  for (const auto& c : cases) {
    v1::GenerateRequest request = Good();
    c.spoil(&request);
    const auto input = ParseGenerateRequest(request);
    ASSERT_TRUE(absl::IsInvalidArgument(input.status())) << c.field;
    EXPECT_THAT(std::string(input.status().message()), StartsWith(c.field));
  }
}

}  // namespace
}  // namespace stanflow
