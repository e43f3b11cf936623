-- Times end in _ms: milliseconds since 1970, 0 for none. Numbers of kinds and states are those of core/model.

CREATE TABLE account (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	jid TEXT NOT NULL UNIQUE,
	password TEXT NOT NULL,
	host TEXT NOT NULL,
	port INTEGER NOT NULL,
	direct_tls INTEGER NOT NULL,
	resource TEXT NOT NULL,
	enabled INTEGER NOT NULL,
	device INTEGER NOT NULL,
	fingerprint TEXT NOT NULL,
	roster_version TEXT NOT NULL,
	pin_mechanism TEXT NOT NULL,
	pin_binding INTEGER NOT NULL,
	pin_no_binding TEXT NOT NULL,
	pin_tls_version INTEGER NOT NULL,
	pin_salted_hash TEXT NOT NULL,
	pin_salt BLOB,
	pin_iterations INTEGER NOT NULL,
	pin_server_key TEXT NOT NULL,
	pin_client_key TEXT NOT NULL,
	pin_password_sum TEXT NOT NULL
);

CREATE TABLE contact (
	account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
	jid TEXT NOT NULL,
	name TEXT NOT NULL,
	subscription INTEGER NOT NULL,
	asked INTEGER NOT NULL,
	asking INTEGER NOT NULL,
	in_roster INTEGER NOT NULL,
	PRIMARY KEY (account_id, jid)
) WITHOUT ROWID;

-- last_id, last and unread repeat what the messages say, so that the list of chats is one read. last is what the list shows of the
-- message last_id, its columns packed into one.
CREATE TABLE chat (
	id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 1048575),
	account_id INTEGER NOT NULL REFERENCES account(id),
	jid TEXT NOT NULL,
	last_id INTEGER NOT NULL DEFAULT 0,
	unread INTEGER NOT NULL DEFAULT 0,
	read_id INTEGER NOT NULL DEFAULT 0,
	made_ms INTEGER NOT NULL,
	draft TEXT NOT NULL DEFAULT '',
	encryption INTEGER NOT NULL DEFAULT 0,
	pinned INTEGER NOT NULL DEFAULT 0,
	muted_until_ms INTEGER NOT NULL DEFAULT 0,
	request INTEGER NOT NULL DEFAULT 0,
	complete INTEGER NOT NULL DEFAULT 0,
	last BLOB,
	UNIQUE (account_id, jid)
);

-- id is chat << 43 | milliseconds since 2015 << 2 | n: the messages of a chat lie together, in the order of time.
-- sender is NULL where it follows from the chat: the other side, or ourselves. fingerprint is 32 bytes.
-- flags: 1 encrypted, 2 wants a receipt, 4 markable.
CREATE TABLE message (
	id INTEGER PRIMARY KEY,
	chat_id INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	outgoing INTEGER NOT NULL,
	sender TEXT,
	origin_id TEXT,
	server_id TEXT,
	time_ms INTEGER NOT NULL,
	body TEXT NOT NULL,
	state INTEGER NOT NULL,
	fault INTEGER NOT NULL,
	flags INTEGER NOT NULL,
	device INTEGER NOT NULL,
	fingerprint BLOB,
	trust INTEGER NOT NULL
);
CREATE UNIQUE INDEX message_server ON message(chat_id, server_id);
CREATE INDEX message_origin ON message(chat_id, origin_id);
CREATE INDEX message_open ON message(state) WHERE outgoing = 1 AND state < 3;

-- Fed with folded words. A row's number is the message's with the time turned round and before the chat, so that the newest come
-- first over all chats; the second column holds the chat's number as a word. A leaf of pgsz bytes fits on a page; with FTS5's own
-- 4050 the 40 reserved bytes would put the end of every leaf on a second one. prefix: what begins with three letters is found
-- without collecting all words that do.
CREATE VIRTUAL TABLE search USING fts5(body, chat, content = '', contentless_delete = 1, prefix = '3', tokenize = 'ascii');
INSERT INTO search (search, rank) VALUES ('pgsz', 4010);

CREATE TABLE outbox (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
	message_id INTEGER NOT NULL,
	to_jid TEXT NOT NULL,
	kind INTEGER NOT NULL,
	stanza_id TEXT NOT NULL,
	body BLOB,
	stanza BLOB,
	tries INTEGER NOT NULL,
	not_before_ms INTEGER NOT NULL,
	device INTEGER NOT NULL
);
CREATE INDEX outbox_account ON outbox(account_id);
CREATE INDEX outbox_stanza ON outbox(account_id, stanza_id);
CREATE INDEX outbox_message ON outbox(message_id);

CREATE TABLE archive_range (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
	archive TEXT NOT NULL,
	from_id TEXT NOT NULL,
	to_id TEXT NOT NULL,
	from_ms INTEGER NOT NULL,
	to_ms INTEGER NOT NULL,
	complete INTEGER NOT NULL
);
CREATE INDEX archive_range_newest ON archive_range(account_id, archive, to_ms);

CREATE TABLE setting (
	key TEXT PRIMARY KEY,
	value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE caps (
	id INTEGER PRIMARY KEY,
	ver TEXT NOT NULL UNIQUE,
	info BLOB NOT NULL
);
