package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"time"

	stanflow "github.com/stanflow/stanflow/client/go"
)

// The most flows that a NetFlow v5 packet holds.
const maxRecords = 30

// header and record are the format's own, big endian. Times of a record are milliseconds since the exporter's boot.
type header struct {
	Version, Count                         uint16
	Uptime, Seconds, Nanoseconds, Sequence uint32
	EngineType, EngineID                   uint8
	Sampling                               uint16
}

type record struct {
	Source, Destination, NextHop uint32
	Input, Output                uint16
	Packets, Bytes, First, Last  uint32
	SourcePort, DestinationPort  uint16
	_                            uint8
	TCPFlags, Protocol, TOS      uint8
	SourceAS, DestinationAS      uint16
	SourceMask, DestinationMask  uint8
	_                            uint16
}

// packet holds flows that are in order of their ends, as sent at the end of the last. `sequence` counts the flows
// before it. The exporter has booted a day before the stream's start, as flows may begin before that; its uptime has
// 32 bits, so a stream is of 48 days at most.
func packet(flows []stanflow.Flow, sequence uint32, start time.Time) []byte {
	boot := start.Add(-24 * time.Hour)
	now := flows[len(flows)-1].EndTime()
	var out bytes.Buffer
	// Writes of fixed sizes into a buffer have no errors.
	binary.Write(&out, binary.BigEndian, header{
		Version:     5,
		Count:       uint16(len(flows)),
		Uptime:      uptime(now, boot),
		Seconds:     uint32(now.Unix()),
		Nanoseconds: uint32(now.Nanosecond()),
		Sequence:    sequence,
	})
	for _, flow := range flows {
		binary.Write(&out, binary.BigEndian, record{
			Source:          flow.SourceAddress,
			Destination:     flow.DestinationAddress,
			Packets:         clamp(flow.Packets),
			Bytes:           clamp(flow.Bytes),
			First:           uptime(flow.EndTime().Add(-flow.Duration()), boot),
			Last:            uptime(flow.EndTime(), boot),
			SourcePort:      flow.SourcePort,
			DestinationPort: flow.DestinationPort,
			TCPFlags:        flow.TCPFlags,
			Protocol:        flow.Protocol,
			TOS:             flow.TOS,
		})
	}
	return out.Bytes()
}

// uptime is 0 for what began before the boot.
func uptime(at, boot time.Time) uint32 {
	if at.Before(boot) {
		return 0
	}
	return uint32(at.Sub(boot).Milliseconds())
}

// clamp gives the largest count that the format has where it has not the flow's.
func clamp(count uint64) uint32 {
	if count > math.MaxUint32 {
		return math.MaxUint32
	}
	return uint32(count)
}
