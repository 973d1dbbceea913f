# Library of the train job's handler; included by the worker's CMakeLists.txt.
stanflow_library(stanflow_train_job
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/train_job.cc
  DEPS stanflow_dataset stanflow_kinds)
