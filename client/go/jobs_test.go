package stanflow_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	stanflow "github.com/stanflow/stanflow/client/go"
	"github.com/stanflow/stanflow/client/go/internal/fakeserver"
	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

func TestASubmitWhoseAnswerIsLostIsRepeatedUnderOneRequestID(t *testing.T) {
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{LostSubmits: 2}}
	clock := &fakeClock{}
	client := newFakeNetwork(t, server).client(t, clock.option())
	request := &stanflowv1.TrainRequest{Dataset: "office", Model: "edge"}
	job, err := client.Train(background, request)
	if err != nil || job.GetName() != "jobs/train-1" {
		t.Fatalf("%v, %v", job, err)
	}
	if _, err := client.Train(background, request); err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	for _, train := range server.Synthesis.Trains.All() {
		ids[train.GetRequestId()]++
	}
	if len(ids) != 2 || ids[""] != 0 || request.GetRequestId() != "" {
		t.Errorf("the ids were %v, the caller's request has %q", ids, request.GetRequestId())
	}
}

func TestAStreamWhoseAnswerIsLostIsNotStartedTwice(t *testing.T) {
	server := &fakeserver.Server{Synthesis: fakeserver.Synthesis{LostSubmits: 1}}
	clock := &fakeClock{}
	request := &stanflowv1.StreamRequest{
		To:       "netflow9://127.0.0.1:2055",
		Generate: &stanflowv1.GenerateRequest{Model: "edge", Seed: 7},
		Pace:     &stanflowv1.StreamRequest_FlowsPerSecond{FlowsPerSecond: 1000},
	}
	job, err := newFakeNetwork(t, server).client(t, clock.option()).Stream(background, request)
	if err != nil || job.GetName() != "jobs/stream-1" {
		t.Fatalf("%v, %v", job, err)
	}
	expectTheSameTwice(t, server.Synthesis.Streams.All(), request)
}

func TestACollectionWhoseAnswerIsLostIsNotStartedTwice(t *testing.T) {
	server := &fakeserver.Server{Datasets: fakeserver.Datasets{LostCollects: 1}}
	clock := &fakeClock{}
	request := &stanflowv1.CollectRequest{Dataset: "uplink", Home: []string{"10.1.0.0/16"}, MaxRows: 5000}
	job, err := newFakeNetwork(t, server).client(t, clock.option()).Collect(background, request)
	if err != nil || job.GetName() != "jobs/collect-1" {
		t.Fatalf("%v, %v", job, err)
	}
	expectTheSameTwice(t, server.Datasets.Collects.All(), request)
}

type submit interface {
	proto.Message
	GetRequestId() string
}

// expectTheSameTwice checks that a submit came two times under one id of its own, and else as it was asked for.
func expectTheSameTwice[Submit submit](t *testing.T, came []Submit, asked Submit) {
	t.Helper()
	if len(came) != 2 || came[0].GetRequestId() == "" || !proto.Equal(came[0], came[1]) {
		t.Fatalf("%v", came)
	}
	message := came[0].ProtoReflect()
	message.Clear(message.Descriptor().Fields().ByName("request_id"))
	if !proto.Equal(came[0], asked) {
		t.Errorf("%v was asked for, %v came", asked, came[0])
	}
}

func event(sequence uint64, state stanflowv1.JobState, fraction float64) *stanflowv1.JobEvent {
	out := &stanflowv1.JobEvent{Sequence: sequence, State: state, Attempt: 1}
	if fraction > 0 {
		out.Progress = &stanflowv1.JobProgress{Fraction: fraction, Phase: "training", SecondsLeft: 80}
	}
	return out
}

func jobServer(end stanflowv1.JobState) *fakeserver.Server {
	return &fakeserver.Server{Jobs: fakeserver.Jobs{
		Ended: &stanflowv1.Job{State: end, ErrorCode: "INTERNAL", ErrorMessage: "bytes: the loss is not a number"},
		Events: []*stanflowv1.JobEvent{
			event(1, stanflowv1.JobState_JOB_STATE_QUEUED, 0),
			event(2, stanflowv1.JobState_JOB_STATE_RUNNING, 0),
			event(3, stanflowv1.JobState_JOB_STATE_RUNNING, 0.25),
			event(4, end, 0),
		},
	}}
}

func TestAJobIsWatchedToItsEndOverABreakEachEventOnce(t *testing.T) {
	server := jobServer(stanflowv1.JobState_JOB_STATE_SUCCEEDED)
	server.Jobs.BreakAfter = 2
	clock := &fakeClock{}
	var seen []stanflow.Progress
	see := func(progress stanflow.Progress) { seen = append(seen, progress) }
	job, err := newFakeNetwork(t, server).client(t, clock.option()).WaitJob(background, "jobs/5", see)
	if err != nil || job.GetName() != "jobs/5" {
		t.Fatalf("%v, %v", job, err)
	}
	if len(seen) != 4 || seen[0].Left >= 0 || seen[2].Fraction != 0.25 || seen[2].Left != 80*time.Second {
		t.Fatalf("%+v", seen)
	}
	// An event without figures keeps the last ones.
	if last := seen[3]; last.Fraction != 0.25 || last.State != stanflowv1.JobState_JOB_STATE_SUCCEEDED {
		t.Errorf("%+v", last)
	}
	if watches := server.Jobs.Watches.All(); len(watches) != 2 || watches[1].GetAfterSequence() != 2 {
		t.Errorf("%v", watches)
	}
}

func TestAWaitGoesOnAtAServerWithTooManyCalls(t *testing.T) {
	server := jobServer(stanflowv1.JobState_JOB_STATE_SUCCEEDED)
	server.Jobs.BreakAfter, server.Jobs.BreakWith, server.Jobs.RefusedLooks = 2, fakeserver.Busy, 1
	clock := &fakeClock{}
	job, err := newFakeNetwork(t, server).client(t, clock.option()).WaitJob(background, "jobs/5", nil)
	if err != nil || job.GetState() != stanflowv1.JobState_JOB_STATE_SUCCEEDED {
		t.Fatalf("%v, %v", job, err)
	}
	if clock.slept() != 2*time.Second {
		t.Errorf("waited %v instead of as long as the server asked for", clock.naps)
	}
}

func TestAJobThatDidNotSucceedIsAnErrorWithTheJob(t *testing.T) {
	for end, says := range map[stanflowv1.JobState]string{
		stanflowv1.JobState_JOB_STATE_FAILED:    "jobs/5 failed: INTERNAL: bytes: the loss is not a number",
		stanflowv1.JobState_JOB_STATE_CANCELLED: "jobs/5 was cancelled",
	} {
		_, err := newFakeNetwork(t, jobServer(end)).client(t).WaitJob(background, "jobs/5", nil)
		var failed *stanflow.JobError
		if !errors.As(err, &failed) || failed.Job.GetState() != end || !strings.Contains(err.Error(), says) {
			t.Errorf("%v instead of %q", err, says)
		}
	}
}

func TestAWatchThatEndsBeforeItsJobIsNoEndOfTheJob(t *testing.T) {
	server := &fakeserver.Server{Jobs: fakeserver.Jobs{
		Ended: &stanflowv1.Job{State: stanflowv1.JobState_JOB_STATE_RUNNING},
	}}
	_, err := newFakeNetwork(t, server).client(t).WaitJob(background, "jobs/5", nil)
	if status.Code(err) != codes.DataLoss || !strings.Contains(err.Error(), "jobs/5, which is JOB_STATE_RUNNING") {
		t.Errorf("%v", err)
	}
}

func TestAListIsReadOverAllItsPages(t *testing.T) {
	server := &fakeserver.Server{Jobs: fakeserver.Jobs{Listed: 5}}
	jobs, err := newFakeNetwork(t, server).client(t).Jobs(background)
	if err != nil || len(jobs) != 5 || jobs[4].GetName() != "jobs/4" {
		t.Errorf("%v, %v", jobs, err)
	}
}

func TestAnArtefactIsReadWhole(t *testing.T) {
	client := newFakeNetwork(t, &fakeserver.Server{}).client(t)
	file, err := client.Artifact(background, "jobs/5", "report.html")
	if err != nil || string(file) != "report.html" {
		t.Errorf("%q, %v", file, err)
	}
}
