// Package view holds what the screens show, as plain Go: which chats in which order with which second line, which rows a
// timeline has, what a banner says, whether an address may be written to. It knows neither a toolkit nor a pixel, so all of
// it is tested without a window.
//
// Every type belongs to the interface goroutine and is changed there only, by the events of core.Subscription; none holds a
// lock. Nothing here reads the store or waits: what a view needs is handed in as values. The present time is always an
// argument, and its location is the one in which times are shown.
//
// It does not turn errors into sentences (package app does), but it does so for the faults that are rows of a timeline.
package view
