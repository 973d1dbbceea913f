package fakeserver

import (
	"context"
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// Jobs says of every job that it is Ended, under the name that was asked for, and that its events were Events.
type Jobs struct {
	stanflowv1.UnimplementedJobsServer
	Ended  *stanflowv1.Job
	Events []*stanflowv1.JobEvent
	// BreakAfter so many events of it the first watch breaks, with BreakWith or else Gone; 0: never.
	BreakAfter int
	BreakWith  error
	// RefusedLooks is how many first calls of GetJob are answered by Busy.
	RefusedLooks int
	// Listed is how many jobs there are.
	Listed int

	Watches Record[*stanflowv1.WatchJobRequest]
	Looks   Record[*stanflowv1.GetJobRequest]
}

// GetJob answers Ended.
func (j *Jobs) GetJob(_ context.Context, request *stanflowv1.GetJobRequest) (*stanflowv1.Job, error) {
	if j.Looks.Add(request) < j.RefusedLooks {
		return nil, Busy
	}
	job := &stanflowv1.Job{}
	if j.Ended != nil {
		job = proto.Clone(j.Ended).(*stanflowv1.Job)
	}
	job.Name = request.GetName()
	return job, nil
}

// ListJobs answers two a page, whatever was asked for.
func (j *Jobs) ListJobs(
	_ context.Context,
	request *stanflowv1.ListJobsRequest,
) (*stanflowv1.ListJobsResponse, error) {
	at, _ := strconv.Atoi(request.GetPageToken())
	page := &stanflowv1.ListJobsResponse{}
	for ; at < j.Listed && len(page.Jobs) < 2; at++ {
		page.Jobs = append(page.Jobs, &stanflowv1.Job{Name: "jobs/" + strconv.Itoa(at)})
	}
	if at < j.Listed {
		page.NextPageToken = strconv.Itoa(at)
	}
	return page, nil
}

// WatchJob sends the events.
func (j *Jobs) WatchJob(request *stanflowv1.WatchJobRequest, stream stanflowv1.Jobs_WatchJobServer) error {
	first := j.Watches.Add(request) == 0
	sent := 0
	for _, event := range j.Events {
		if event.GetSequence() <= request.GetAfterSequence() {
			continue
		}
		if err := stream.Send(event); err != nil {
			return err
		}
		if sent++; first && sent == j.BreakAfter {
			if j.BreakWith != nil {
				return j.BreakWith
			}
			return Gone
		}
	}
	return nil
}

// GetArtifact sends the artefact's name in two pieces.
func (j *Jobs) GetArtifact(request *stanflowv1.GetArtifactRequest, stream stanflowv1.Jobs_GetArtifactServer) error {
	name := []byte(request.GetArtifact())
	for _, piece := range [][]byte{name[:1], name[1:]} {
		if err := stream.Send(&stanflowv1.ArtifactChunk{Data: piece}); err != nil {
			return err
		}
	}
	return nil
}
