stanflow_library(stanflow_import_job
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/import_job.cc
  DEPS stanflow_dataset stanflow_io)
