package stanflow_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	stanflow "github.com/stanflow/stanflow/client/go"
	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

// Nets so small that a training takes seconds; what they learn is not the point here.
var smallNets = map[string]string{"width": "8", "state": "8", "hidden": "16", "epochs": "1"}

func TestWithTheRealPrograms(t *testing.T) {
	server := newRealServer(t)
	ctx, cancel := context.WithTimeout(background, limit)
	defer cancel()
	// Windows so small that what a killed server had sent ahead is little.
	small := stanflow.WithDialOptions(grpc.WithInitialWindowSize(1<<16), grpc.WithInitialConnWindowSize(1<<16))
	client, err := stanflow.Dial(ctx, server.address, small)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	// What follows needs the model, so a failure here ends it all.
	importOffice(ctx, t, client, server.simulate(t, 12000))
	trainEdge(ctx, t, client)

	t.Run("equal options give equal flows whatever the batch", func(t *testing.T) {
		options := stanflow.GenerateOptions{Model: "edge", Hosts: 5, Rows: 3000, Seed: 7}
		whole := allFlows(t, client.Generate(ctx, options))
		options.ChunkRows = 37
		expectSame(t, allFlows(t, client.Generate(ctx, options)), whole)
	})
	t.Run("a stream whose server is killed goes on without a gap or a repeat", func(t *testing.T) {
		continueOverKills(ctx, t, client, server)
	})
	t.Run("what is refused is named with its reason", func(t *testing.T) {
		expectRefusals(ctx, t, client)
	})
	t.Run("an evaluation's report is read", func(t *testing.T) {
		readReport(ctx, t, client)
	})
	t.Run("a stream writes what the iterator gives", func(t *testing.T) {
		streamToAFile(ctx, t, client, server)
	})
	t.Run("what there is is listed", func(t *testing.T) {
		expectLists(ctx, t, client)
	})
}

func importOffice(ctx context.Context, t *testing.T, client *stanflow.Client, path string) {
	t.Helper()
	job, err := client.ImportFile(ctx, "office", path, stanflow.ImportOptions{
		Home:    []string{"10.0.0.0/16"},
		Holdout: "hours=odd",
	})
	if err != nil {
		t.Fatal(err)
	}
	if job, err = client.WaitJob(ctx, job.GetName(), nil); err != nil {
		t.Fatal(err)
	}
	dataset, err := client.Dataset(ctx, job.GetResult())
	if err != nil || dataset.GetRows() != 12000 || dataset.GetRejectedRows() != 0 {
		t.Fatalf("%v, %v", dataset, err)
	}
}

func trainEdge(ctx context.Context, t *testing.T, client *stanflow.Client) {
	t.Helper()
	request := &stanflowv1.TrainRequest{Dataset: "office", Model: "edge", Options: smallNets}
	job, err := client.Train(ctx, request)
	if err != nil {
		t.Fatal(err)
	}
	var last stanflow.Progress
	job, err = client.WaitJob(ctx, job.GetName(), func(progress stanflow.Progress) { last = progress })
	if err != nil || job.GetResult() != "models/edge/versions/1" || last.State != job.GetState() {
		t.Fatalf("%v, %v, last progress %+v", job, err, last)
	}
}

func continueOverKills(ctx context.Context, t *testing.T, client *stanflow.Client, server *realServer) {
	options := stanflow.GenerateOptions{Model: "edge", Hosts: 40, Rows: 80000, Seed: 3}
	whole := allFlows(t, client.Generate(ctx, options))
	it := client.Generate(ctx, options)
	var flows []stanflow.Flow
	// In the first batch, and in the middle of a later one; a resume token's snapshot is 20,000 rows back at most.
	for _, killed := range []int{1, 30500} {
		for len(flows) < killed && it.Next() {
			flows = append(flows, it.Flow())
		}
		server.kill()
		server.start(t)
	}
	flows = append(flows, allFlows(t, it)...)
	expectSame(t, flows, whole)
	if it.Reconnects() != 2 {
		t.Errorf("the stream broke %d times, the server twice", it.Reconnects())
	}
}

func expectRefusals(ctx context.Context, t *testing.T, client *stanflow.Client) {
	for _, wrong := range []struct {
		options stanflow.GenerateOptions
		code    codes.Code
		field   string
	}{
		{stanflow.GenerateOptions{Model: "egde", Rows: 1}, codes.NotFound, ""},
		{stanflow.GenerateOptions{Model: "edge", Rows: 1, Hosts: 70000}, codes.InvalidArgument, "hosts"},
		{stanflow.GenerateOptions{Model: "edge", Rows: 1, Home: "10.0/99"}, codes.InvalidArgument, "home"},
	} {
		it := client.Generate(ctx, wrong.options)
		if it.Next() {
			t.Errorf("%+v gave a flow", wrong.options)
		}
		var refused *stanflow.Error
		if !errors.As(it.Err(), &refused) || refused.Code != wrong.code || refused.Reason == "" {
			t.Errorf("%+v: %+v", wrong.options, it.Err())
			continue
		}
		if wrong.field != "" && (len(refused.Violations) != 1 || refused.Violations[0].Field != wrong.field) {
			t.Errorf("%+v: %+v", wrong.options, refused.Violations)
		}
	}
}

func expectLists(ctx context.Context, t *testing.T, client *stanflow.Client) {
	models, err := client.Models(ctx)
	if err != nil || len(models) != 1 || models[0].GetName() != "models/edge/versions/1" {
		t.Errorf("%v, %v", models, err)
	}
	datasets, err := client.Datasets(ctx)
	if err != nil || len(datasets) != 1 || datasets[0].GetName() != "datasets/office" {
		t.Errorf("%v, %v", datasets, err)
	}
	jobs, err := client.Jobs(ctx, stanflowv1.JobState_JOB_STATE_SUCCEEDED)
	if err != nil || len(jobs) != 4 {
		t.Errorf("%v, %v", jobs, err)
	}
}

func readReport(ctx context.Context, t *testing.T, client *stanflow.Client) {
	job, err := client.Evaluate(ctx, &stanflowv1.EvaluateRequest{
		Model:    "edge",
		Dataset:  "office",
		Generate: &stanflowv1.GenerateRequest{Extent: &stanflowv1.GenerateRequest_Rows{Rows: 1000}},
		TaskRows: proto.Uint64(0),
		// Its time, not its figures, is what matters here.
		MaxLikelihoodRows: 500,
	})
	if err != nil {
		t.Fatal(err)
	}
	if job, err = client.WaitJob(ctx, job.GetName(), nil); err != nil {
		t.Fatal(err)
	}
	file, err := client.Artifact(ctx, job.GetName(), "report.json")
	var report struct {
		Rows int `json:"rows_synthetic"`
	}
	if err != nil || json.Unmarshal(file, &report) != nil || report.Rows != 1000 {
		t.Errorf("%.200q, %v", file, err)
	}
}

func streamToAFile(ctx context.Context, t *testing.T, client *stanflow.Client, server *realServer) {
	job, err := client.Stream(ctx, &stanflowv1.StreamRequest{
		Generate: &stanflowv1.GenerateRequest{
			Model:  "edge",
			Seed:   7,
			Hosts:  5,
			Extent: &stanflowv1.GenerateRequest_Rows{Rows: 3000},
		},
		To: "file:streamed.jsonl?format=jsonl",
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = client.WaitJob(ctx, job.GetName(), nil); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(server.file("data/exports/streamed.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(file), []byte("\n"))
	flows := allFlows(t, client.Generate(ctx, stanflow.GenerateOptions{Model: "edge", Hosts: 5, Rows: 3000, Seed: 7}))
	if len(lines) != len(flows) {
		t.Fatalf("%d lines of %d flows", len(lines), len(flows))
	}
	for i, flow := range flows {
		var line struct {
			Source  string `json:"sourceIPv4Address"`
			Packets uint64 `json:"packetDeltaCount"`
			Bytes   uint64 `json:"octetDeltaCount"`
		}
		if err := json.Unmarshal(lines[i], &line); err != nil {
			t.Fatal(err)
		}
		if line.Source != flow.Source().String() || line.Packets != flow.Packets || line.Bytes != flow.Bytes {
			t.Fatalf("line %d is %s instead of %+v", i, lines[i], flow)
		}
	}
}

func allFlows(t *testing.T, it *stanflow.FlowIterator) []stanflow.Flow {
	t.Helper()
	var flows []stanflow.Flow
	for it.NextBatch() {
		flows = append(flows, it.Batch()...)
	}
	if err := it.Err(); err != nil {
		t.Fatal(err)
	}
	return flows
}

func expectSame(t *testing.T, flows, expected []stanflow.Flow) {
	t.Helper()
	if len(flows) != len(expected) {
		t.Fatalf("%d flows instead of %d", len(flows), len(expected))
	}
	for i := range flows {
		if flows[i] != expected[i] {
			t.Fatalf("flow %d is %+v instead of %+v", i, flows[i], expected[i])
		}
	}
}
