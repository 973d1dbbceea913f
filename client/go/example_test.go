package stanflow_test

import (
	"context"
	"fmt"
	"log"
	"time"

	stanflow "github.com/stanflow/stanflow/client/go"
	"github.com/stanflow/stanflow/client/go/stanflowv1"
)

func ExampleClient_Generate() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	client, err := stanflow.Dial(ctx, stanflow.DefaultTarget)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	flows := client.Generate(ctx, stanflow.GenerateOptions{Model: "edge", Hosts: 20, Rows: 1000, Seed: 1})
	defer flows.Close()
	for flows.Next() {
		flow := flows.Flow()
		fmt.Println(flow.EndTime(), flow.Source(), flow.Destination(), flow.Packets, flow.Bytes)
	}
	if err := flows.Err(); err != nil {
		log.Fatal(err)
	}
}

func ExampleClient_WaitJob() {
	ctx := context.Background()
	client, err := stanflow.Dial(ctx, stanflow.DefaultTarget)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	job, err := client.Train(ctx, &stanflowv1.TrainRequest{Dataset: "office", Model: "edge", MaxMinutes: 5})
	if err != nil {
		log.Fatal(err)
	}
	job, err = client.WaitJob(ctx, job.GetName(), func(progress stanflow.Progress) {
		fmt.Printf("%3.0f %% %s\n", 100*progress.Fraction, progress.Phase)
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(job.GetResult())
}

func ExampleClient_Stream() {
	ctx := context.Background()
	client, err := stanflow.Dial(ctx, stanflow.DefaultTarget)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	job, err := client.Stream(ctx, &stanflowv1.StreamRequest{
		Generate: &stanflowv1.GenerateRequest{
			Model:  "edge",
			Seed:   1,
			Extent: &stanflowv1.GenerateRequest_Rows{Rows: 100000},
		},
		To:   "netflow9://127.0.0.1:2055",
		Pace: &stanflowv1.StreamRequest_FlowsPerSecond{FlowsPerSecond: 20000},
	})
	if err == nil {
		job, err = client.WaitJob(ctx, job.GetName(), nil)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(job.GetResultJson()) // what was sent, dropped and sent again
}
