package stanflow_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	stanflow "github.com/stanflow/stanflow/client/go"
	"github.com/stanflow/stanflow/client/go/internal/fakeserver"
	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

func TestAStreamGivesItsFlowsHeaderAndSums(t *testing.T) {
	it := newFakeNetwork(t, &fakeserver.Server{}).client(t).Generate(background, edge(1000))
	expectFlows(t, it, 0, 1000)
	if version := it.Header().GetModelVersion(); version != "models/edge/versions/3" {
		t.Errorf("the header names %q", version)
	}
	expected := stanflow.Summary{Rows: 1000, Simulated: 333 * time.Second}
	for row := uint64(0); row < 1000; row++ {
		expected.Packets += fakeserver.Flow(row).Packets
		expected.Bytes += fakeserver.Flow(row).Bytes
	}
	if it.Summary() != expected {
		t.Errorf("%+v instead of %+v", it.Summary(), expected)
	}
	if it.Next() || it.NextBatch() {
		t.Error("an ended iterator goes on")
	}
}

func TestOptionsReachTheServer(t *testing.T) {
	server := &fakeserver.Server{}
	start := time.Date(2016, 4, 11, 12, 0, 0, 0, time.UTC)
	it := newFakeNetwork(t, server).client(t).Generate(background, stanflow.GenerateOptions{
		Model:     "edge@prod",
		Seed:      3,
		Stream:    2,
		Hosts:     20,
		Home:      "10.1.0.0/16",
		Start:     start,
		Duration:  90 * time.Minute,
		ChunkRows: 10,
	})
	defer it.Close()
	if !it.NextBatch() || len(it.Batch()) != 10 {
		t.Fatalf("a batch of %d flows, error %v", len(it.Batch()), it.Err())
	}
	request := server.Synthesis.Generates.All()[0]
	if request.GetModel() != "edge@prod" || request.GetSeed() != 3 || request.GetStream() != 2 ||
		request.GetHosts() != 20 || request.GetHome() != "10.1.0.0/16" ||
		!request.GetStart().AsTime().Equal(start) || request.GetDurationSeconds() != 5400 {
		t.Errorf("the server was asked for %v", request)
	}
}

func TestAStreamThatLeavesFlowsOutIsRefused(t *testing.T) {
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{Skip: 5}}
	it := newFakeNetwork(t, server).client(t).Generate(background, edge(1000))
	expectError(t, it, codes.DataLoss, "sent flow 105 where flow 100 was due")
	if calls := len(server.Synthesis.Generates.All()); calls != 1 {
		t.Errorf("%d calls", calls)
	}
}

func TestAStreamThatEndsWithFewerFlowsThanWereSentIsRefused(t *testing.T) {
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{Breaks: []uint64{250}, Lost: 5}}
	clock := &fakeClock{}
	it := newFakeNetwork(t, server).client(t, clock.option()).Generate(background, edge(1000))
	expectError(t, it, codes.DataLoss, "says that it sent 755 flows, but 750 came")
}

func TestColumnsOfDifferentLengthsAreRefused(t *testing.T) {
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{
		Spoil: func(chunk *stanflowv1.GenerateChunk) {
			chunk.Columns.SourceTransportPort = chunk.Columns.SourceTransportPort[1:]
		},
	}}
	it := newFakeNetwork(t, server).client(t).Generate(background, edge(1000))
	expectError(t, it, codes.DataLoss, "100 flows has 99 values in column source_transport_port")
}

func TestRowsAndDurationTogetherAreRefusedUnasked(t *testing.T) {
	server := &fakeserver.Server{}
	options := edge(1000)
	options.Duration = time.Hour
	it := newFakeNetwork(t, server).client(t).Generate(background, options)
	expectError(t, it, codes.InvalidArgument, "not both")
	if calls := len(server.Synthesis.Generates.All()); calls != 0 {
		t.Errorf("%d calls", calls)
	}
}

// waitingServer sends 100 flows, then nothing until its caller is gone.
func waitingServer() (server *fakeserver.Server, reached, left chan struct{}) {
	reached, left = make(chan struct{}), make(chan struct{})
	server = &fakeserver.Server{}
	server.Synthesis.OnChunk = func(ctx context.Context, next uint64) {
		if next == 100 {
			close(reached)
			<-ctx.Done()
			close(left)
		}
	}
	return server, reached, left
}

func TestACancelEndsAWaitingIteratorAndFreesTheServer(t *testing.T) {
	server, reached, left := waitingServer()
	ctx, cancel := context.WithCancel(background)
	it := newFakeNetwork(t, server).client(t).Generate(ctx, edge(1000))
	go func() {
		<-reached
		cancel()
	}()
	expectError(t, it, codes.Canceled, "")
	if !errors.Is(it.Err(), context.Canceled) {
		t.Errorf("%v is not context.Canceled", it.Err())
	}
	<-left
}

func TestTheClientsCloseEndsAnIteratorThatHasBegun(t *testing.T) {
	server, reached, left := waitingServer()
	clock := &fakeClock{}
	client := newFakeNetwork(t, server).client(t, clock.option())
	it := client.Generate(background, edge(1000))
	if !it.Next() {
		t.Fatal(it.Err())
	}
	go func() {
		<-reached
		client.Close()
	}()
	expectError(t, it, codes.Canceled, "the client was closed")
	if len(clock.naps) != 0 {
		t.Errorf("waited %v", clock.naps)
	}
	<-left
}

func TestCloseFreesTheServerAndIsNoError(t *testing.T) {
	server, _, left := waitingServer()
	it := newFakeNetwork(t, server).client(t).Generate(background, edge(1000))
	if !it.Next() {
		t.Fatal(it.Err())
	}
	it.Close()
	<-left
	if it.Next() || it.Err() != nil {
		t.Errorf("a closed iterator goes on, or ended by %v", it.Err())
	}
}

func TestABatchHoldsUntilTheNextOneInMemoryThatIsReused(t *testing.T) {
	it := newFakeNetwork(t, &fakeserver.Server{}).client(t).Generate(background, edge(300))
	if !it.NextBatch() {
		t.Fatal(it.Err())
	}
	first := it.Batch()
	kept := append([]stanflow.Flow(nil), first...)
	if !it.NextBatch() {
		t.Fatal(it.Err())
	}
	second := it.Batch()
	if &first[0] != &second[0] {
		t.Error("the second batch has memory of its own")
	}
	if kept[0] != fakeserver.Flow(0) || second[0] != fakeserver.Flow(100) {
		t.Errorf("the batches begin with %+v and %+v", kept[0], second[0])
	}
}

func TestABatchIsWhatNextHasNotGivenYet(t *testing.T) {
	it := newFakeNetwork(t, &fakeserver.Server{}).client(t).Generate(background, edge(300))
	for i := 0; i < 3; i++ {
		if !it.Next() {
			t.Fatal(it.Err())
		}
	}
	if !it.NextBatch() || len(it.Batch()) != 97 || it.Batch()[0] != fakeserver.Flow(3) {
		t.Fatalf("%d flows, error %v", len(it.Batch()), it.Err())
	}
	expectFlows(t, it, 100, 300)
}
