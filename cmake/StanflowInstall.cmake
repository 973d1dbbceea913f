# What `cmake --install` lays down:
#   bin/{stanflowd,stanflow-worker,stanflow}
#   share/stanflow/{stanflowd.yaml,prometheus/,grafana/}, share/bash-completion/completions/stanflow
#   include/stanflow/v1/*.proto and the C++ code made from them; lib/libstanflow_proto.a
#   lib/cmake/stanflow: find_package(stanflow) gives stanflow::proto, the messages and service stubs
# Components: programs (to run a server) and development (to write a client).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

foreach(_program stanflowd stanflow-worker stanflow)
  if(TARGET ${_program})
    install(TARGETS ${_program} RUNTIME COMPONENT programs)
  endif()
endforeach()
install(FILES deploy/stanflowd.yaml DESTINATION ${CMAKE_INSTALL_DATADIR}/stanflow COMPONENT programs)
install(DIRECTORY deploy/prometheus deploy/grafana DESTINATION ${CMAKE_INSTALL_DATADIR}/stanflow COMPONENT programs
        PATTERN tests EXCLUDE PATTERN *.py EXCLUDE)

get_target_property(_proto_out stanflow_proto BINARY_DIR)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/proto/stanflow ${_proto_out}/stanflow
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
        FILES_MATCHING PATTERN *.proto PATTERN *.pb.h)
set_target_properties(stanflow_proto PROPERTIES EXPORT_NAME proto)
set_target_properties(stanflow_flow_proto PROPERTIES EXPORT_NAME flow_proto)
install(TARGETS stanflow_proto stanflow_flow_proto EXPORT stanflowTargets
        ARCHIVE COMPONENT development INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
set(_package ${CMAKE_INSTALL_LIBDIR}/cmake/stanflow)
install(EXPORT stanflowTargets NAMESPACE stanflow:: DESTINATION ${_package} COMPONENT development)
configure_package_config_file(cmake/stanflowConfig.cmake.in ${PROJECT_BINARY_DIR}/stanflowConfig.cmake
                              INSTALL_DESTINATION ${_package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/stanflowConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/stanflowConfig.cmake ${PROJECT_BINARY_DIR}/stanflowConfigVersion.cmake
        DESTINATION ${_package} COMPONENT development)
