package fakeserver

import (
	"context"
	"math"
	"strconv"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

const defaultChunkRows = 100

// Gone is what a server says that is shutting down.
var Gone = status.Error(codes.Unavailable, "the server is shutting down")

// Synthesis streams Flow(0), Flow(1), ...; a resume token is the next row's number.
type Synthesis struct {
	stanflowv1.UnimplementedSynthesisServer
	// Breaks: the n-th call ends after so many rows of it, with BreakWith or else Gone. Later calls go to their end.
	Breaks    []uint64
	BreakWith error
	// Refuse, if not nil, is asked by the number of a call whether the call is refused, and how.
	Refuse func(call int) error
	// Skip is how many rows the first call leaves out after each chunk: a wrong server.
	Skip uint64
	// Spoil changes a chunk before it is sent: a wrong server.
	Spoil func(*stanflowv1.GenerateChunk)
	// Lost is how many flows more a summary says than were sent: a wrong server.
	Lost uint64
	// OnChunk is called after a chunk was handed over, with the next row.
	OnChunk func(ctx context.Context, next uint64)

	// LostSubmits is how many first submits of a kind are taken, but their answers lost.
	LostSubmits int

	Generates Record[*stanflowv1.GenerateRequest]
	Trains    Record[*stanflowv1.TrainRequest]
	Streams   Record[*stanflowv1.StreamRequest]
}

// Generate streams as a server does.
func (s *Synthesis) Generate(
	request *stanflowv1.GenerateRequest,
	stream stanflowv1.Synthesis_GenerateServer,
) error {
	call := s.Generates.Add(request)
	if s.Refuse != nil {
		if err := s.Refuse(call); err != nil {
			return err
		}
	}
	row := uint64(0)
	if token := request.GetResumeToken(); len(token) > 0 {
		var err error
		if row, err = strconv.ParseUint(string(token), 10, 64); err != nil {
			return status.Error(codes.InvalidArgument, "resume_token: not one of this server's")
		}
	}
	first := row
	end, breakAt := uint64(math.MaxUint64), uint64(math.MaxUint64)
	if rows, ok := request.GetExtent().(*stanflowv1.GenerateRequest_Rows); ok {
		end = rows.Rows
	}
	if call < len(s.Breaks) {
		breakAt = row + s.Breaks[call]
	}
	if err := stream.Send(header(request, first)); err != nil {
		return err
	}
	for row < end && row < breakAt {
		next := smallest(row+chunkRows(request), end, breakAt)
		if err := stream.Send(s.chunk(row, next)); err != nil {
			return err
		}
		row = next
		if s.OnChunk != nil {
			s.OnChunk(stream.Context(), row)
		}
		if call == 0 {
			row += s.Skip
		}
	}
	if row >= breakAt {
		if s.BreakWith != nil {
			return s.BreakWith
		}
		return Gone
	}
	summary := &stanflowv1.GenerateSummary{Rows: row - first + s.Lost}
	return stream.Send(&stanflowv1.GenerateResponse{Part: &stanflowv1.GenerateResponse_Summary{Summary: summary}})
}

// Train takes a training.
func (s *Synthesis) Train(_ context.Context, request *stanflowv1.TrainRequest) (*stanflowv1.Job, error) {
	if s.Trains.Add(request) < s.LostSubmits {
		return nil, Gone
	}
	return &stanflowv1.Job{Name: "jobs/train-1", State: stanflowv1.JobState_JOB_STATE_QUEUED}, nil
}

// Stream takes a stream.
func (s *Synthesis) Stream(_ context.Context, request *stanflowv1.StreamRequest) (*stanflowv1.Job, error) {
	if s.Streams.Add(request) < s.LostSubmits {
		return nil, Gone
	}
	return &stanflowv1.Job{Name: "jobs/stream-1", State: stanflowv1.JobState_JOB_STATE_QUEUED}, nil
}

func header(request *stanflowv1.GenerateRequest, first uint64) *stanflowv1.GenerateResponse {
	return &stanflowv1.GenerateResponse{Part: &stanflowv1.GenerateResponse_Header{Header: &stanflowv1.GenerateHeader{
		ModelVersion: "models/edge/versions/3",
		Seed:         request.GetSeed(),
		Hosts:        7,
		Home:         request.GetHome(),
		Start:        &timestamppb.Timestamp{Seconds: StartMilliseconds / 1000},
		Device:       "cpu",
		FirstRow:     first,
	}}}
}

func (s *Synthesis) chunk(first, end uint64) *stanflowv1.GenerateResponse {
	chunk := &stanflowv1.GenerateChunk{
		FirstRow:    first,
		Columns:     Columns(first, end),
		ResumeToken: []byte(strconv.FormatUint(end, 10)),
	}
	if s.Spoil != nil {
		s.Spoil(chunk)
	}
	return &stanflowv1.GenerateResponse{Part: &stanflowv1.GenerateResponse_Chunk{Chunk: chunk}}
}

func chunkRows(request *stanflowv1.GenerateRequest) uint64 {
	if request.GetChunkRows() == 0 {
		return defaultChunkRows
	}
	return uint64(request.GetChunkRows())
}

func smallest(first uint64, others ...uint64) uint64 {
	for _, other := range others {
		if other < first {
			first = other
		}
	}
	return first
}
