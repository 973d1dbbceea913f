package stanflow_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	stanflow "github.com/stanflow/stanflow/client/go"
	"github.com/stanflow/stanflow/client/go/internal/fakeserver"
)

func TestAServerThatIsNotThereIsNamedWithWhatWouldDo(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, err = stanflow.Dial(background, address)
	var refused *stanflow.Error
	if !errors.As(err, &refused) || refused.Code != codes.Unavailable || !strings.Contains(err.Error(), address) ||
		!strings.Contains(err.Error(), "start one with stanflowd") {
		t.Errorf("%v", err)
	}
}

func TestAnErrorCarriesWhatTheServerSaid(t *testing.T) {
	answer, err := status.New(codes.InvalidArgument, "hosts: 70000; give 1 to 65536").WithDetails(
		&errdetails.ErrorInfo{Reason: "INVALID_FIELD", Domain: "stanflow"},
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: "hosts", Description: "70000; give 1 to 65536"},
		}},
		&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{Refuse: func(int) error { return answer.Err() }}}
	it := newFakeNetwork(t, server).client(t).Generate(background, edge(1))
	if it.Next() {
		t.Fatal("a refused stream has a flow")
	}
	var refused *stanflow.Error
	if !errors.As(it.Err(), &refused) {
		t.Fatalf("%v is no *Error", it.Err())
	}
	if refused.Code != codes.InvalidArgument || refused.Reason != "INVALID_FIELD" ||
		refused.RetryAfter != time.Second || len(refused.Violations) != 1 {
		t.Fatalf("%+v", refused)
	}
	if refused.Violations[0] != (stanflow.Violation{Field: "hosts", Description: "70000; give 1 to 65536"}) {
		t.Errorf("%+v", refused.Violations[0])
	}
	if refused.Error() != "stanflow: InvalidArgument: hosts: 70000; give 1 to 65536" {
		t.Errorf("%q", refused.Error())
	}
	if status.Code(refused) != codes.InvalidArgument || errors.Is(refused, context.Canceled) {
		t.Error("it is not what gRPC and context take it for")
	}
}

func TestOtherErrorsThanAServerThatIsGoneAreNotTriedAgain(t *testing.T) {
	clock := &fakeClock{}
	_, err := newFakeNetwork(t, &fakeserver.Server{}).client(t, clock.option()).Model(background, "egde")
	if status.Code(err) != codes.NotFound || len(clock.naps) != 0 {
		t.Errorf("%v after %v", err, clock.naps)
	}
}

func TestAFileIsUploadedWholeWithItsDigestAndAgainAfterABreak(t *testing.T) {
	content := bytes.Repeat([]byte("2016-04-11 00:01:38,"), 200000)
	path := filepath.Join(t.TempDir(), "office.csv")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	server := &fakeserver.Server{Datasets: fakeserver.Datasets{LostUploads: 1}}
	clock := &fakeClock{}
	client := newFakeNetwork(t, server).client(t, clock.option())
	job, err := client.ImportFile(background, "datasets/office", path, stanflow.ImportOptions{
		Home:    []string{"10.0.0.0/16"},
		Holdout: "hours=odd",
	})
	if err != nil || job.GetName() != "jobs/import-1" {
		t.Fatalf("%v, %v", job, err)
	}
	begun, uploads := server.Datasets.Begun.All(), server.Datasets.Uploads.All()
	if len(begun) != 2 || len(uploads) != 1 || begun[0].GetRequestId() != begun[1].GetRequestId() {
		t.Fatalf("%v, then %d whole files", begun, len(uploads))
	}
	header, digest := uploads[0].Header, sha256.Sum256(content)
	if header.GetDataset() != "office" || header.GetHoldout() != "hours=odd" || header.GetRequestId() == "" ||
		header.GetSizeBytes() != uint64(len(content)) || !bytes.Equal(header.GetSha256(), digest[:]) {
		t.Errorf("%v", header)
	}
	if !bytes.Equal(uploads[0].Data, content) || uploads[0].LargestMessage > 1<<20 {
		t.Errorf("%d bytes came, at most %d at once", len(uploads[0].Data), uploads[0].LargestMessage)
	}
}

func TestAFileThatIsNotThereIsTheSystemsError(t *testing.T) {
	client := newFakeNetwork(t, &fakeserver.Server{}).client(t)
	_, err := client.ImportFile(background, "office", "nosuch.csv", stanflow.ImportOptions{})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestAFlowGivesItsNumbersAsGoTypes(t *testing.T) {
	flow := stanflow.Flow{
		EndMilliseconds:      1460332800123,
		DurationMilliseconds: 1500,
		SourceAddress:        0x0A000102,
		DestinationAddress:   0xC6336401,
	}
	if !flow.EndTime().Equal(time.Date(2016, 4, 11, 0, 0, 0, 123e6, time.UTC)) ||
		flow.Duration() != 1500*time.Millisecond || flow.Source().String() != "10.0.1.2" ||
		flow.Destination().String() != "198.51.100.1" {
		t.Errorf("%s %s %s %s", flow.EndTime(), flow.Duration(), flow.Source(), flow.Destination())
	}
}
