package stanflow

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"

	"google.golang.org/protobuf/proto"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// Train starts a job that trains a new version of a model, and returns the job once the server has it on disk;
// [Client.WaitJob] waits for its end. Without a request id it gets one, so that an answer that was lost starts nothing
// twice. The request is not changed.
func (c *Client) Train(ctx context.Context, request *stanflowv1.TrainRequest) (*stanflowv1.Job, error) {
	request = proto.Clone(request).(*stanflowv1.TrainRequest)
	request.RequestId = requestID(request.GetRequestId())
	return call(ctx, c, c.stubs.Synthesis.Train, request)
}

// Stream starts a job that sends flows from the server itself to a collector, a broker or a file (docs/streams.md), as
// Train starts its. It goes on when this program ends; [Client.CancelJob] ends one that has no extent.
func (c *Client) Stream(ctx context.Context, request *stanflowv1.StreamRequest) (*stanflowv1.Job, error) {
	request = proto.Clone(request).(*stanflowv1.StreamRequest)
	request.RequestId = requestID(request.GetRequestId())
	return call(ctx, c, c.stubs.Synthesis.Stream, request)
}

// Collect starts a job that listens for NetFlow and IPFIX on the server and appends what comes to a dataset
// (docs/collecting.md), as Train starts its. It goes on when this program ends; [Client.CancelJob] ends one that has no
// limit, and loses nothing.
func (c *Client) Collect(ctx context.Context, request *stanflowv1.CollectRequest) (*stanflowv1.Job, error) {
	request = proto.Clone(request).(*stanflowv1.CollectRequest)
	request.RequestId = requestID(request.GetRequestId())
	return call(ctx, c, c.stubs.Datasets.Collect, request)
}

// Evaluate starts a job that compares a model's flows with real ones, as Train starts its. Its report is read by
// [Client.Artifact]: "report.json" and "report.html".
func (c *Client) Evaluate(ctx context.Context, request *stanflowv1.EvaluateRequest) (*stanflowv1.Job, error) {
	request = proto.Clone(request).(*stanflowv1.EvaluateRequest)
	request.RequestId = requestID(request.GetRequestId())
	return call(ctx, c, c.stubs.Synthesis.Evaluate, request)
}

// Reproduce starts a job that repeats the STAN paper's evaluation, as Train starts its.
func (c *Client) Reproduce(ctx context.Context, request *stanflowv1.ReproduceRequest) (*stanflowv1.Job, error) {
	request = proto.Clone(request).(*stanflowv1.ReproduceRequest)
	request.RequestId = requestID(request.GetRequestId())
	return call(ctx, c, c.stubs.Synthesis.Reproduce, request)
}

// Job looks a job up by its name, "jobs/ID".
func (c *Client) Job(ctx context.Context, name string) (*stanflowv1.Job, error) {
	return call(ctx, c, c.stubs.Jobs.GetJob, &stanflowv1.GetJobRequest{Name: name})
}

// Jobs lists the jobs in one of these states, the newest first; without states, all.
func (c *Client) Jobs(ctx context.Context, states ...stanflowv1.JobState) ([]*stanflowv1.Job, error) {
	return allPages(func(token string) ([]*stanflowv1.Job, string, error) {
		request := &stanflowv1.ListJobsRequest{PageToken: token, States: states}
		page, err := call(ctx, c, c.stubs.Jobs.ListJobs, request)
		return page.GetJobs(), page.GetNextPageToken(), err
	})
}

// CancelJob asks a job to stop and returns it as it stands then.
func (c *Client) CancelJob(ctx context.Context, name string) (*stanflowv1.Job, error) {
	return call(ctx, c, c.stubs.Jobs.CancelJob, &stanflowv1.CancelJobRequest{Name: name})
}

// Artifact reads a file that a job made (Job.Artifacts), whole.
func (c *Client) Artifact(ctx context.Context, job, artifact string) ([]byte, error) {
	request := &stanflowv1.GetArtifactRequest{Name: job, Artifact: artifact}
	return retry(ctx, c, func(ctx context.Context) ([]byte, error) {
		stream, err := c.stubs.Jobs.GetArtifact(ctx, request)
		var file bytes.Buffer
		for err == nil {
			var chunk *stanflowv1.ArtifactChunk
			chunk, err = stream.Recv()
			file.Write(chunk.GetData())
		}
		if err == io.EOF {
			err = nil
		}
		return file.Bytes(), err
	})
}

// requestID is the caller's, or a new one that nobody else has.
func requestID(given string) string {
	if given != "" {
		return given
	}
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		// Without an id of its own nothing can be submitted safely. From Go 1.24 on rand.Read itself ends here.
		panic("stanflow: the system gives no random numbers: " + err.Error())
	}
	return hex.EncodeToString(id[:])
}
