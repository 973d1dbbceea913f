package stanflow

import (
	"context"
	"time"
)

// WithClock lets tests wait without waiting.
func WithClock(now func() time.Time, sleep func(context.Context, time.Duration)) Option {
	return func(s *settings) { s.clock = clock{now: now, sleep: sleep} }
}
