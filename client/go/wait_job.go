package stanflow

import (
	"context"
	"io"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// Progress is where a job stands.
type Progress struct {
	// State of the job.
	State stanflowv1.JobState
	// Attempt counts how often a worker was given the job.
	Attempt uint32
	// Fraction is the share of the work done, 0 to 1.
	Fraction float64
	// Phase is what is being done, a word for people.
	Phase string
	// Attribute is the one that is trained, Epoch its epoch (1 is the first), and Nats its validation nats per row.
	Attribute string
	Epoch     uint32
	Nats      float64
	// RowsPerSecond is the speed of training.
	RowsPerSecond float64
	// Left is an estimate; negative while unknown.
	Left time.Duration
	// Message is what else there is to say, and why the state changed.
	Message string
}

// WaitJob waits for the end of a job, over restarts of the server, and returns the job. One that did not succeed is a
// *[JobError] as well. onProgress, if not nil, is told of each event once and in order. The end of the context ends the
// waiting; the job goes on ([Client.CancelJob]).
func (c *Client) WaitJob(ctx context.Context, name string, onProgress func(Progress)) (*stanflowv1.Job, error) {
	if err := c.watch(ctx, name, onProgress); err != nil {
		return nil, err
	}
	job, err := c.Job(ctx, name)
	if err != nil {
		return nil, err
	}
	if !hasEnded(job.GetState()) {
		return job, dataLoss("the server ended the watch of %s, which is %s", name, job.GetState())
	}
	if job.GetState() != stanflowv1.JobState_JOB_STATE_SUCCEEDED {
		return job, &JobError{Job: job}
	}
	return job, nil
}

func (c *Client) watch(ctx context.Context, name string, onProgress func(Progress)) error {
	waiting := c.newBackoff()
	var last *stanflowv1.JobEvent
	var figures *stanflowv1.JobProgress
	for {
		heard := false
		err := c.watchOnce(ctx, name, last.GetSequence(), func(event *stanflowv1.JobEvent) {
			waiting.reset()
			heard, last = true, event
			// A mere change of state has no figures of its own.
			if event.GetProgress() != nil {
				figures = event.GetProgress()
			}
			if onProgress != nil {
				onProgress(progressOf(event, figures))
			}
		})
		// Without a new event it ends well only where the last one was known already.
		if hasEnded(last.GetState()) || (err == io.EOF && !heard) {
			return nil
		}
		why := &Error{Code: codes.Unavailable, Message: "the server ended the watch early"}
		if err != io.EOF {
			why = errorOf(ctx, err)
		}
		if !passes(why) {
			return why
		}
		if !waiting.wait(ctx, why.RetryAfter) {
			why.cause = ctx.Err()
			return why
		}
	}
}

// watchOnce passes on the events after one until the call ends; io.EOF if it ended well.
func (c *Client) watchOnce(ctx context.Context, name string, after uint64, see func(*stanflowv1.JobEvent)) error {
	stream, err := c.stubs.Jobs.WatchJob(ctx, &stanflowv1.WatchJobRequest{Name: name, AfterSequence: after})
	for err == nil {
		var event *stanflowv1.JobEvent
		if event, err = stream.Recv(); err == nil {
			see(event)
		}
	}
	return err
}

func hasEnded(state stanflowv1.JobState) bool {
	return state == stanflowv1.JobState_JOB_STATE_SUCCEEDED || state == stanflowv1.JobState_JOB_STATE_FAILED ||
		state == stanflowv1.JobState_JOB_STATE_CANCELLED
}

func progressOf(event *stanflowv1.JobEvent, figures *stanflowv1.JobProgress) Progress {
	progress := Progress{
		State:         event.GetState(),
		Attempt:       event.GetAttempt(),
		Fraction:      figures.GetFraction(),
		Phase:         figures.GetPhase(),
		Attribute:     figures.GetAttribute(),
		Epoch:         figures.GetEpoch(),
		Nats:          figures.GetNats(),
		RowsPerSecond: figures.GetRowsPerSecond(),
		Left:          time.Duration(figures.GetSecondsLeft() * float64(time.Second)),
		Message:       event.GetMessage(),
	}
	if figures == nil {
		progress.Left = -1
	}
	if progress.Message == "" {
		progress.Message = figures.GetMessage()
	}
	return progress
}
