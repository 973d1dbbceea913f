# stanflow_library(name SOURCES ... DEPS ...): a static library of one folder.
# stanflow_program(name SOURCES ... DEPS ...): a program in bin/.
# stanflow_test(name SOURCES ... DEPS ...): a GoogleTest program, registered with ctest.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(stanflow_options INTERFACE)
target_include_directories(stanflow_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(stanflow_options INTERFACE -Wall -Wextra -Wno-unused-parameter)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_compile_options(stanflow_options INTERFACE -Wthread-safety -Werror=thread-safety)
endif()
if(STANFLOW_SANITIZE)
  # Undefined behaviour ends the program as the other sanitizers' findings do.
  add_compile_options(-fsanitize=${STANFLOW_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${STANFLOW_SANITIZE})
endif()

function(stanflow_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC stanflow_options ${ARG_DEPS})
endfunction()

function(stanflow_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE stanflow_options ${ARG_DEPS})
endfunction()

function(stanflow_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE stanflow_options ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
