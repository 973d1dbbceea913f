package stanflow

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// passes tells whether waiting helps against an error: the server is gone, or has as many calls waiting as it takes.
func passes(why *Error) bool {
	return why.Code == codes.Unavailable || why.Reason == "CALLS_FULL"
}

// retry tries again while the server is gone or too busy to look at the call. `try` must be one that may be repeated:
// a look, or a submit with a request id. An error that is no gRPC call's is the caller's own (a file that can't be
// read) and returned as it is.
func retry[Answer any](ctx context.Context, c *Client, try func(context.Context) (Answer, error)) (Answer, error) {
	waiting := c.newBackoff()
	for {
		answer, err := try(ctx)
		if err == nil {
			return answer, nil
		}
		var none Answer
		if _, called := status.FromError(err); !called {
			return none, err
		}
		why := errorOf(ctx, err)
		if !passes(why) {
			return none, why
		}
		if !waiting.wait(ctx, why.RetryAfter) {
			why.cause = ctx.Err()
			return none, why
		}
	}
}

// call is retry over a method of a stub.
func call[Request, Answer any](
	ctx context.Context,
	c *Client,
	method func(context.Context, Request, ...grpc.CallOption) (Answer, error),
	request Request,
) (Answer, error) {
	return retry(ctx, c, func(ctx context.Context) (Answer, error) { return method(ctx, request) })
}

// allPages joins the pages of a list. A page's token is the answer's before; the first is empty.
func allPages[Item any](page func(token string) ([]Item, string, error)) ([]Item, error) {
	var all []Item
	for token := ""; ; {
		items, next, err := page(token)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
		if next == "" {
			return all, nil
		}
		token = next
	}
}
