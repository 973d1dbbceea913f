# Library of the reproduce job's handler; included by the worker's CMakeLists.txt.
if(STANFLOW_WITH_TORCH)
  stanflow_library(stanflow_reproduce_job
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/reproduce_job.cc ${CMAKE_CURRENT_LIST_DIR}/reproduce_spec.cc
    DEPS stanflow_evaluate_job stanflow_paper stanflow_study)
endif()
