// Package stanflow is the client of a stanflow server, which learns network flows and streams synthetic ones.
//
//	client, err := stanflow.Dial(ctx, stanflow.DefaultTarget)
//	if err != nil {
//		return err
//	}
//	defer client.Close()
//	flows := client.Generate(ctx, stanflow.GenerateOptions{Model: "edge", Rows: 1000, Seed: 1})
//	defer flows.Close()
//	for flows.Next() {
//		flow := flows.Flow()
//		fmt.Println(flow.EndTime(), flow.Source(), flow.Destination(), flow.Bytes)
//	}
//	return flows.Err()
//
// A stream that breaks is continued without a gap or a repeat, a submit that got no answer is repeated under the same
// request id, and what a server refuses is an [Error] with its reason. Every call ends when its context does.
//
// What has no method here is called by the generated stubs, [Client.Stubs].
package stanflow
