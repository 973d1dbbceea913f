# Library of the evaluate job's handler; included by the worker's CMakeLists.txt.
stanflow_library(stanflow_evaluate_job
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/evaluate_job.cc ${CMAKE_CURRENT_LIST_DIR}/evaluate_spec.cc
          ${CMAKE_CURRENT_LIST_DIR}/evaluation.cc ${CMAKE_CURRENT_LIST_DIR}/generate_flows.cc
  DEPS stanflow_eval stanflow_kinds stanflow_dataset stanflow_running stanflow_schedule)
target_compile_definitions(stanflow_evaluate_job PRIVATE STANFLOW_VERSION="${PROJECT_VERSION}"
                           $<$<BOOL:${STANFLOW_WITH_TORCH}>:STANFLOW_WITH_TORCH>)
