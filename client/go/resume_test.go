package stanflow_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	stanflow "github.com/stanflow/stanflow/client/go"
	"github.com/stanflow/stanflow/client/go/internal/fakeserver"
)

func tokensOf(server *fakeserver.Server) string {
	var tokens []string
	for _, request := range server.Synthesis.Generates.All() {
		tokens = append(tokens, string(request.GetResumeToken()))
	}
	return strings.Join(tokens, ",")
}

func TestABrokenStreamGoesOnWithoutAGapOrARepeat(t *testing.T) {
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{Breaks: []uint64{250, 1, 400}}}
	clock := &fakeClock{}
	it := newFakeNetwork(t, server).client(t, clock.option()).Generate(background, edge(1000))
	expectFlows(t, it, 0, 1000)
	if tokens := tokensOf(server); tokens != ",250,251,651" {
		t.Errorf("the tokens were %q", tokens)
	}
	if it.Reconnects() != 3 || it.Summary().Rows != 1000 {
		t.Errorf("%d reconnects, %d rows", it.Reconnects(), it.Summary().Rows)
	}
}

func TestAStreamThatNobodyReadForLongGoesOnToo(t *testing.T) {
	for _, code := range []codes.Code{codes.Canceled, codes.DeadlineExceeded} {
		server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{
			Breaks:    []uint64{250},
			BreakWith: status.Error(code, "nobody reads"),
		}}
		clock := &fakeClock{}
		it := newFakeNetwork(t, server).client(t, clock.option()).Generate(background, edge(1000))
		expectFlows(t, it, 0, 1000)
	}
}

func TestABrokenConnectionGoesOnWithoutAGapOrARepeat(t *testing.T) {
	reached := make(chan struct{})
	var once sync.Once
	server := &fakeserver.Server{}
	server.Synthesis.OnChunk = func(ctx context.Context, next uint64) {
		if next == 500 {
			once.Do(func() {
				close(reached)
				<-ctx.Done()
			})
		}
	}
	network := newFakeNetwork(t, server)
	it := network.client(t).Generate(background, edge(1000))
	if !it.Next() || it.Flow() != fakeserver.Flow(0) {
		t.Fatal(it.Err())
	}
	restarted := make(chan struct{})
	go func() {
		<-reached
		network.restart()
		close(restarted)
	}()
	expectFlows(t, it, 1, 1000)
	<-restarted
	if it.Reconnects() != 1 {
		t.Errorf("%d reconnects", it.Reconnects())
	}
}

func TestAnotherIteratorGoesOnWhereOneStopped(t *testing.T) {
	server := &fakeserver.Server{}
	client := newFakeNetwork(t, server).client(t)
	it := client.Generate(background, edge(1000))
	if !it.NextBatch() || !it.NextBatch() {
		t.Fatal(it.Err())
	}
	options := edge(1000)
	options.From = it.Position()
	it.Close()
	expectFlows(t, client.Generate(background, options), options.From.Rows, 1000)
	if tokens := tokensOf(server); tokens != ",200" {
		t.Errorf("the tokens were %q", tokens)
	}
}

func TestALostServerIsWaitedForWithPatienceAndNoLonger(t *testing.T) {
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{
		Breaks: []uint64{250},
		Refuse: func(call int) error {
			if call > 0 {
				return fakeserver.Gone
			}
			return nil
		},
	}}
	clock := &fakeClock{}
	client := newFakeNetwork(t, server).client(t, clock.option(), stanflow.WithPatience(30*time.Second))
	it := client.Generate(background, edge(1000))
	expectError(t, it, codes.Unavailable, "shutting down")
	if it.Position().Rows != 250 || clock.slept() != 30*time.Second {
		t.Errorf("ended after %d flows and %s of waiting", it.Position().Rows, clock.slept())
	}
	if clock.naps[0] != 100*time.Millisecond || clock.naps[1] != 200*time.Millisecond {
		t.Errorf("waited %v", clock.naps)
	}
}

func TestProgressRenewsThePatience(t *testing.T) {
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{Breaks: make([]uint64, 100)}}
	for i := range server.Synthesis.Breaks {
		server.Synthesis.Breaks[i] = 5
	}
	clock := &fakeClock{}
	client := newFakeNetwork(t, server).client(t, clock.option(), stanflow.WithPatience(time.Second))
	it := client.Generate(background, edge(1000))
	expectFlows(t, it, 0, 1000)
	if it.Reconnects() != 100 || clock.slept() != 100*100*time.Millisecond {
		t.Errorf("%d reconnects, waited %s", it.Reconnects(), clock.slept())
	}
}

func TestAStreamWaitsForASlotWhereItHadOneAsLongAsTheServerAsks(t *testing.T) {
	full, err := status.New(codes.ResourceExhausted, "all 256 streams of this server are taken").WithDetails(
		&errdetails.ErrorInfo{Reason: "RESOURCE_EXHAUSTED", Domain: "stanflow"},
		&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{
		Breaks: []uint64{250},
		Refuse: func(call int) error {
			if call == 1 {
				return full.Err()
			}
			return nil
		},
	}}
	clock := &fakeClock{}
	it := newFakeNetwork(t, server).client(t, clock.option()).Generate(background, edge(1000))
	expectFlows(t, it, 0, 1000)
	if len(clock.naps) != 2 || clock.naps[1] != time.Second {
		t.Errorf("waited %v", clock.naps)
	}
}

func TestAServerWithoutASlotAtFirstIsAnErrorAtOnce(t *testing.T) {
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{
		Refuse: func(int) error { return status.Error(codes.ResourceExhausted, "not now") },
	}}
	clock := &fakeClock{}
	it := newFakeNetwork(t, server).client(t, clock.option()).Generate(background, edge(1000))
	expectError(t, it, codes.ResourceExhausted, "not now")
	if calls := len(server.Synthesis.Generates.All()); calls != 1 || len(clock.naps) != 0 {
		t.Errorf("%d calls, waited %v", calls, clock.naps)
	}
}

func TestAServerThatIsGoneWhenAStreamBeginsIsWaitedFor(t *testing.T) {
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{
		Refuse: func(call int) error {
			if call < 2 {
				return fakeserver.Gone
			}
			return nil
		},
	}}
	clock := &fakeClock{}
	it := newFakeNetwork(t, server).client(t, clock.option()).Generate(background, edge(1000))
	expectFlows(t, it, 0, 1000)
	if len(clock.naps) != 2 || it.Reconnects() != 0 {
		t.Errorf("waited %v, %d reconnects", clock.naps, it.Reconnects())
	}
}

func TestTheEndOfTheContextEndsTheWaitingForAServer(t *testing.T) {
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{Breaks: []uint64{250}}}
	ctx, cancel := context.WithCancel(background)
	sleep := func(ctx context.Context, _ time.Duration) {
		cancel()
		<-ctx.Done()
	}
	client := newFakeNetwork(t, server).client(t, stanflow.WithClock(time.Now, sleep))
	it := client.Generate(ctx, edge(1000))
	expectError(t, it, codes.Unavailable, "shutting down")
	if !errors.Is(it.Err(), context.Canceled) {
		t.Errorf("%v is not context.Canceled", it.Err())
	}
}
