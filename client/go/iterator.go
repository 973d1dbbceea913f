package stanflow

import (
	"context"
	"io"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// FlowIterator gives the flows of one Generate as one sequence without a gap or a repeat. A stream that breaks (its
// server gone, its slot another's, or itself ended because nobody read it) is continued by its resume token for as
// long as the client's patience lasts. A server that has no room for it at first is an error at once.
//
// Flow by flow:
//
//	for it.Next() {
//		use(it.Flow())
//	}
//
// or batch by batch:
//
//	for it.NextBatch() {
//		use(it.Batch())
//	}
//
// and then it.Err(). It is not safe for concurrent use.
type FlowIterator struct {
	// The caller's, as an iterator is one long call.
	ctx     context.Context
	client  *Client
	request *stanflowv1.GenerateRequest
	backoff backoff

	// Nil between two calls.
	call *generateCall
	// How many flows the call has brought.
	rowsOfCall uint64

	// The chunk that came last, in memory of the iterator's own, and how many of its flows were given.
	flows []Flow
	given int
	batch []Flow

	position   Position
	header     *stanflowv1.GenerateHeader
	summary    Summary
	reconnects int
	// The server's summary has come: what it had to send, it has sent.
	complete bool
	ended    bool
	err      error
}

// Summary is what an iterator has received so far; once it has ended, all that it gave.
type Summary struct {
	// Rows is the number of flows.
	Rows uint64
	// Packets and Bytes are sums over them.
	Packets, Bytes uint64
	// Simulated is the time from the stream's start to the end of its last flow.
	Simulated time.Duration
}

// Next goes to the next flow. False at the end and after an error.
func (it *FlowIterator) Next() bool {
	if it.given == len(it.flows) && !it.fetch() {
		return false
	}
	it.given++
	return true
}

// Flow is the flow that Next went to. Only after a Next that was true.
func (it *FlowIterator) Flow() Flow { return it.flows[it.given-1] }

// NextBatch goes to the next batch: what came together and Next has not given yet. False at the end and after an error.
func (it *FlowIterator) NextBatch() bool {
	it.batch = nil
	if it.given == len(it.flows) && !it.fetch() {
		return false
	}
	it.batch = it.flows[it.given:]
	it.given = len(it.flows)
	return true
}

// Batch is the batch that NextBatch went to, never empty. Its memory is the iterator's and holds other flows after the
// following Next or NextBatch: copy what you keep.
func (it *FlowIterator) Batch() []Flow { return it.batch }

// Err is why the iterator ended early: an *[Error], or nil.
func (it *FlowIterator) Err() error { return it.err }

// Header is what the server said of the stream at its beginning; nil before the first Next or NextBatch.
func (it *FlowIterator) Header() *stanflowv1.GenerateHeader { return it.header }

// Summary counts the flows, batch by batch as they come.
func (it *FlowIterator) Summary() Summary { return it.summary }

// Position is where another iterator of the same options goes on (GenerateOptions.From): after the last flow of the
// batch that came last, also while Next has not given all of it.
func (it *FlowIterator) Position() Position { return it.position }

// Reconnects is how often the stream broke and went on.
func (it *FlowIterator) Reconnects() int { return it.reconnects }

// Close ends the iterator and frees the server's stream. Needed where a loop is left early; harmless else.
func (it *FlowIterator) Close() {
	it.flows, it.given = nil, 0
	if !it.ended {
		it.end(nil)
	}
}

// fetch replaces the flows by the next chunk's. False at the end and after an error.
func (it *FlowIterator) fetch() bool {
	it.flows, it.given = it.flows[:0], 0
	for !it.ended {
		err := it.receive()
		if err == io.EOF && it.complete {
			it.end(nil)
			return false
		}
		if err != nil {
			err = it.goOn(err)
		}
		if err != nil {
			it.end(err)
			return false
		}
		if len(it.flows) > 0 {
			return true
		}
	}
	return false
}

// receive takes one answer of the server. An error is how the call ended; io.EOF if it ended well.
func (it *FlowIterator) receive() error {
	if it.call == nil {
		it.request.ResumeToken = it.position.Token
		call, err := openGenerate(it.ctx, it.client.stubs.Synthesis, it.request)
		if err != nil {
			return err
		}
		it.call, it.rowsOfCall = call, 0
	}
	answer, err := it.call.stream.Recv()
	if err != nil {
		return err
	}
	switch part := answer.Part.(type) {
	case *stanflowv1.GenerateResponse_Header:
		return it.takeHeader(part.Header)
	case *stanflowv1.GenerateResponse_Chunk:
		return it.takeChunk(part.Chunk)
	case *stanflowv1.GenerateResponse_Summary:
		return it.takeSummary(part.Summary)
	}
	return nil
}

func (it *FlowIterator) takeHeader(header *stanflowv1.GenerateHeader) error {
	if header.GetFirstRow() != it.position.Rows {
		return dataLoss("the stream goes on at flow %d instead of %d", header.GetFirstRow(), it.position.Rows)
	}
	if it.header == nil {
		it.header = header
		return nil
	}
	if it.header.GetModelVersion() != header.GetModelVersion() {
		return dataLoss("the stream goes on with %s instead of %s", header.GetModelVersion(),
			it.header.GetModelVersion())
	}
	it.reconnects++
	return nil
}

func (it *FlowIterator) takeChunk(chunk *stanflowv1.GenerateChunk) error {
	if chunk.GetFirstRow() != it.position.Rows {
		return dataLoss("the server sent flow %d where flow %d was due", chunk.GetFirstRow(), it.position.Rows)
	}
	flows, err := decodeFlows(chunk.GetColumns(), it.flows)
	if err != nil {
		return err
	}
	it.flows = flows
	it.position.Rows += uint64(len(flows))
	it.position.Token = chunk.GetResumeToken()
	it.rowsOfCall += uint64(len(flows))
	it.count(flows)
	it.backoff.reset()
	return nil
}

// takeSummary compares with what came: a summary counts the flows of its own call.
func (it *FlowIterator) takeSummary(summary *stanflowv1.GenerateSummary) error {
	if summary.GetRows() != it.rowsOfCall {
		return dataLoss("the server says that it sent %d flows, but %d came", summary.GetRows(), it.rowsOfCall)
	}
	it.complete = true
	return nil
}

func (it *FlowIterator) count(flows []Flow) {
	if len(flows) == 0 {
		return
	}
	it.summary.Rows += uint64(len(flows))
	for i := range flows {
		it.summary.Packets += flows[i].Packets
		it.summary.Bytes += flows[i].Bytes
	}
	last := flows[len(flows)-1].EndMilliseconds
	it.summary.Simulated = time.Duration(last-it.header.GetStart().AsTime().UnixMilli()) * time.Millisecond
}

// goOn waits after a call that ended so. Nil if the stream can be tried again, else why not.
func (it *FlowIterator) goOn(err error) error {
	why := &Error{Code: codes.Unavailable, Message: "the server ended the stream early"}
	if err != io.EOF {
		why = errorOf(it.ctx, err)
	}
	it.hangUp()
	if it.ctx.Err() != nil || !brokeOff(why, it.header != nil) {
		return why
	}
	// Its calls end as those do that break.
	if it.client.conn.GetState() == connectivity.Shutdown {
		return &Error{Code: codes.Canceled, Message: "the client was closed"}
	}
	if !it.backoff.wait(it.ctx, why.RetryAfter) {
		why.cause = it.ctx.Err()
		return why
	}
	return nil
}

func (it *FlowIterator) end(err error) {
	it.ended, it.err = true, err
	it.hangUp()
}

func (it *FlowIterator) hangUp() {
	if it.call != nil {
		it.call.cancel()
		it.call = nil
	}
}
