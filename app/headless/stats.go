package main

import (
	"context"
	"runtime"
	"runtime/metrics"

	"kith/core"
)

// statsInfo is what the program uses and has done since its start.
type statsInfo struct {
	Goroutines int    `json:"goroutines"`
	HeapBytes  uint64 `json:"heapBytes"`
	RSSBytes   int64  `json:"rssBytes"` // 0 where the system does not tell
	DBBytes    int64  `json:"dbBytes"`
	Outbox     int    `json:"outbox"`
	StanzasIn  int64  `json:"stanzasIn"`
	StanzasOut int64  `json:"stanzasOut"`
}

func statsMethod(c *core.Client) func(context.Context, none) (statsInfo, error) {
	return func(ctx context.Context, _ none) (statsInfo, error) {
		s, err := c.Stats(ctx)
		if err != nil {
			return statsInfo{}, err
		}
		heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(heap)
		return statsInfo{
			Goroutines: runtime.NumGoroutine(), HeapBytes: heap[0].Value.Uint64(), RSSBytes: rssBytes(),
			DBBytes: s.DBBytes, Outbox: s.Outbox, StanzasIn: s.StanzasIn, StanzasOut: s.StanzasOut,
		}, nil
	}
}
