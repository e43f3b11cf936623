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

static int db_read(sqlite3_file *f, void *dst, int n, sqlite3_int64 offset) {
	sealed_file *s = (sealed_file *)f;
	int at = (int)(offset % PAGE), peeks = offset == 0 && n <= HEADER_PEEK;
	if (n <= 0 || at + n > PAGE) return SQLITE_IOERR_READ;
	unsigned char *page = n == PAGE ? dst : s->scratch;
	int rc = s->real->pMethods->xRead(s->real, page, PAGE, offset - at);
	if (rc == SQLITE_IOERR_SHORT_READ) {
		sqlite3_int64 size;
		memset(dst, 0, n);
		if (peeks) return peek(dst, n);
		if (s->real->pMethods->xFileSize(s->real, &size) != SQLITE_OK) return SQLITE_IOERR_READ;
		return size > offset - at ? SQLITE_IOERR_DATA : SQLITE_IOERR_SHORT_READ; /* half a page is damage, none is the end */
	}
	if (rc != SQLITE_OK) return rc;
	if (kithOpen(s->key, KIND_DB, offset - at, page) != 0) {
		memset(dst, 0, n);
		return peeks ? peek(dst, n) : SQLITE_IOERR_DATA;
	}
	if (page != dst) {
		memcpy(dst, page + at, n);
		kith_wipe(page, PAGE);
	}
	return SQLITE_OK;
}

static int seal_at(sealed_file *s, const void *page, sqlite3_int64 offset) {
	if (kithSeal(s->key, KIND_DB, offset, s->scratch, (void *)page) != 0) return SQLITE_IOERR_WRITE;
	return s->real->pMethods->xWrite(s->real, s->scratch, PAGE, offset);
}

/*
 * SQLite may write behind the end of the file and leave a hole. The hole is filled with sealed empty pages, so that there are
 * never unsealed bytes in the file: whatever does not authenticate is damage, also a page of zeros.
 */
static int db_write(sqlite3_file *f, const void *src, int n, sqlite3_int64 offset) {
	static const unsigned char empty[PAGE];
	sealed_file *s = (sealed_file *)f;
	sqlite3_int64 end;
	if (n != PAGE || offset % PAGE != 0 || !kith_reserved_clear(src)) return SQLITE_IOERR_WRITE;
	int rc = s->real->pMethods->xFileSize(s->real, &end);
	for (end -= end % PAGE; rc == SQLITE_OK && end < offset; end += PAGE) rc = seal_at(s, empty, end);
	return rc == SQLITE_OK ? seal_at(s, src, offset) : rc;
}

const sqlite3_io_methods kith_db_methods = {
	.iVersion = 2,
	.xClose = kith_close,
	.xRead = db_read,
	.xWrite = db_write,
	.xTruncate = kith_truncate,
	.xSync = kith_sync,
	.xFileSize = kith_size,
	.xLock = kith_lock,
	.xUnlock = kith_unlock,
	.xCheckReservedLock = kith_reserved_lock,
	.xFileControl = kith_control,
	.xSectorSize = kith_sector,
	.xDeviceCharacteristics = kith_device,
	.xShmMap = kith_shm_map,
	.xShmLock = kith_shm_lock,
	.xShmBarrier = kith_shm_barrier,
	.xShmUnmap = kith_shm_unmap,
};
