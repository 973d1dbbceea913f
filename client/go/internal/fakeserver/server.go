// Package fakeserver is a stanflowd for tests: it streams flows that follow from their row's number alone, breaks off
// where it is told to, and records what it was asked.
package fakeserver

import (
	"net"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// Busy is what a server says that has too many calls waiting.
var Busy = busy()

// Server is all services. Fields are set before Serve.
type Server struct {
	Synthesis Synthesis
	Jobs      Jobs
	Datasets  Datasets
	Models    Models
}

// Serve answers on the listener until the returned function is called, which breaks every connection.
func (s *Server) Serve(listener net.Listener) (stop func()) {
	server := grpc.NewServer()
	stanflowv1.RegisterSynthesisServer(server, &s.Synthesis)
	stanflowv1.RegisterJobsServer(server, &s.Jobs)
	stanflowv1.RegisterDatasetsServer(server, &s.Datasets)
	stanflowv1.RegisterModelsServer(server, &s.Models)
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	go server.Serve(listener)
	return server.Stop
}

func busy() error {
	answer, err := status.New(codes.ResourceExhausted, "the server has too many calls waiting; try again").WithDetails(
		&errdetails.ErrorInfo{Reason: "CALLS_FULL", Domain: "stanflow"},
		&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Second)})
	if err != nil {
		panic(err) // The details are this file's own.
	}
	return answer.Err()
}

// Record is what came in, in order. It is safe for concurrent use.
type Record[T any] struct {
	mutex  sync.Mutex
	values []T
}

// Add returns how many came before.
func (r *Record[T]) Add(value T) int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.values = append(r.values, value)
	return len(r.values) - 1
}

// All returns what has come so far.
func (r *Record[T]) All() []T {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return append([]T(nil), r.values...)
}
