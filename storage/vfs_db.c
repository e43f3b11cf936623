/* The main database file: whole pages, each sealed for its place. */
#include "vfs.h"

#include <string.h>

/*
 * What SQLite needs of page 1 before the first transaction: the page size and how much of it is reserved. This answers for a
 * database that is not written yet, and for a page 1 torn by a power cut whose good copy is still in the log. It opens no
 * door: the first transaction reads all of page 1, and that has to authenticate.
 */
static int peek(unsigned char *dst, int n) {
	unsigned char head[HEADER_PEEK] = {0};
	head[16] = PAGE >> 8;
	head[20] = RESERVED;
	memcpy(dst, head, n);
	return SQLITE_OK;
}

int kith_db_read(sqlite3_file *f, void *dst, int n, sqlite3_int64 offset) {
	sealed_file *s = (sealed_file *)f;
	int at = (int)(offset % PAGE), peeks = offset == 0 && n <= HEADER_PEEK;
	if (n <= 0 || at + n > PAGE) return SQLITE_IOERR_READ;
	int rc = kith_read_part(s, KIND_DB, dst, n, offset - at, at);
	if (rc != SQLITE_IOERR_SHORT_READ && rc != SQLITE_IOERR_DATA) return rc;
	if (peeks) return peek(dst, n);
	sqlite3_int64 size;
	if (s->real->pMethods->xFileSize(s->real, &size) != SQLITE_OK) return SQLITE_IOERR_READ;
	return size > offset - at ? SQLITE_IOERR_DATA : SQLITE_IOERR_SHORT_READ; /* half a page is damage, none is the end */
}

static int seal_at(sealed_file *s, const void *page, sqlite3_int64 offset) {
	if (kithSeal(s->key, KIND_DB, offset, s->scratch, (void *)page) != 0) return SQLITE_IOERR_WRITE;
	return s->real->pMethods->xWrite(s->real, s->scratch, PAGE, offset);
}

/*
 * SQLite may write behind the end of the file and leave a hole. The hole is filled with sealed empty pages, so that there are
 * never unsealed bytes in the file: whatever does not authenticate is damage, also a page of zeros.
 */
int kith_db_write(sqlite3_file *f, const void *src, int n, sqlite3_int64 offset) {
	static const unsigned char empty[PAGE];
	sealed_file *s = (sealed_file *)f;
	sqlite3_int64 end;
	if (n != PAGE || offset % PAGE != 0 || !kith_reserved_clear(src)) return SQLITE_IOERR_WRITE;
	int rc = s->real->pMethods->xFileSize(s->real, &end);
	for (end -= end % PAGE; rc == SQLITE_OK && end < offset; end += PAGE) rc = seal_at(s, empty, end);
	return rc == SQLITE_OK ? seal_at(s, src, offset) : rc;
}
