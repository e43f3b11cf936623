// Package crypto is Kith's end-to-end encryption: OMEMO as the other clients speak it today, the
// eu.siacs.conversations.axolotl form of XEP-0384 version 0.3.0.
//
// A Manager holds the ratchets of all accounts between transactions; a Batch is the work of one account inside one
// storage transaction. Whatever a batch did becomes visible to the next one only when the transaction has been committed
// and Committed was called, so that ratchets, prekeys, messages and the archive cursor always move together. Everything
// of an account runs inside storage.Store.Update, which lets one transaction in at a time; the package therefore has no
// goroutine, and one small lock around the cache.
//
// The mathematics is libsignal's: key agreement (X3DH), key derivation, message formats, signatures. Its Cipher, Builder,
// records and stores are not used: they change a live session before the message is authenticated, keep what failed
// attempts left behind, and index into empty keys. Here a session is an immutable value. Opening a message computes the
// next value and only an authenticated message makes it the current one; see ratchet.go. defects_test.go holds one test
// for each known flaw of the library.
//
// Not here: fetching and publishing (core does), media encryption, group sessions, the newer urn:xmpp:omemo:2.
//
// No error of this package carries an address, a key or content.
package crypto
