// Package core is everything an interface needs to be a messenger: accounts, contacts, chats, messages and devices, on top
// of the encrypted store and the connections. The window and kith-headless are two users of the same Client.
//
// The life of an incoming message: core/link reads one whole stanza; the inbox goroutine of its account (account.go) takes
// what waits as one batch; receive.go checks, decrypts and stores the batch in one transaction; after the commit, and only
// then, the server is told (XEP-0198) and one event per changed chat goes to every Subscription (event.go).
//
// The life of an outgoing message: send.go stores it as Pending together with an outbox entry; the outbox goroutine
// (outbox.go) fetches missing device lists and bundles, encrypts and keeps the finished stanza in one transaction, and hands
// it to the link, again and again over crashes and connections, until the server has acknowledged it.
//
// Goroutines: two per account, inbox and outbox, both started and waited for in account.go. All methods of Client and of its
// nouns may be called from any goroutine. Nothing in this package waits for the network inside a transaction, and nothing
// calls back into an interface: changes are values that the interface fetches with Subscription.Next.
package core
