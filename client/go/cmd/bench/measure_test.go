//go:build unix

package main

import (
	"context"
	"net"
	"testing"

	stanflow "github.com/stanflow/stanflow/client/go"
	"github.com/stanflow/stanflow/client/go/internal/fakeserver"
)

func TestEveryFlowIsReadAndAllButTheFirstBatchAreTimed(t *testing.T) {
	const chunkRows, chunks = 100, 10
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fakeserver.ServeReady(listener, chunkRows))
	bytes := uint64(0)
	for row := uint64(0); row < chunkRows; row++ {
		bytes += fakeserver.Flow(row).Bytes
	}
	options := stanflow.GenerateOptions{Rows: chunks * chunkRows}
	for _, batches := range []bool{true, false} {
		got, err := measure(context.Background(), listener.Addr().String(), options, batches)
		if err != nil || got.Rows != (chunks-1)*chunkRows || got.TotalBytes != chunks*bytes || got.Seconds <= 0 {
			t.Errorf("%+v, %v", got, err)
		}
	}
}
