package stanflow

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// BenchmarkDecode turns a recorded chunk of a stream into flows, over and over: what a client does after gRPC.
func BenchmarkDecode(b *testing.B) {
	const rows = 4096
	message, err := proto.Marshal(&stanflowv1.GenerateResponse{Part: &stanflowv1.GenerateResponse_Chunk{
		Chunk: &stanflowv1.GenerateChunk{Columns: manyColumns(rows), ResumeToken: make([]byte, 300)},
	}})
	if err != nil {
		b.Fatal(err)
	}
	var flows []Flow
	b.ReportAllocs()
	b.ResetTimer()
	began := time.Now()
	for i := 0; i < b.N; i++ {
		answer := &stanflowv1.GenerateResponse{}
		if err := proto.Unmarshal(message, answer); err != nil {
			b.Fatal(err)
		}
		if flows, err = decodeFlows(answer.GetChunk().GetColumns(), flows); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/time.Since(began).Seconds(), "flows/s")
}

// manyColumns has the rows of sampleColumns over and over.
func manyColumns(rows int) *stanflowv1.FlowColumns {
	c := sampleColumns()
	for len(c.FlowEndMilliseconds) < rows {
		proto.Merge(c, proto.Clone(c))
	}
	return &stanflowv1.FlowColumns{
		FlowEndMilliseconds:      c.FlowEndMilliseconds[:rows],
		FlowDurationMilliseconds: c.FlowDurationMilliseconds[:rows],
		SourceIpv4Address:        c.SourceIpv4Address[:rows],
		DestinationIpv4Address:   c.DestinationIpv4Address[:rows],
		SourceTransportPort:      c.SourceTransportPort[:rows],
		DestinationTransportPort: c.DestinationTransportPort[:rows],
		ProtocolIdentifier:       c.ProtocolIdentifier[:rows],
		TcpControlBits:           c.TcpControlBits[:rows],
		IpClassOfService:         c.IpClassOfService[:rows],
		PacketDeltaCount:         c.PacketDeltaCount[:rows],
		OctetDeltaCount:          c.OctetDeltaCount[:rows],
	}
}
