/*
 * pack(a, b, …): the columns of a row in one value. Every column of a row costs the driver a conversion and an allocation; lists
 * are read many rows at a time, so their rows come in one piece (see cells in pack.go). A cell is a byte for its type, then
 * 8 bytes, the lowest first: the number, or how many bytes of text follow. Rows are also stored so (last.go).
 *
 * gather(row): the rows of a list in one value, a cell with their number before them: every row costs the driver a call.
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
extern void *sqlite3_realloc64(void *, unsigned long long);
extern void *sqlite3_aggregate_context(sqlite3_context *, int);
extern void sqlite3_free(void *);
extern void sqlite3_result_text64(sqlite3_context *, const char *, unsigned long long, void (*)(void *), unsigned char);
extern void sqlite3_result_error_nomem(sqlite3_context *);

#define SQLITE_TRANSIENT ((void (*)(void *))-1)

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

static char *head(char *at, int type, sqlite3_int64 n) {
	*at = (char)type;
	for (int i = 0; i < (int)sizeof n; i++) at[1 + i] = (char)((unsigned long long)n >> 8 * i);
	return at + CELL;
}

static char *put(char *at, sqlite3_value *v) {
	int type = sqlite3_value_type(v);
	sqlite3_int64 n = has_bytes(type) ? sqlite3_value_bytes(v) : type == SQLITE_INTEGER ? sqlite3_value_int64(v) : 0;
	at = head(at, type, n);
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

typedef struct {
	char *rows;
	unsigned long long size, room;
	sqlite3_int64 n;
} gathered;

static void gather(sqlite3_context *ctx, int n, sqlite3_value **row) {
	gathered *g = sqlite3_aggregate_context(ctx, sizeof *g);
	const void *bytes = sqlite3_value_blob(row[0]);
	unsigned long long more = sqlite3_value_bytes(row[0]), need = (g && g->rows ? g->size : CELL) + more;
	(void)n;
	if (g && need > g->room) {
		char *rows = sqlite3_realloc64(g->rows, 2 * need);
		if (rows) g->rows = rows, g->room = 2 * need;
	}
	if (!g || need > g->room) {
		sqlite3_result_error_nomem(ctx);
		return;
	}
	if (more) memcpy(g->rows + need - more, bytes, more);
	g->size = need;
	g->n++;
}

/* Also called when a query ends early, to let the memory go. */
static void gather_end(sqlite3_context *ctx) {
	gathered *g = sqlite3_aggregate_context(ctx, 0);
	char none[CELL];
	if (!g || !g->rows) {
		head(none, SQLITE_INTEGER, 0);
		sqlite3_result_text64(ctx, none, CELL, SQLITE_TRANSIENT, SQLITE_UTF8);
		return;
	}
	head(g->rows, SQLITE_INTEGER, g->n);
	sqlite3_result_text64(ctx, g->rows, g->size, sqlite3_free, SQLITE_UTF8);
}

int kith_pack_register(sqlite3 *db) {
	int rc = sqlite3_create_function_v2(db, "pack", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, 0, pack, 0, 0, 0);
	if (rc != SQLITE_OK) return rc;
	return sqlite3_create_function_v2(db, "gather", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, 0, 0, gather, gather_end, 0);
}
