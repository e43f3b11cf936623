/*
 * pack(a, b, …): the columns of a row in one value. Every column of a row costs the driver a conversion and an allocation; lists
 * are read many rows at a time, so their rows come in one piece (see cells in pack.go). A cell is a byte for its type, then
 * 8 bytes in the machine's order: the number, or how many bytes of text follow.
 *
 * The piece is handed out as a text, which SQLite and the driver leave as it is, as they know its length: the driver would copy a
 * blob twice.
 */
#include "vfs.h"

#include <string.h>

typedef struct sqlite3_context sqlite3_context;
typedef struct sqlite3_value sqlite3_value;

extern int sqlite3_create_function_v2(sqlite3 *, const char *, int, int, void *, void (*)(sqlite3_context *, int, sqlite3_value **),
	void (*)(sqlite3_context *, int, sqlite3_value **), void (*)(sqlite3_context *), void (*)(void *));
extern int sqlite3_value_type(sqlite3_value *);
extern sqlite3_int64 sqlite3_value_int64(sqlite3_value *);
extern const void *sqlite3_value_blob(sqlite3_value *);
extern int sqlite3_value_bytes(sqlite3_value *);
extern void *sqlite3_malloc64(unsigned long long);
extern void sqlite3_free(void *);
extern void sqlite3_result_text64(sqlite3_context *, const char *, unsigned long long, void (*)(void *), unsigned char);
extern void sqlite3_result_error_nomem(sqlite3_context *);

enum {
	SQLITE_INTEGER = 1,
	SQLITE_TEXT = 3,
	SQLITE_BLOB = 4,
	SQLITE_UTF8 = 1,
	SQLITE_DETERMINISTIC = 0x800,
	SQLITE_DIRECTONLY = 0x80000,    /* not from a planted view or trigger */

	CELL = 1 + sizeof(sqlite3_int64),
};

static int has_bytes(int type) { return type == SQLITE_TEXT || type == SQLITE_BLOB; }

static char *put(char *at, sqlite3_value *v) {
	int type = sqlite3_value_type(v);
	sqlite3_int64 n = has_bytes(type) ? sqlite3_value_bytes(v) : type == SQLITE_INTEGER ? sqlite3_value_int64(v) : 0;
	*at = (char)type;
	memcpy(at + 1, &n, sizeof n);
	at += CELL;
	if (!has_bytes(type) || n == 0) return at;
	memcpy(at, sqlite3_value_blob(v), n);
	return at + n;
}

static void pack(sqlite3_context *ctx, int n, sqlite3_value **values) {
	unsigned long long size = 0;
	for (int i = 0; i < n; i++) size += CELL + (has_bytes(sqlite3_value_type(values[i])) ? sqlite3_value_bytes(values[i]) : 0);
	char *row = sqlite3_malloc64(size + 1);
	if (!row) {
		sqlite3_result_error_nomem(ctx);
		return;
	}
	char *at = row;
	for (int i = 0; i < n; i++) at = put(at, values[i]);
	sqlite3_result_text64(ctx, row, size, sqlite3_free, SQLITE_UTF8);
}

int kith_pack_register(sqlite3 *db) {
	return sqlite3_create_function_v2(db, "pack", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, 0, pack, 0, 0, 0);
}
