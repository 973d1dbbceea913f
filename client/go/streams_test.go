package stanflow_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	stanflow "github.com/stanflow/stanflow/client/go"
	"github.com/stanflow/stanflow/client/go/internal/fakeserver"
)

var background = context.Background()

func edge(rows uint64) stanflow.GenerateOptions {
	return stanflow.GenerateOptions{Model: "edge", Seed: 7, Rows: rows}
}

// expectFlows reads the iterator to its end: rows `first` to before `end`, and no error.
func expectFlows(t *testing.T, it *stanflow.FlowIterator, first, end uint64) {
	t.Helper()
	row := first
	for it.Next() {
		if flow := it.Flow(); flow != fakeserver.Flow(row) {
			t.Fatalf("flow %d is %+v instead of %+v", row, flow, fakeserver.Flow(row))
		}
		row++
	}
	if err := it.Err(); err != nil {
		t.Fatal(err)
	}
	if row != end {
		t.Fatalf("the stream ended at flow %d instead of %d", row, end)
	}
}

// expectError reads the iterator to its end, which must be an error of this code that says so.
func expectError(t *testing.T, it *stanflow.FlowIterator, code codes.Code, says string) {
	t.Helper()
	for it.Next() {
	}
	var refused *stanflow.Error
	if !errors.As(it.Err(), &refused) {
		t.Fatalf("ended by %v instead of an *Error", it.Err())
	}
	if refused.Code != code || !strings.Contains(refused.Message, says) {
		t.Fatalf("ended by %v instead of %s with %q", refused, code, says)
	}
}
