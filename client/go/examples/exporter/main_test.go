package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"testing"
	"time"

	stanflow "github.com/stanflow/stanflow/client/go"
	"github.com/stanflow/stanflow/client/go/internal/fakeserver"
)

func TestACollectorGetsEveryFlowOnceInOrder(t *testing.T) {
	const rows = 100
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup((&fakeserver.Server{}).Serve(listener))
	collector, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { collector.Close() })
	// Bounds the test where a packet is lost.
	if err := collector.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}

	options := stanflow.GenerateOptions{Model: "edge", Rows: rows, ChunkRows: maxRecords}
	err = export(context.Background(), listener.Addr().String(), collector.LocalAddr().String(), 1e9, options)
	if err != nil {
		t.Fatal(err)
	}
	for row := uint64(0); row < rows; {
		row += expectPacket(t, collector, row)
	}
}

// expectPacket takes one packet, which begins with flow `row`, and answers how many flows it has.
func expectPacket(t *testing.T, collector net.PacketConn, row uint64) uint64 {
	t.Helper()
	buffer := make([]byte, 1500)
	n, _, err := collector.ReadFrom(buffer)
	if err != nil {
		t.Fatal(err)
	}
	packet := bytes.NewReader(buffer[:n])
	var head header
	if err := binary.Read(packet, binary.BigEndian, &head); err != nil {
		t.Fatal(err)
	}
	records := make([]record, head.Count)
	if err := binary.Read(packet, binary.BigEndian, records); err != nil {
		t.Fatal(err)
	}
	if head.Version != 5 || head.Count < 1 || head.Count > maxRecords || uint64(head.Sequence) != row ||
		n != 24+48*int(head.Count) {
		t.Fatalf("%d bytes with header %+v where flow %d was due", n, head, row)
	}
	// What a collector makes of it: the exporter's boot, and from there the flows' times.
	boot := time.Unix(int64(head.Seconds), int64(head.Nanoseconds)).UnixMilli() - int64(head.Uptime)
	for i, got := range records {
		flow := fakeserver.Flow(row + uint64(i))
		if boot+int64(got.Last) != flow.EndMilliseconds || got.Last-got.First != flow.DurationMilliseconds ||
			got.Source != flow.SourceAddress || got.DestinationPort != flow.DestinationPort ||
			uint64(got.Packets) != flow.Packets || uint64(got.Bytes) != flow.Bytes ||
			got.Protocol != flow.Protocol || got.TCPFlags != flow.TCPFlags || got.TOS != flow.TOS {
			t.Errorf("flow %d is %+v instead of %+v", row+uint64(i), got, flow)
		}
	}
	return uint64(head.Count)
}
