# Library of the collect job's handler; included by the worker's CMakeLists.txt.
stanflow_library(stanflow_collect_job
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/collect_job.cc ${CMAKE_CURRENT_LIST_DIR}/collect_spec.cc
          ${CMAKE_CURRENT_LIST_DIR}/collection.cc ${CMAKE_CURRENT_LIST_DIR}/collection_publisher.cc
          ${CMAKE_CURRENT_LIST_DIR}/collector_process.cc ${CMAKE_CURRENT_LIST_DIR}/collector_spool.cc
          ${CMAKE_CURRENT_LIST_DIR}/exporter_totals.cc ${CMAKE_CURRENT_LIST_DIR}/udp_socket_table.cc
  DEPS stanflow_dataset stanflow_io stanflow_job_protocol)
