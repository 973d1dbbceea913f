//go:build unix

// Command bench measures how many flows a second this client takes from a server into structs, and prints it as JSON.
// Without -server it starts itself once more, as a server that sends one ready-made chunk over and over.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"os"
	"runtime"

	stanflow "github.com/stanflow/stanflow/client/go"
)

func main() {
	server := flag.String("server", "", "stanflowd's HOST:PORT; empty: a server of ready-made chunks")
	threads := flag.Int("threads", 1, "threads that run Go code at once")
	batches := flag.Bool("batches", true, "read batch by batch; false: flow by flow")
	var options stanflow.GenerateOptions
	flag.StringVar(&options.Model, "model", "edge", "M, M@3 or M@ALIAS")
	flag.Uint64Var(&options.Rows, "rows", 10000000, "flows to read")
	flag.Uint64Var(&options.Seed, "seed", 1, "seed of the flows")
	hosts := flag.Uint("hosts", 0, "home hosts; 0 is the training hosts' number, 90 at most")
	chunkRows := flag.Uint("chunk-rows", 4096, "flows a batch at most, 1 to 4096")
	serve := flag.Bool("serve", false, "be the server of ready-made chunks until standard input ends")
	flag.Parse()
	options.Hosts, options.ChunkRows = uint32(*hosts), uint32(*chunkRows)

	if *serve {
		serveReady(uint64(*chunkRows))
		return
	}
	if *server == "" {
		address, stop := startReadyServer(*chunkRows)
		defer stop()
		*server = address
	}
	runtime.GOMAXPROCS(*threads)
	result, err := measure(context.Background(), *server, options, *batches)
	if err != nil {
		log.Fatal(err)
	}
	result.Threads = *threads
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		log.Fatal(err)
	}
}
