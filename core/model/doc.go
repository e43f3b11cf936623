// Package model is Kith's vocabulary: the nouns that storage, crypto, core and the interface share, as plain values.
//
// Nothing here does I/O, holds a lock or starts a goroutine; every type is safe to copy and may be used from any goroutine.
// One value travels from the database row to the bubble on the screen: there are no second shapes of a Message.
//
// Values that carry an address, a body or a key hide themselves from logs (see JID and Secret); structs that hold them are
// hidden by core's log handler, which prints only the type name of a struct.
package model
