# Library of the stream job's handler; included by the worker's CMakeLists.txt. What carries the flows knows no gRPC.
stanflow_library(stanflow_stream_pump
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/stream_pump.cc ${CMAKE_CURRENT_LIST_DIR}/stream_spec.cc
  DEPS stanflow_export stanflow_generate stanflow_job_protocol)
stanflow_library(stanflow_stream_job
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/stream_job.cc
  DEPS stanflow_stream_pump stanflow_client)
