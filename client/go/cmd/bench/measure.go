//go:build unix

package main

import (
	"context"
	"log"
	"syscall"
	"time"

	stanflow "github.com/stanflow/stanflow/client/go"
)

// reading is what is printed. Seconds depend on the server too; RowsPerCPUSecond is what the client would take from one
// that never made it wait.
type reading struct {
	Rows             uint64  `json:"rows"`
	Seconds          float64 `json:"seconds"`
	RowsPerSecond    float64 `json:"rows_per_second"`
	CPUSeconds       float64 `json:"cpu_seconds"`
	RowsPerCPUSecond float64 `json:"rows_per_cpu_second"`
	Threads          int     `json:"threads"`
	Reconnects       int     `json:"reconnects"`
	TotalBytes       uint64  `json:"total_bytes"`
}

// measure counts from after the first batch on: what the server needs to begin is not the client's speed.
func measure(ctx context.Context, server string, options stanflow.GenerateOptions, batches bool) (reading, error) {
	client, err := stanflow.Dial(ctx, server)
	if err != nil {
		return reading{}, err
	}
	defer client.Close()
	it := client.Generate(ctx, options)
	defer it.Close()
	if !it.NextBatch() {
		return reading{}, it.Err()
	}
	sum := sumOf(it.Batch())
	began, busy, before := time.Now(), cpuTime(), it.Summary().Rows
	if batches {
		sum += readBatches(it)
	} else {
		sum += readFlows(it)
	}
	seconds, cpu := time.Since(began).Seconds(), (cpuTime() - busy).Seconds()
	rows := it.Summary().Rows - before
	return reading{
		Rows:             rows,
		Seconds:          seconds,
		RowsPerSecond:    float64(rows) / seconds,
		CPUSeconds:       cpu,
		RowsPerCPUSecond: float64(rows) / cpu,
		Reconnects:       it.Reconnects(),
		TotalBytes:       sum,
	}, it.Err()
}

func readBatches(it *stanflow.FlowIterator) (bytes uint64) {
	for it.NextBatch() {
		bytes += sumOf(it.Batch())
	}
	return bytes
}

func readFlows(it *stanflow.FlowIterator) (bytes uint64) {
	for it.Next() {
		bytes += it.Flow().Bytes
	}
	return bytes
}

func sumOf(batch []stanflow.Flow) (bytes uint64) {
	for i := range batch {
		bytes += batch[i].Bytes
	}
	return bytes
}

// cpuTime is what all threads of this process have used, in and out of the kernel.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
