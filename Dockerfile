# Builds stanflow and packs what running it needs, and nothing that builds. The data folder is /var/lib/stanflow.
#   docker build -t stanflow .
#   docker run --init -v stanflow:/var/lib/stanflow -p 127.0.0.1:50551:50551 stanflow
# With LibTorch 2.x and CUDA (some GB more; the host needs NVIDIA's driver and container toolkit):
#   docker build --build-arg TORCH=cuda -t stanflow:cuda .
#   docker run --init --gpus all ...
# With buildah: --format docker, or the health check is left out.

# cpu: Debian's LibTorch 1.13. cuda: LibTorch 2.x of scripts/torch-wheel.txt. The default is said again where it is used:
# buildah up to 1.28 does not find a stage whose name needs it otherwise.
ARG TORCH=cpu

FROM debian:bookworm-slim AS tools
WORKDIR /src
COPY scripts/install-packages scripts/
RUN scripts/install-packages build && rm -rf /var/lib/apt/lists/*

FROM tools AS build-cpu
# Compilers that run at once: one takes up to 1.4 GB.
ARG JOBS=2
COPY . .
RUN cmake --preset release -DSTANFLOW_TESTS=OFF \
 && cmake --build --preset release --parallel "$JOBS" \
 && cmake --install build/release --component programs --prefix /opt/stanflow --strip

# Programs look for LibTorch where it lay when they were linked: it keeps that path. Only its shared objects are used.
FROM tools AS build-cuda
ARG JOBS=2
COPY scripts/fetch-torch-wheel scripts/torch-wheel.txt scripts/
RUN scripts/install-packages cuda-wheel && rm -rf /var/lib/apt/lists/* && scripts/fetch-torch-wheel /opt/torch
COPY . .
RUN cmake --preset cuda -DSTANFLOW_TESTS=OFF -DSTANFLOW_TORCH_WHEEL=/opt/torch \
 && cmake --build --preset cuda --parallel "$JOBS" \
 && cmake --install build/cuda --component programs --prefix /opt/stanflow --strip \
 && find /opt/torch -type f ! -name '*.so' ! -name '*.so.*' -delete \
 && find /opt/torch -name 'libtorch_python.so' -delete \
 && find /opt/torch -type d -empty -delete

FROM debian:bookworm-slim AS runtime-cpu
COPY scripts/install-packages /tmp/
RUN /tmp/install-packages runtime runtime-torch && rm -rf /var/lib/apt/lists/* /tmp/install-packages

FROM debian:bookworm-slim AS runtime-cuda
COPY scripts/install-packages /tmp/
RUN /tmp/install-packages runtime && rm -rf /var/lib/apt/lists/* /tmp/install-packages
COPY --from=build-cuda /opt/torch /opt/torch
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility

FROM build-${TORCH:-cpu} AS build

FROM runtime-${TORCH:-cpu}
ARG REVISION=unknown
LABEL org.opencontainers.image.title="stanflow" \
      org.opencontainers.image.description="Learns network flows and streams synthetic ones" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="$REVISION"
RUN groupadd --gid 10001 stanflow \
 && useradd --uid 10001 --gid stanflow --no-create-home --home-dir /var/lib/stanflow --shell /usr/sbin/nologin stanflow \
 && install -d -o stanflow -g stanflow /var/lib/stanflow
COPY --from=build /opt/stanflow /usr/local
# By number, so that "must not run as root" can be checked without the image's users.
USER 10001:10001
VOLUME /var/lib/stanflow
EXPOSE 50551 9464
ENV STANFLOW_SERVER=127.0.0.1:50551
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s CMD ["stanflow", "status", "--timeout", "5"]
ENTRYPOINT ["stanflowd"]
# Inside a container the loopback is nobody's: what is published decides who reaches it.
CMD ["--set", "data_dir=/var/lib/stanflow", "--set", "listen=0.0.0.0:50551", "--set", "metrics_listen=0.0.0.0:9464"]
