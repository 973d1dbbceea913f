package fakeserver

import (
	stanflow "github.com/stanflow/stanflow/client/go"
	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// StartMilliseconds is the clock at which every stream starts: 2016-04-11T00:00:00Z.
const StartMilliseconds = 1460332800000

// Flow is flow number `row` of every stream.
func Flow(row uint64) stanflow.Flow {
	flow := stanflow.Flow{
		EndMilliseconds:      StartMilliseconds + int64(row/3)*1000,
		DurationMilliseconds: uint32(row * 4 % 9000),
		SourceAddress:        0x0A000001 + uint32(row%7),
		DestinationAddress:   0xC6336400 + uint32(row%251),
		SourcePort:           uint16(1024 + row%60000),
		DestinationPort:      53,
		Protocol:             17,
		TOS:                  uint8(row % 256),
		Packets:              1 + row%10,
	}
	if row%2 == 0 {
		flow.DestinationPort, flow.Protocol, flow.TCPFlags = 443, 6, 27
	}
	flow.Bytes = flow.Packets * (40 + row%1000)
	return flow
}

// Columns are the flows from row `first` to before row `end`.
func Columns(first, end uint64) *stanflowv1.FlowColumns {
	c := &stanflowv1.FlowColumns{}
	for row := first; row < end; row++ {
		AddFlow(c, Flow(row))
	}
	return c
}

// AddFlow appends a flow to columns.
func AddFlow(c *stanflowv1.FlowColumns, f stanflow.Flow) {
	c.FlowEndMilliseconds = append(c.FlowEndMilliseconds, f.EndMilliseconds)
	c.FlowDurationMilliseconds = append(c.FlowDurationMilliseconds, f.DurationMilliseconds)
	c.SourceIpv4Address = append(c.SourceIpv4Address, f.SourceAddress)
	c.DestinationIpv4Address = append(c.DestinationIpv4Address, f.DestinationAddress)
	c.SourceTransportPort = append(c.SourceTransportPort, uint32(f.SourcePort))
	c.DestinationTransportPort = append(c.DestinationTransportPort, uint32(f.DestinationPort))
	c.ProtocolIdentifier = append(c.ProtocolIdentifier, uint32(f.Protocol))
	c.TcpControlBits = append(c.TcpControlBits, uint32(f.TCPFlags))
	c.IpClassOfService = append(c.IpClassOfService, uint32(f.TOS))
	c.PacketDeltaCount = append(c.PacketDeltaCount, f.Packets)
	c.OctetDeltaCount = append(c.OctetDeltaCount, f.Bytes)
}
