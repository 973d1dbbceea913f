package stanflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// Error is why a call failed, as the server said it or, without a Reason, as the connection or this client did.
//
//	var refused *stanflow.Error
//	if errors.As(err, &refused) && refused.Code == codes.NotFound { ... }
//
// After the end of a call's context it also is context.Canceled or context.DeadlineExceeded to errors.Is.
type Error struct {
	// Code is the canonical code.
	Code codes.Code
	// Reason is stable, for programs: "INVALID_FIELD", "NOT_FOUND". Empty if it was not the server who spoke.
	Reason string
	// Message is for people, and says what would do.
	Message string
	// Violations are the fields at fault, with codes.InvalidArgument.
	Violations []Violation
	// RetryAfter is how long to wait where waiting helps, else 0.
	RetryAfter time.Duration

	cause error
}

// Violation is a field of a request that is wrong.
type Violation struct {
	// Field is its path: "hosts", "generate.home".
	Field string
	// Description is what is wrong with it.
	Description string
}

// Error gives code and message.
func (e *Error) Error() string { return fmt.Sprintf("stanflow: %s: %s", e.Code, e.Message) }

// Unwrap gives the context's error, if the context has ended.
func (e *Error) Unwrap() error { return e.cause }

// GRPCStatus makes status.Code and status.FromError know it.
func (e *Error) GRPCStatus() *status.Status { return status.New(e.Code, e.Message) }

// JobError is a job that was waited for and did not succeed.
type JobError struct {
	// Job is the job as it ended: FAILED or CANCELLED.
	Job *stanflowv1.Job
}

// Error gives the job's last failure.
func (e *JobError) Error() string {
	if e.Job.GetState() == stanflowv1.JobState_JOB_STATE_CANCELLED {
		return fmt.Sprintf("stanflow: %s was cancelled", e.Job.GetName())
	}
	return fmt.Sprintf("stanflow: %s failed: %s: %s", e.Job.GetName(), e.Job.GetErrorCode(), e.Job.GetErrorMessage())
}

// errorOf puts a call's error into this package's words; ctx is the caller's.
func errorOf(ctx context.Context, err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	answer := status.Convert(err)
	out := &Error{Code: answer.Code(), Message: answer.Message(), cause: ctx.Err()}
	for _, detail := range answer.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			out.Reason = detail.GetReason()
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				out.Violations = append(out.Violations, Violation{violation.GetField(), violation.GetDescription()})
			}
		case *errdetails.RetryInfo:
			out.RetryAfter = detail.GetRetryDelay().AsDuration()
		}
	}
	return out
}

// dataLoss is a server that did not send what it must.
func dataLoss(format string, values ...any) *Error {
	return &Error{Code: codes.DataLoss, Message: fmt.Sprintf(format, values...)}
}
