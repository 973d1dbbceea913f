// The thread sanitizer of this build does not see inside the distribution's gRPC: an operation that one
// thread starts and another one completes looks unordered to it, and so does all that is handed over with it.
// Reports with a frame of gRPC's in either stack are therefore left out; ours (scheduler, executors,
// registries, outboxes as the scheduler's threads use them) have none.
#if defined(__SANITIZE_THREAD__)
extern "C" const char* __tsan_default_suppressions();  // NOLINT: the sanitizer's name
extern "C" const char* __tsan_default_suppressions() {
  return "race:grpc::internal::\n"
         "race:grpc::ServerInterface\n";
}
#endif
