package stanflow

import (
	"testing"

	"google.golang.org/grpc/codes"
)

func TestAStreamCutInTheMiddleOfAMessageBrokeOffButAServersOwnErrorDidNot(t *testing.T) {
	for _, broken := range []*Error{
		{Code: codes.Unavailable, Message: "error reading from server: EOF"},
		{Code: codes.Internal, Message: "unexpected EOF"},
		{Code: codes.Internal, Message: "stream terminated by RST_STREAM with error code: INTERNAL_ERROR"},
	} {
		if !brokeOff(broken, false) || !brokeOff(broken, true) {
			t.Errorf("%v is taken for an end", broken)
		}
	}
	for _, ended := range []*Error{
		{Code: codes.Internal, Reason: "INTERNAL", Message: "unexpected EOF"},
		{Code: codes.Internal, Message: "grpc: failed to unmarshal the received message"},
		{Code: codes.DataLoss, Message: "a chunk of 3 flows has 2 values"},
		{Code: codes.FailedPrecondition, Reason: "FAILED_PRECONDITION", Message: "another build"},
	} {
		if brokeOff(ended, true) {
			t.Errorf("%v is taken for a break", ended)
		}
	}
}
