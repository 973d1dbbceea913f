// Command exporter streams synthetic flows and sends them to a collector as NetFlow v5 over UDP.
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"time"

	stanflow "github.com/stanflow/stanflow/client/go"
)

func main() {
	server := flag.String("server", stanflow.DefaultTarget, "stanflowd's HOST:PORT")
	to := flag.String("to", "127.0.0.1:2055", "the collector's HOST:PORT")
	rate := flag.Float64("rate", 5000, "flows a second; UDP loses what comes too fast")
	options := stanflow.GenerateOptions{ChunkRows: maxRecords} // A batch is a packet.
	flag.StringVar(&options.Model, "model", "edge", "M, M@3 or M@ALIAS")
	flag.Uint64Var(&options.Rows, "rows", 10000, "flows to send; 0: no end")
	flag.Parse()
	if err := export(context.Background(), *server, *to, *rate, options); err != nil {
		log.Fatal(err)
	}
}

func export(ctx context.Context, server, to string, rate float64, options stanflow.GenerateOptions) error {
	client, err := stanflow.Dial(ctx, server)
	if err != nil {
		return err
	}
	defer client.Close()
	collector, err := net.Dial("udp", to)
	if err != nil {
		return err
	}
	defer collector.Close()
	flows := client.Generate(ctx, options)
	defer flows.Close()
	began, sent := time.Now(), 0
	for flows.NextBatch() {
		time.Sleep(time.Until(began.Add(time.Duration(float64(sent) / rate * float64(time.Second)))))
		start := flows.Header().GetStart().AsTime()
		if _, err := collector.Write(packet(flows.Batch(), uint32(sent), start)); err != nil {
			return err
		}
		sent += len(flows.Batch())
	}
	return flows.Err()
}
