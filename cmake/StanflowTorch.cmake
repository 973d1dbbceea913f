# stanflow_torch: LibTorch, from the system or from an unpacked 2.x wheel (STANFLOW_TORCH_WHEEL).
add_library(stanflow_torch INTERFACE)
if(STANFLOW_TORCH_WHEEL)
  # find_package(Torch) of the wheel needs a CUDA toolkit, and its include folder shadows
  # protobuf and fmt: expose the four folders that are LibTorch's own.
  set(_inc ${PROJECT_BINARY_DIR}/torch-include)
  file(MAKE_DIRECTORY ${_inc})
  foreach(_d ATen c10 caffe2 torch)
    file(CREATE_LINK ${STANFLOW_TORCH_WHEEL}/torch/include/${_d} ${_inc}/${_d} SYMBOLIC)
  endforeach()
  target_include_directories(stanflow_torch SYSTEM INTERFACE ${_inc} ${_inc}/torch/csrc/api/include)
  set(_lib ${STANFLOW_TORCH_WHEEL}/torch/lib)
  target_link_libraries(stanflow_torch INTERFACE ${_lib}/libtorch_cpu.so ${_lib}/libc10.so)
  if(EXISTS ${_lib}/libtorch_cuda.so)
    # Nothing refers to the CUDA library by name: it registers itself when loaded.
    target_link_libraries(stanflow_torch INTERFACE -Wl,--no-as-needed ${_lib}/libtorch_cuda.so ${_lib}/libc10_cuda.so -Wl,--as-needed)
    target_link_options(stanflow_torch INTERFACE -Wl,--allow-shlib-undefined)
    target_compile_definitions(stanflow_torch INTERFACE STANFLOW_CUDA=1)
  endif()
else()
  find_package(Torch REQUIRED)
  target_link_libraries(stanflow_torch INTERFACE ${TORCH_LIBRARIES})
  target_include_directories(stanflow_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
endif()
