#include "server/rpc/status.h"

#include "gtest/gtest.h"
#include "tests/server/rpc/rpc_testing.h"

namespace stanflow {
namespace {

TEST(ToGrpcStatus, KeepsCodeAndMessageAndAlwaysHasAReason) {
  const grpc::Status status = ToGrpcStatus(absl::NotFoundError("no model 'x'"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no model 'x'");
  EXPECT_EQ(ReasonOf(status), "NOT_FOUND");
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
}

TEST(ToGrpcStatus, NamesTheFieldOfABadRequest) {
  const grpc::Status status = ToGrpcStatus(InField("generate", FieldError("hosts", "give 1 to 65536")));
  EXPECT_EQ(FieldOf(status), "generate.hosts");
  EXPECT_EQ(DetailOf<v1::BadRequest>(status, "BadRequest").field_violations(0).description(),
            "give 1 to 65536");
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(ToGrpcStatus(absl::InvalidArgumentError("Not a field: this"))), "");
}

TEST(ToGrpcStatus, SaysWhereWaitingHelps) {
  const auto retry = [](const absl::Status& status) {
    return DetailOf<v1::RetryInfo>(ToGrpcStatus(status), "RetryInfo").retry_delay().seconds();
  };
  EXPECT_GT(retry(absl::ResourceExhaustedError("full")), 0);
  EXPECT_GT(retry(absl::UnavailableError("draining")), 0);
  EXPECT_EQ(retry(absl::NotFoundError("no")), 0);
}

TEST(ToGrpcStatus, TakesAReasonOfItsOwn) {
  EXPECT_EQ(ReasonOf(ToGrpcStatus(WithReason(absl::ResourceExhaustedError("full"), "DISK_FULL"))),
            "DISK_FULL");
}

}  // namespace
}  // namespace stanflow
