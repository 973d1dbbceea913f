package stanflow

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// GenerateOptions says which flows are made. Equal options give equal flows, on one version of the server and one kind
// of device. A zero field is the server's default.
type GenerateOptions struct {
	// Model is "M" (its newest version), "M@3" or "M@ALIAS".
	Model string
	// Seed of all that is drawn.
	Seed uint64
	// Stream is a second seed: streams of one Seed that must differ.
	Stream uint32
	// Hosts of the home network, 1 to 65536; 0 is the training hosts' number, 90 at most.
	Hosts uint32
	// Home is the home network in CIDR form; its hosts get the addresses from the second on. Empty is "10.0.0.0/16".
	Home string
	// Start is the clock at which every host starts; zero is the midnight (UTC) before the training data's first flow.
	Start time.Time
	// Rows is the number of flows. Without Rows and Duration a stream has no end.
	Rows uint64
	// Duration is the simulated time from Start; instead of Rows.
	Duration time.Duration
	// ChunkRows is how many flows a batch has at most, 1 to 4096; 0 is 1024. It never changes the flows.
	ChunkRows uint32
	// From is where another iterator of the same options stopped; zero is the beginning.
	From Position
}

// Position is where a stream goes on: after so many flows, by the token that came with the last of them.
type Position struct {
	// Rows counts the flows from the stream's beginning.
	Rows uint64
	// Token is the server's; its bytes are kept, and mean nothing here.
	Token []byte
}

// Generate streams flows. Nothing is asked of the server before the iterator's first Next; what is wrong with the
// options comes from its Err. The context ends the iterator at any time.
func (c *Client) Generate(ctx context.Context, options GenerateOptions) *FlowIterator {
	it := &FlowIterator{ctx: ctx, client: c, position: options.From, backoff: c.newBackoff()}
	request, err := options.request()
	if err != nil {
		it.end(err)
	}
	it.request = request
	return it
}

func (o GenerateOptions) request() (*stanflowv1.GenerateRequest, error) {
	request := &stanflowv1.GenerateRequest{
		Model:     o.Model,
		Seed:      o.Seed,
		Stream:    o.Stream,
		Hosts:     o.Hosts,
		Home:      o.Home,
		ChunkRows: o.ChunkRows,
	}
	if !o.Start.IsZero() {
		request.Start = timestamppb.New(o.Start)
	}
	if o.Rows != 0 && o.Duration != 0 {
		what := "give Rows or Duration, not both"
		return nil, &Error{
			Code:       codes.InvalidArgument,
			Message:    "rows: " + what,
			Violations: []Violation{{Field: "rows", Description: what}},
		}
	}
	if o.Rows != 0 {
		request.Extent = &stanflowv1.GenerateRequest_Rows{Rows: o.Rows}
	}
	if o.Duration != 0 {
		request.Extent = &stanflowv1.GenerateRequest_DurationSeconds{DurationSeconds: o.Duration.Seconds()}
	}
	return request, nil
}
