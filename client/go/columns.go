package stanflow

import (
	"math"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// decodeFlows turns the columns of a chunk into flows, in the memory of `flows` where there is enough. DataLoss if
// columns differ in length or hold what their field can't be.
func decodeFlows(columns *stanflowv1.FlowColumns, flows []Flow) ([]Flow, error) {
	rows, err := countRows(columns)
	if err != nil {
		return nil, err
	}
	if cap(flows) < rows {
		flows = make([]Flow, rows)
	}
	flows = flows[:rows]
	// Every bit that any row has set: whether a value is too large is asked once a chunk.
	var ports, octets uint32
	for i := range flows {
		sourcePort, destinationPort := columns.SourceTransportPort[i], columns.DestinationTransportPort[i]
		protocol, flags := columns.ProtocolIdentifier[i], columns.TcpControlBits[i]
		tos := columns.IpClassOfService[i]
		ports |= sourcePort | destinationPort
		octets |= protocol | flags | tos
		flows[i] = Flow{
			EndMilliseconds:      columns.FlowEndMilliseconds[i],
			Packets:              columns.PacketDeltaCount[i],
			Bytes:                columns.OctetDeltaCount[i],
			DurationMilliseconds: columns.FlowDurationMilliseconds[i],
			SourceAddress:        columns.SourceIpv4Address[i],
			DestinationAddress:   columns.DestinationIpv4Address[i],
			SourcePort:           uint16(sourcePort),
			DestinationPort:      uint16(destinationPort),
			Protocol:             uint8(protocol),
			TCPFlags:             uint8(flags),
			TOS:                  uint8(tos),
		}
	}
	if ports > math.MaxUint16 {
		return nil, dataLoss("a chunk of %d flows has a port above 65535", rows)
	}
	if octets > math.MaxUint8 {
		return nil, dataLoss("a chunk of %d flows has a protocol, set of TCP flags or ToS above 255", rows)
	}
	return flows, nil
}

// countRows answers how many flows every one of the columns has.
func countRows(columns *stanflowv1.FlowColumns) (int, error) {
	rows := len(columns.GetFlowEndMilliseconds())
	for _, column := range [...]struct {
		name string
		rows int
	}{
		{"flow_duration_milliseconds", len(columns.GetFlowDurationMilliseconds())},
		{"source_ipv4_address", len(columns.GetSourceIpv4Address())},
		{"destination_ipv4_address", len(columns.GetDestinationIpv4Address())},
		{"source_transport_port", len(columns.GetSourceTransportPort())},
		{"destination_transport_port", len(columns.GetDestinationTransportPort())},
		{"protocol_identifier", len(columns.GetProtocolIdentifier())},
		{"tcp_control_bits", len(columns.GetTcpControlBits())},
		{"ip_class_of_service", len(columns.GetIpClassOfService())},
		{"packet_delta_count", len(columns.GetPacketDeltaCount())},
		{"octet_delta_count", len(columns.GetOctetDeltaCount())},
	} {
		if column.rows != rows {
			return 0, dataLoss("a chunk of %d flows has %d values in column %s", rows, column.rows, column.name)
		}
	}
	return rows, nil
}
