package stanflow

import (
	"context"
	"fmt"
	"math"
	"time"

	"google.golang.org/grpc"
	grpcbackoff "google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// DefaultTarget is where a stanflowd listens that was not told otherwise.
const DefaultTarget = "127.0.0.1:50551"

const defaultPatience = time.Minute

// What may be on its way to a stream and to all streams of a connection before their readers take it, bytes. gRPC's
// own 64 KiB are a single chunk, and would stop the server at every one.
const windowBytes = 4 << 20

// Client is a connection to one server, made again whenever it is lost. It is safe for concurrent use.
type Client struct {
	conn     *grpc.ClientConn
	stubs    Stubs
	patience time.Duration
	clock    clock
}

// Stubs are the generated clients of all services. Their errors are gRPC's, and nothing is tried again.
type Stubs struct {
	Synthesis stanflowv1.SynthesisClient
	Jobs      stanflowv1.JobsClient
	Models    stanflowv1.ModelsClient
	Datasets  stanflowv1.DatasetsClient
}

// Option is a choice for a whole client.
type Option func(*settings)

type settings struct {
	patience time.Duration
	clock    clock
	dial     []grpc.DialOption
}

// WithPatience sets for how long a server that was lost is waited for, counted from the loss and anew after every sign
// of progress. The default is a minute; 0 waits not at all.
func WithPatience(patience time.Duration) Option {
	return func(s *settings) { s.patience = patience }
}

// WithDialOptions adds options of gRPC, which override the client's own: transport credentials for instance, where
// something in front of the server speaks TLS.
func WithDialOptions(options ...grpc.DialOption) Option {
	return func(s *settings) { s.dial = append(s.dial, options...) }
}

// Dial connects to the server at target, "HOST:PORT", and returns once it has answered. An address at which no server
// answers is an [Error] of codes.Unavailable at once: waiting would hide a wrong address.
func Dial(ctx context.Context, target string, options ...Option) (*Client, error) {
	chosen := settings{patience: defaultPatience, clock: systemClock}
	for _, option := range options {
		option(&chosen)
	}
	conn, err := grpc.NewClient(target, append(defaultDialOptions(), chosen.dial...)...)
	if err != nil {
		return nil, fmt.Errorf("stanflow: dial %s: %w", target, err)
	}
	if err := greet(ctx, conn, target); err != nil {
		conn.Close()
		return nil, err
	}
	return &Client{
		conn: conn,
		stubs: Stubs{
			Synthesis: stanflowv1.NewSynthesisClient(conn),
			Jobs:      stanflowv1.NewJobsClient(conn),
			Models:    stanflowv1.NewModelsClient(conn),
			Datasets:  stanflowv1.NewDatasetsClient(conn),
		},
		patience: chosen.patience,
		clock:    chosen.clock,
	}, nil
}

// Close ends the connection and every call over it.
func (c *Client) Close() error { return c.conn.Close() }

// Stubs returns the generated clients, for calls that have no method here.
func (c *Client) Stubs() Stubs { return c.stubs }

func defaultDialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		// The server is reached directly: a proxy that is set for the web would be asked for loopback addresses too.
		grpc.WithNoProxy(),
		// A server that comes back is found again within two seconds.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: grpcbackoff.Config{
				BaseDelay:  100 * time.Millisecond,
				Multiplier: 1.6,
				Jitter:     0.2,
				MaxDelay:   2 * time.Second,
			},
			MinConnectTimeout: 5 * time.Second,
		}),
		// A machine that vanished without a word would be waited for without end. gRPC's servers take pings more often
		// than every five minutes for abuse.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 6 * time.Minute, Timeout: 20 * time.Second}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32)),
		grpc.WithInitialWindowSize(windowBytes),
		grpc.WithInitialConnWindowSize(windowBytes),
	}
}

// greet asks for a sign of life. A server that says NOT_SERVING is there: it is starting or draining.
func greet(ctx context.Context, conn *grpc.ClientConn, target string) error {
	_, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	if err == nil {
		return nil
	}
	why := errorOf(ctx, err)
	if why.Code == codes.Unavailable && why.Reason == "" {
		why.Message = fmt.Sprintf("the server at %s can't be reached (%s); start one with stanflowd, or dial the "+
			"address that it listens on", target, why.Message)
	}
	return why
}
