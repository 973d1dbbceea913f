#include "server/worker/all_job_kinds.h"
#include "server/worker/worker_main.h"

int main(int argc, char** argv) { return stanflow::WorkerMain(argc, argv, stanflow::AllJobKinds()); }
