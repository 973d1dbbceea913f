package stanflow_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"

	stanflow "github.com/stanflow/stanflow/client/go"
	"github.com/stanflow/stanflow/client/go/internal/fakeserver"
)

// fakeNetwork leads to a fake server in this process, which may be killed and started again.
type fakeNetwork struct {
	server *fakeserver.Server
	stop   func()

	mutex    sync.Mutex
	listener *bufconn.Listener
}

func newFakeNetwork(t testing.TB, server *fakeserver.Server) *fakeNetwork {
	n := &fakeNetwork{server: server}
	n.serve()
	t.Cleanup(func() { n.stop() })
	return n
}

// restart breaks every connection. New ones are taken before that, so that none is refused.
func (n *fakeNetwork) restart() {
	stopOld := n.stop
	n.serve()
	stopOld()
}

func (n *fakeNetwork) serve() {
	listener := bufconn.Listen(1 << 16)
	n.stop = n.server.Serve(listener)
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.listener = listener
}

func (n *fakeNetwork) dial(ctx context.Context, _ string) (net.Conn, error) {
	n.mutex.Lock()
	listener := n.listener
	n.mutex.Unlock()
	return listener.DialContext(ctx)
}

func (n *fakeNetwork) client(t testing.TB, options ...stanflow.Option) *stanflow.Client {
	t.Helper()
	options = append(options, stanflow.WithDialOptions(grpc.WithContextDialer(n.dial)))
	client, err := stanflow.Dial(context.Background(), "passthrough:///fake", options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// fakeClock passes only while somebody sleeps.
type fakeClock struct {
	mutex sync.Mutex
	time  time.Time
	naps  []time.Duration
}

func (c *fakeClock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.time
}

func (c *fakeClock) sleep(_ context.Context, wait time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.time = c.time.Add(wait)
	c.naps = append(c.naps, wait)
}

func (c *fakeClock) option() stanflow.Option {
	c.time = time.Unix(1460332800, 0)
	return stanflow.WithClock(c.now, c.sleep)
}

func (c *fakeClock) slept() time.Duration {
	sum := time.Duration(0)
	for _, nap := range c.naps {
		sum += nap
	}
	return sum
}
