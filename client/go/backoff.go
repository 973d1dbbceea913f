package stanflow

import (
	"context"
	"time"
)

const (
	firstWait   = 100 * time.Millisecond
	longestWait = 2 * time.Second
)

// clock is where time comes from and goes to. Tests have their own.
type clock struct {
	now func() time.Time
	// sleep returns early at the end of the context.
	sleep func(context.Context, time.Duration)
}

var systemClock = clock{now: time.Now, sleep: sleep}

func sleep(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// backoff waits at growing intervals between tries, until too much time has passed since anything last worked.
type backoff struct {
	clock    clock
	patience time.Duration
	next     time.Duration
	// The first failure since something last worked; zero while nothing fails.
	since time.Time
}

func (c *Client) newBackoff() backoff {
	return backoff{clock: c.clock, patience: c.patience, next: firstWait}
}

// reset says that something worked: patience and intervals start anew.
func (b *backoff) reset() { b.next, b.since = firstWait, time.Time{} }

// wait sleeps, atLeast as long as the server asked for. False if patience is over or the context has ended.
func (b *backoff) wait(ctx context.Context, atLeast time.Duration) bool {
	now := b.clock.now()
	if b.since.IsZero() {
		b.since = now
	}
	left := b.patience - now.Sub(b.since)
	if left <= 0 || ctx.Err() != nil {
		return false
	}
	nap := b.next
	if nap < atLeast {
		nap = atLeast
	}
	if nap > left {
		nap = left
	}
	if b.next *= 2; b.next > longestWait {
		b.next = longestWait
	}
	b.clock.sleep(ctx, nap)
	return ctx.Err() == nil
}
