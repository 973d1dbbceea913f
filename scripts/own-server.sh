# Sourced by scripts that work on a server of their own.
#
#   start_own_server NAME [anew]   from build/release/bin, over build/NAME/data; log: build/NAME/server.log;
#                                  anew: first removes build/NAME
# NAME_PORT (50551) and NAME_METRICS_PORT (9464), NAME in capitals, move it. Sets STANFLOW_SERVER and metrics_port;
# the server ends with the script.

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

server=
end_own_server() {
  local status=$?
  trap - EXIT INT TERM
  if [ -n "$server" ] && kill -0 "$server" 2>/dev/null; then
    kill -TERM "$server"
    # A drain that hangs must not leave the server behind.
    (sleep 20 && kill -KILL "$server") 2>/dev/null &
    local killer=$!
    wait "$server" 2>/dev/null || true
    kill "$killer" 2>/dev/null || true
  fi
  exit $status
}

start_own_server() {
  local name=$1 bin=$PWD/build/release/bin log=build/$1/server.log program
  local port_variable=${name^^}_PORT metrics_variable=${name^^}_METRICS_PORT
  local port=${!port_variable:-50551}
  metrics_port=${!metrics_variable:-9464}
  for program in stanflowd stanflow-worker stanflow; do
    [ -x "$bin/$program" ] || fail "$bin/$program is not built yet: run 'make $name' or 'make build'"
  done
  export PATH=$bin:$PATH STANFLOW_SERVER=127.0.0.1:$port
  # Else what follows would be done to whoever listens there.
  port_taken "$port" &&
    fail "port $port is in use (another stanflowd?). End it, or take another port: $port_variable=50561 make $name"
  port_taken "$metrics_port" &&
    fail "port $metrics_port is in use. Take another one for the metrics: $metrics_variable=9474 make $name"

  trap end_own_server EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  [ "${2:-}" != anew ] || rm -rf "build/$name"
  mkdir -p "build/$name"
  stanflowd --set data_dir="$PWD/build/$name/data" --set listen="127.0.0.1:$port" \
    --set metrics_listen="127.0.0.1:$metrics_port" >>"$log" 2>&1 &
  server=$!
  for _ in $(seq 600); do
    stanflow status >/dev/null 2>&1 && return
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
  done
  tail -n 20 "$log" >&2
  fail "the server ended at its start, or does not answer; the lines above are from $log"
}
