package core

import "kith/storage"

// Found says where the words of a query stand in a text that Chats.Search found: where each begins and ends, in bytes, from the first
// on. Any goroutine may call it.
func Found(text, query string) [][2]int { return storage.Found(text, query) }
