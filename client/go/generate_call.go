package stanflow

import (
	"context"
	"io"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// generateCall is one Generate, from its opening to its end. An iterator is many of them where connections break.
type generateCall struct {
	stream stanflowv1.Synthesis_GenerateClient
	cancel context.CancelFunc
}

func openGenerate(
	ctx context.Context,
	stub stanflowv1.SynthesisClient,
	request *stanflowv1.GenerateRequest,
) (*generateCall, error) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := stub.Generate(ctx, request)
	if err != nil {
		cancel()
		return nil, err
	}
	return &generateCall{stream: stream, cancel: cancel}, nil
}

// brokeOff tells whether a stream that ended so can be continued; `begun`: its header has come, now or on an earlier
// connection. The caller's own context is not why.
func brokeOff(why *Error, begun bool) bool {
	switch why.Code {
	case codes.Unavailable:
		// Dial has seen a server there: as for every other call, it is waited for.
		return true
	case codes.ResourceExhausted:
		// The slot that the stream had may be another one's by now: one will be free again.
		return begun
	case codes.Canceled, codes.DeadlineExceeded:
		// The server, or something in between, ends a stream that nobody read for long: a paused reader that goes on
		// wants the rest.
		return begun
	case codes.Internal:
		// What gRPC itself says of a stream that was cut in the middle of a message, or reset on the way. A server's
		// own error has a reason.
		return why.Reason == "" &&
			(why.Message == io.ErrUnexpectedEOF.Error() || strings.Contains(why.Message, "RST_STREAM"))
	}
	return false
}
