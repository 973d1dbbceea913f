package stanflow_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Bounds what the real programs do; no test depends on how long that takes. go test's own limit, ten minutes, would
// leave the server running.
const limit = 9 * time.Minute

// realServer is a stanflowd over a data folder of its own, which may be killed and started again.
type realServer struct {
	programs, folder, address, metrics string

	process *exec.Cmd
}

// newRealServer starts one, or skips the test where there are no programs to start.
func newRealServer(t *testing.T) *realServer {
	programs := os.Getenv("STANFLOW_BIN")
	if programs == "" {
		t.Skip("STANFLOW_BIN is not set: to test with the real programs, name the folder that holds stanflowd, " +
			"stanflow-worker and stanflow (build/release/bin)")
	}
	s := &realServer{programs: programs, folder: t.TempDir(), address: freeAddress(t), metrics: freeAddress(t)}
	s.start(t)
	t.Cleanup(s.kill)
	return s
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func (s *realServer) file(name string) string { return filepath.Join(s.folder, name) }

// start returns once the server serves.
func (s *realServer) start(t *testing.T) {
	t.Helper()
	s.process = exec.Command(filepath.Join(s.programs, "stanflowd"), "--set", "data_dir="+s.file("data"), "--set",
		"listen="+s.address, "--set", "metrics_listen="+s.metrics, "--set", "generate.snapshot_rows=20000")
	output, err := s.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.process.Stderr = s.process.Stdout
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	bound := time.AfterFunc(limit, func() { s.process.Process.Kill() })
	defer bound.Stop()
	var log strings.Builder
	for lines := bufio.NewScanner(output); lines.Scan(); {
		log.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), " serving ") {
			// A pipe that fills up would stop the server at its next line.
			go io.Copy(io.Discard, output)
			return
		}
	}
	s.process.Wait()
	t.Fatalf("the server ended at its start:\n%s", log.String())
}

// kill leaves the server no time for anything.
func (s *realServer) kill() {
	s.process.Process.Kill()
	s.process.Wait()
}

// simulate writes flows of a made-up office.
func (s *realServer) simulate(t *testing.T, rows int) (path string) {
	t.Helper()
	path = s.file("office.csv")
	program := filepath.Join(s.programs, "stanflow")
	output, err := exec.Command(program, "simulate", "--rows", fmt.Sprint(rows), "--seed", "1", "--output",
		path).CombinedOutput()
	if err != nil {
		t.Fatalf("stanflow simulate: %v\n%s", err, output)
	}
	return path
}
