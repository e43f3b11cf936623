-- OMEMO (XEP-0384 v0.3.0). Secret keys and identity keys are 32 bytes. A newer protocol would share identity, devices, trust and
-- lists, and bring sessions and prekeys of its own.

-- changed, offered and published count versions of the bundle: what there is, what was last handed out, what is on the server.
-- rotated_ms is when the signed prekey was made. generation counts the transactions that moved a session on.
CREATE TABLE omemo_identity (
	account_id INTEGER PRIMARY KEY REFERENCES account(id) ON DELETE CASCADE,
	seed BLOB NOT NULL,
	device_id INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	offered INTEGER NOT NULL,
	published INTEGER NOT NULL,
	rotated_ms INTEGER NOT NULL,
	generation INTEGER NOT NULL
);

CREATE TABLE omemo_prekey (
	account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
	id INTEGER NOT NULL,
	secret BLOB NOT NULL,
	used INTEGER NOT NULL,
	PRIMARY KEY (account_id, id)
) WITHOUT ROWID;

CREATE TABLE omemo_signed_prekey (
	account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
	id INTEGER NOT NULL,
	secret BLOB NOT NULL,
	signature BLOB NOT NULL,
	made_ms INTEGER NOT NULL,
	retired_ms INTEGER NOT NULL,
	PRIMARY KEY (account_id, id)
) WITHOUT ROWID;

-- key is NULL until a bundle or a message of the device was seen, and never changes after that. own: this installation.
CREATE TABLE omemo_device (
	account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
	jid TEXT NOT NULL,
	id INTEGER NOT NULL,
	key BLOB,
	active INTEGER NOT NULL,
	own INTEGER NOT NULL,
	first_ms INTEGER NOT NULL,
	last_ms INTEGER NOT NULL,
	failures INTEGER NOT NULL,
	ignored_until_ms INTEGER NOT NULL,
	healed_ms INTEGER NOT NULL,
	rekeys INTEGER NOT NULL,
	silent INTEGER NOT NULL,
	PRIMARY KEY (account_id, jid, id)
) WITHOUT ROWID;

-- Trust belongs to the key, also of devices not seen yet.
CREATE TABLE omemo_trust (
	account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
	jid TEXT NOT NULL,
	key BLOB NOT NULL,
	trust INTEGER NOT NULL,
	PRIMARY KEY (account_id, jid, key)
) WITHOUT ROWID;

-- When somebody's list of devices was last seen.
CREATE TABLE omemo_list (
	account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
	jid TEXT NOT NULL,
	seen_ms INTEGER NOT NULL,
	PRIMARY KEY (account_id, jid)
) WITHOUT ROWID;

CREATE TABLE omemo_session (
	account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
	jid TEXT NOT NULL,
	device_id INTEGER NOT NULL,
	record BLOB NOT NULL,
	PRIMARY KEY (account_id, jid, device_id)
) WITHOUT ROWID;

-- Keys of messages that have not come yet, oldest first by id.
CREATE TABLE omemo_skipped (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
	jid TEXT NOT NULL,
	device_id INTEGER NOT NULL,
	ratchet BLOB NOT NULL,
	counter INTEGER NOT NULL,
	keys BLOB NOT NULL,
	UNIQUE (account_id, jid, device_id, ratchet, counter)
);

-- Messages that could not be read yet, to be tried again when the archives are complete.
CREATE TABLE omemo_parked (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
	message_id INTEGER REFERENCES message(id) ON DELETE CASCADE,
	sender TEXT NOT NULL,
	stanza BLOB NOT NULL
);
CREATE INDEX omemo_parked_account ON omemo_parked(account_id);
CREATE INDEX omemo_parked_message ON omemo_parked(message_id);
