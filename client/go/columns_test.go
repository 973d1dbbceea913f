package stanflow

import (
	"errors"
	"math"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// The columns of the flows below, as the proto has them.
func sampleColumns() *stanflowv1.FlowColumns {
	return &stanflowv1.FlowColumns{
		FlowEndMilliseconds:      []int64{1460332800123, -1, math.MaxInt64},
		FlowDurationMilliseconds: []uint32{0, 1, math.MaxUint32},
		SourceIpv4Address:        []uint32{0x0A000001, 0, math.MaxUint32},
		DestinationIpv4Address:   []uint32{0xC6336401, 1, 2},
		SourceTransportPort:      []uint32{0, 443, 65535},
		DestinationTransportPort: []uint32{65535, 0, 769},
		ProtocolIdentifier:       []uint32{6, 17, 255},
		TcpControlBits:           []uint32{27, 0, 255},
		IpClassOfService:         []uint32{0, 184, 255},
		PacketDeltaCount:         []uint64{1, 2, math.MaxUint64},
		OctetDeltaCount:          []uint64{40, 1 << 48, math.MaxUint64},
	}
}

func sampleFlows() []Flow {
	return []Flow{{
		EndMilliseconds:    1460332800123,
		SourceAddress:      0x0A000001,
		DestinationAddress: 0xC6336401,
		DestinationPort:    65535,
		Protocol:           6,
		TCPFlags:           27,
		Packets:            1,
		Bytes:              40,
	}, {
		EndMilliseconds:      -1,
		DurationMilliseconds: 1,
		DestinationAddress:   1,
		SourcePort:           443,
		Protocol:             17,
		TOS:                  184,
		Packets:              2,
		Bytes:                1 << 48,
	}, {
		EndMilliseconds:      math.MaxInt64,
		DurationMilliseconds: math.MaxUint32,
		SourceAddress:        math.MaxUint32,
		DestinationAddress:   2,
		SourcePort:           65535,
		DestinationPort:      769,
		Protocol:             255,
		TCPFlags:             255,
		TOS:                  255,
		Packets:              math.MaxUint64,
		Bytes:                math.MaxUint64,
	}}
}

func TestColumnsBecomeFlowsValueByValue(t *testing.T) {
	flows, err := decodeFlows(sampleColumns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	expected := sampleFlows()
	if len(flows) != len(expected) {
		t.Fatalf("%d flows instead of %d", len(flows), len(expected))
	}
	for i := range expected {
		if flows[i] != expected[i] {
			t.Errorf("flow %d is %+v instead of %+v", i, flows[i], expected[i])
		}
	}
}

func TestNoColumnsAreNoFlows(t *testing.T) {
	for _, columns := range []*stanflowv1.FlowColumns{nil, {}} {
		if flows, err := decodeFlows(columns, nil); err != nil || len(flows) != 0 {
			t.Errorf("%d flows, error %v", len(flows), err)
		}
	}
}

func TestColumnsThatAreNoFlowsAreRefusedAndNamed(t *testing.T) {
	for says, spoil := range map[string]func(*stanflowv1.FlowColumns){
		"octet_delta_count":     func(c *stanflowv1.FlowColumns) { c.OctetDeltaCount = c.OctetDeltaCount[:2] },
		"source_ipv4_address":   func(c *stanflowv1.FlowColumns) { c.SourceIpv4Address = nil },
		"a port above 65535":    func(c *stanflowv1.FlowColumns) { c.SourceTransportPort[1] = 65536 },
		"a protocol, set of":    func(c *stanflowv1.FlowColumns) { c.TcpControlBits[2] = 256 },
		"0 flows has 3 values":  func(c *stanflowv1.FlowColumns) { c.FlowEndMilliseconds = nil },
		"in column flow_durati": func(c *stanflowv1.FlowColumns) { c.FlowEndMilliseconds = []int64{1} },
	} {
		columns := sampleColumns()
		spoil(columns)
		_, err := decodeFlows(columns, nil)
		var refused *Error
		if !errors.As(err, &refused) || refused.Code != codes.DataLoss || !strings.Contains(err.Error(), says) {
			t.Errorf("%v instead of DataLoss with %q", err, says)
		}
	}
}
