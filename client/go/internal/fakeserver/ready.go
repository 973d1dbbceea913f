package fakeserver

import (
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // registers the codec that readyCodec falls back on
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// A token of about the size that a stanflowd's has, bytes.
const readyTokenBytes = 300

// ServeReady answers Generate by one chunk over and over, encoded once: what a client takes from it is limited by the
// client. Flows repeat Flow(0) to before Flow(rows), and a stream's last chunk is whole. It serves until the returned
// function is called.
func ServeReady(listener net.Listener, rows uint64) (stop func()) {
	server := grpc.NewServer(grpc.ForceServerCodec(readyCodec{encoding.GetCodec("proto")}))
	stanflowv1.RegisterSynthesisServer(server, &ready{rows: rows, chunk: encode(&stanflowv1.GenerateChunk{
		Columns:     Columns(0, rows),
		ResumeToken: make([]byte, readyTokenBytes),
	})})
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	go server.Serve(listener)
	return server.Stop
}

type ready struct {
	stanflowv1.UnimplementedSynthesisServer
	rows  uint64
	chunk []byte
}

// Generate takes no notice of the request but for its rows.
func (s *ready) Generate(
	request *stanflowv1.GenerateRequest,
	stream stanflowv1.Synthesis_GenerateServer,
) error {
	header := &stanflowv1.GenerateHeader{Start: &timestamppb.Timestamp{Seconds: StartMilliseconds / 1000}}
	if err := stream.Send(&stanflowv1.GenerateResponse{
		Part: &stanflowv1.GenerateResponse_Header{Header: header},
	}); err != nil {
		return err
	}
	row := uint64(0)
	for ; row < request.GetRows(); row += s.rows {
		// Encoded messages that are joined are the joined message.
		first := encode(&stanflowv1.GenerateChunk{FirstRow: row})
		if err := stream.SendMsg(append(first, s.chunk...)); err != nil {
			return err
		}
	}
	return stream.Send(&stanflowv1.GenerateResponse{
		Part: &stanflowv1.GenerateResponse_Summary{Summary: &stanflowv1.GenerateSummary{Rows: row}},
	})
}

func encode(chunk *stanflowv1.GenerateChunk) []byte {
	part := &stanflowv1.GenerateResponse_Chunk{Chunk: chunk}
	message, err := proto.Marshal(&stanflowv1.GenerateResponse{Part: part})
	if err != nil {
		panic(err) // The messages are this file's own.
	}
	return message
}

// readyCodec passes on what is encoded already.
type readyCodec struct{ encoding.Codec }

func (c readyCodec) Marshal(message any) ([]byte, error) {
	if encoded, ok := message.([]byte); ok {
		return encoded, nil
	}
	return c.Codec.Marshal(message)
}
