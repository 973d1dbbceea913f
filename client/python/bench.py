#!/usr/bin/env python3
"""How many flows a second this client takes into a pandas frame, on one core.

  bench.py [--rows N] [--core N]                                        from a server of this script's own
  bench.py --model M [--hosts N] [--server HOST:PORT] [--rows N] ...    from a stanflowd

The script's own server is another process, off the client's core where there is a second one. It sends ready-made
chunks over loopback as fast as they are taken, so that what is measured is the client.

Prints JSON. `rows_per_second` is by the clock and so never more than the server gives; `rows_per_cpu_second` is what
the client itself costs: a core of it can take so many. A first stream that is not measured warms both sides.
"""
import argparse
import concurrent.futures
import json
import multiprocessing
import os
import platform
import time

WARM_UP_ROWS = 100000


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="of a stanflowd; default: this script's own server")
    parser.add_argument("--rows", type=int, default=5000000)
    parser.add_argument("--hosts", type=int, default=0)
    parser.add_argument("--core", type=int, help="the core that all threads of the client stay on; default: the last")
    parser.add_argument("--server", help="default: $STANFLOW_SERVER, else 127.0.0.1:50551")
    return parser.parse_args()


def ready_made(rows):
    """Columns of that many flows; what they say does not matter here."""
    import numpy as np
    from stanflow.v1 import flow_pb2

    random = np.random.default_rng(1)
    largest = {"flow_duration_milliseconds": 60000, "source_ipv4_address": 1 << 32, "destination_ipv4_address": 1 << 32,
               "source_transport_port": 1 << 16, "destination_transport_port": 1 << 16, "protocol_identifier": 256,
               "tcp_control_bits": 64, "ip_class_of_service": 256, "packet_delta_count": 1000,
               "octet_delta_count": 1000000}
    columns = {name: random.integers(0, limit, rows).tolist() for name, limit in largest.items()}
    return flow_pb2.FlowColumns(flow_end_milliseconds=(1460332800000 + np.arange(rows)).tolist(), **columns)


def serve(core, ready):
    """A stanflowd that answers Generate only."""
    os.sched_setaffinity(0, os.sched_getaffinity(0) - {core} or {core})
    import grpc
    from stanflow.v1 import synthesis_pb2, synthesis_pb2_grpc

    whole = {}

    class Synthesis(synthesis_pb2_grpc.SynthesisServicer):
        def Generate(self, request, context):
            header = synthesis_pb2.GenerateHeader(model_version="models/bench/versions/1")
            yield synthesis_pb2.GenerateResponse(header=header)
            for first in range(0, request.rows, request.chunk_rows):
                rows = min(request.chunk_rows, request.rows - first)
                if rows not in whole:
                    whole[rows] = ready_made(rows)
                chunk = synthesis_pb2.GenerateChunk(first_row=first, columns=whole[rows], resume_token=b"t" * 64)
                yield synthesis_pb2.GenerateResponse(chunk=chunk)
            yield synthesis_pb2.GenerateResponse(summary=synthesis_pb2.GenerateSummary(rows=request.rows))

    server = grpc.server(concurrent.futures.ThreadPoolExecutor(1))
    synthesis_pb2_grpc.add_SynthesisServicer_to_server(Synthesis(), server)
    ready.put(f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
    server.start()
    server.wait_for_termination()


def measured(make):
    wall, cpu = time.perf_counter(), time.process_time()
    frame = make()
    return frame, time.perf_counter() - wall, time.process_time() - cpu


def figures(address, args):
    import stanflow

    with stanflow.Client(address) as client:

        def frame(rows):
            return client.generate(args.model or "bench", rows=rows, hosts=args.hosts).to_pandas()

        frame(min(args.rows, WARM_UP_ROWS))
        taken, seconds, cpu_seconds = measured(lambda: frame(args.rows))
    assert len(taken) == args.rows
    return {
        "rows": args.rows,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(cpu_seconds, 3),
        "rows_per_second": round(args.rows / seconds),
        "rows_per_cpu_second": round(args.rows / cpu_seconds),
        "frame_bytes": int(taken.memory_usage(index=False).sum()),
    }


def main():
    args = arguments()
    core = max(os.sched_getaffinity(0)) if args.core is None else args.core
    server = None
    if args.model is None:
        context = multiprocessing.get_context("spawn")
        ready = context.Queue()
        server = context.Process(target=serve, args=(core, ready), daemon=True)
        server.start()
        args.server = ready.get(timeout=120)
    # Before gRPC and numpy start their threads, which inherit it.
    os.sched_setaffinity(0, {core})
    import google.protobuf
    import grpc
    import numpy
    import pandas
    from google.protobuf.internal import api_implementation

    try:
        out = figures(args.server, args)
    finally:
        if server is not None:
            server.terminate()
    print(json.dumps({**out, "core": core, "python": platform.python_version(), "grpcio": grpc.__version__,
                      "protobuf": google.protobuf.__version__ + " " + api_implementation.Type(),
                      "numpy": numpy.__version__, "pandas": pandas.__version__}))


if __name__ == "__main__":
    main()
