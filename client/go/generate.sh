#!/usr/bin/env bash
# Makes the Go code of the protos, stanflowv1/*.pb.go. Run it after a change of proto/stanflow/v1 and commit what it
# writes: go fetches modules without building them. Needs go and Debian 12's protoc (protobuf-compiler), which writes
# its version into the code.
#
#   client/go/generate.sh [--check]      --check writes nothing, and fails where the committed code is another
set -euo pipefail
cd "$(dirname "$0")/../.."
module=github.com/stanflow/stanflow/client/go
case "${1:-}" in
  --check | '') ;;
  *) echo "generate.sh: there is no '$1'; it takes --check or nothing" >&2; exit 2 ;;
esac

# protoc-gen-go is go.mod's protobuf's own; protoc-gen-go-grpc is a module of its own, this the last one for Go 1.19.
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir "$made/bin" "$made/code"
(cd client/go && go build -o "$made/bin/" google.golang.org/protobuf/cmd/protoc-gen-go)
GOBIN=$made/bin go install google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.3.0

# The protos' go_package names no module; M does. Without error_details.proto: its messages are google.rpc's, of which
# Go has a package (errdetails).
cd proto
files=()
options=(--go_opt=module="$module" --go-grpc_opt=module="$module")
for file in stanflow/v1/*.proto; do
  [ "$file" != stanflow/v1/error_details.proto ] || continue
  files+=("$file")
  options+=(--go_opt="M$file=$module/stanflowv1" --go-grpc_opt="M$file=$module/stanflowv1")
done
PATH=$made/bin:$PATH protoc --go_out="$made/code" --go-grpc_out="$made/code" "${options[@]}" "${files[@]}"
cd ..

if [ "${1:-}" != --check ]; then
  rm -f client/go/stanflowv1/*.pb.go
  cp "$made/code/stanflowv1/"* client/go/stanflowv1
elif ! diff -u --exclude=doc.go client/go/stanflowv1 "$made/code/stanflowv1"; then
  echo "generate.sh: client/go/stanflowv1 is not what proto/stanflow/v1 makes; run client/go/generate.sh" >&2
  exit 1
fi
