#ifndef STANFLOW_TESTS_SERVER_SCHEDULE_STREAM_CASES_H_
#define STANFLOW_TESTS_SERVER_SCHEDULE_STREAM_CASES_H_

#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "server/schedule/stream_request.h"
#include "tests/support/fake_generator.h"
#include "tests/support/stream_stepper.h"

namespace stanflow {

inline StreamRequest Request(std::shared_ptr<const Generator> generator, uint64_t seed, uint32_t hosts,
                             uint64_t rows) {
  StreamRequest request;
  request.generator = std::move(generator);
  request.spec.seed = seed;
  request.spec.hosts = hosts;
  request.spec.start_ms = 1460332800000;
  request.spec.rows = rows;
  request.chunk_rows = 64;
  return request;
}

// What the request's stream holds, made without a scheduler.
inline std::vector<Flow> Expected(const StreamRequest& request) {
  OrderedStream stream(request.generator.get(), request.spec, 1024);
  StreamStepper stepper(request.generator.get(), &stream);
  FlowTable table;
  while (!stream.done()) {
    EXPECT_TRUE(stepper.Step().ok());
    stream.Pop(100000, &table);
  }
  std::vector<Flow> flows;
  for (size_t i = 0; i < table.size(); ++i) flows.push_back(table.Row(i));
  return flows;
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SERVER_SCHEDULE_STREAM_CASES_H_
