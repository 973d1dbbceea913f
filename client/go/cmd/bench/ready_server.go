//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"strings"

	"github.com/stanflow/stanflow/client/go/internal/fakeserver"
)

// startReadyServer runs this program once more, as a server: one in this process would be measured too.
func startReadyServer(chunkRows uint) (address string, stop func()) {
	server := exec.Command(os.Args[0], "-serve", "-chunk-rows", fmt.Sprint(chunkRows))
	server.Stderr = os.Stderr
	input, err := server.StdinPipe()
	if err != nil {
		log.Fatal(err)
	}
	output, err := server.StdoutPipe()
	if err != nil {
		log.Fatal(err)
	}
	if err := server.Start(); err != nil {
		log.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		log.Fatalf("the server of ready-made chunks said nothing: %v", err)
	}
	return strings.TrimSpace(line), func() {
		input.Close()
		server.Wait()
	}
}

// serveReady prints its address, and ends with standard input, thus with the process that started it.
func serveReady(chunkRows uint64) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	stop := fakeserver.ServeReady(listener, chunkRows)
	defer stop()
	fmt.Println(listener.Addr())
	io.Copy(io.Discard, os.Stdin)
}
