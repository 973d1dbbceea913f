# Builds stanflow and packs what running it needs. The data folder is /var/lib/stanflow.
#   docker build -t stanflow .
#   docker run -v stanflow:/var/lib/stanflow -p 127.0.0.1:50551:50551 stanflow
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY scripts/install-packages scripts/
RUN scripts/install-packages build && rm -rf /var/lib/apt/lists/*
COPY . .
RUN cmake --preset release -DSTANFLOW_TESTS=OFF \
 && cmake --build --preset release \
 && cmake --install build/release --component programs --prefix /opt/stanflow --strip

FROM debian:bookworm-slim
COPY scripts/install-packages /tmp/
RUN /tmp/install-packages runtime && rm -rf /var/lib/apt/lists/* /tmp/install-packages \
 && useradd --system --uid 10001 --home-dir /var/lib/stanflow stanflow \
 && install -d -o stanflow -g stanflow /var/lib/stanflow
COPY --from=build /opt/stanflow /usr/local
USER stanflow
VOLUME /var/lib/stanflow
EXPOSE 50551 9464
ENV STANFLOW_SERVER=127.0.0.1:50551
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s CMD ["stanflow", "status"]
ENTRYPOINT ["stanflowd"]
# Inside a container the loopback is nobody's: what is published decides who reaches it.
CMD ["--set", "data_dir=/var/lib/stanflow", "--set", "listen=0.0.0.0:50551", "--set", "metrics_listen=0.0.0.0:9464"]
