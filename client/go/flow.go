package stanflow

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Flow is one unidirectional IPv4 flow record. Times and addresses are kept as numbers, which a program that passes
// millions of flows on wants; methods give them as Go's types. Comments name the IPFIX information element.
type Flow struct {
	// EndMilliseconds since 1970-01-01T00:00:00Z: flowEndMilliseconds.
	EndMilliseconds int64
	// Packets: packetDeltaCount.
	Packets uint64
	// Bytes: octetDeltaCount.
	Bytes uint64
	// DurationMilliseconds: flowDurationMilliseconds.
	DurationMilliseconds uint32
	// SourceAddress, first octet highest: sourceIPv4Address.
	SourceAddress uint32
	// DestinationAddress, first octet highest: destinationIPv4Address.
	DestinationAddress uint32
	// SourcePort: sourceTransportPort.
	SourcePort uint16
	// DestinationPort: destinationTransportPort; ICMP: type * 256 + code.
	DestinationPort uint16
	// Protocol is IANA's number: protocolIdentifier.
	Protocol uint8
	// TCPFlags: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32: tcpControlBits.
	TCPFlags uint8
	// TOS is the octet of that name: ipClassOfService.
	TOS uint8
}

// EndTime is when the flow's last packet was seen, UTC.
func (f Flow) EndTime() time.Time { return time.UnixMilli(f.EndMilliseconds).UTC() }

// Duration is from the flow's first packet to its last.
func (f Flow) Duration() time.Duration {
	return time.Duration(f.DurationMilliseconds) * time.Millisecond
}

// Source is the source's address.
func (f Flow) Source() netip.Addr { return addressOf(f.SourceAddress) }

// Destination is the destination's address.
func (f Flow) Destination() netip.Addr { return addressOf(f.DestinationAddress) }

func addressOf(number uint32) netip.Addr {
	var octets [4]byte
	binary.BigEndian.PutUint32(octets[:], number)
	return netip.AddrFrom4(octets)
}
