#!/usr/bin/env bash
# What a change of the Go client passes: layout, code as new as the proto, vet, every test under the race detector.
#
#   client/go/check.sh      STANFLOW_BIN=FOLDER of stanflowd, stanflow-worker and stanflow: with the real programs too
set -euo pipefail
cd "$(dirname "$0")"
misplaced=$(gofmt -l .)
if [ -n "$misplaced" ]; then
  echo "check.sh: run gofmt -w on $misplaced" >&2
  exit 1
fi
./generate.sh --check
go vet ./...
# Go would take an older run's word: it does not see that the programs are others by now.
go test -race -count=1 ./...
