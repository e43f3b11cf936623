/*
 * The write-ahead log: a header of 32 bytes in clear (salts and its own checksum), then frames of header and page. In a frame
 * header, salts and checksum are sealed: SQLite computes the checksum over the readable page, in clear it would let anybody
 * test guesses of the content.
 */
#include "vfs.h"

#include <string.h>

/* Where offset lies within its frame; the frame's start goes to *start. */
static int in_frame(sqlite3_int64 offset, sqlite3_int64 *start) {
	int at = (int)((offset - LOG_HEADER) % FRAME);
	*start = offset - at;
	return at;
}

/* Part of a frame header: SQLite reads 8 bytes of it when it rewrites the checksums of a transaction that spilled. */
static int read_header(sealed_file *s, unsigned char *dst, int n, sqlite3_int64 offset) {
	sqlite3_int64 start;
	unsigned char head[FRAME_HEADER];
	int at = in_frame(offset, &start);
	int rc = s->real->pMethods->xRead(s->real, head, FRAME_HEADER, start);
	if (rc != SQLITE_OK) {
		memset(dst, 0, n);
		return rc;
	}
	if (kithHeader(s->key, start, head + 8, 0) != 0) return SQLITE_IOERR_DATA;
	memcpy(dst, head + at, n);
	return SQLITE_OK;
}

/*
 * Header and page together: only recovery after a crash reads so. A frame that does not authenticate is the torn end of the
 * log, not an error of the disk: it is answered as zeros, which SQLite takes for the end (page number 0).
 */
static int read_frame(sealed_file *s, unsigned char *dst, int n, sqlite3_int64 offset) {
	sqlite3_int64 start;
	int at = in_frame(offset, &start);
	int rc = s->real->pMethods->xRead(s->real, s->scratch, FRAME, start);
	if (rc != SQLITE_OK) {
		memset(dst, 0, n);
		return rc;
	}
	if (kithHeader(s->key, start, s->scratch + 8, 0) != 0 || kithOpen(s->key, KIND_LOG, start + FRAME_HEADER, s->scratch + FRAME_HEADER) != 0) {
		memset(s->scratch, 0, FRAME);
	}
	memcpy(dst, s->scratch + at, n);
	kith_wipe(s->scratch, FRAME);
	return SQLITE_OK;
}

int kith_log_read(sqlite3_file *f, void *dst, int n, sqlite3_int64 offset) {
	sealed_file *s = (sealed_file *)f;
	sqlite3_int64 start;
	if (n <= 0 || offset < 0) return SQLITE_IOERR_READ;
	if (kith_release(s) != SQLITE_OK) return SQLITE_IOERR_WRITE;
	s->read_last = 1;
	if (offset < LOG_HEADER) {
		if (offset + n > LOG_HEADER) return SQLITE_IOERR_READ;
		return s->real->pMethods->xRead(s->real, dst, n, offset);
	}
	int at = in_frame(offset, &start);
	if (at + n > FRAME) return SQLITE_IOERR_READ;
	if (at + n <= FRAME_HEADER) return read_header(s, dst, n, offset);
	if (at < FRAME_HEADER) return read_frame(s, dst, n, offset);
	return kith_read_part(s, KIND_LOG, dst, n, start + FRAME_HEADER, at - FRAME_HEADER);
}

/*
 * A new frame comes as two writes, its header and then its page; both go out as one. Until then the header waits, and whatever else
 * is called first sends it on its way. A header alone belongs to a frame whose checksum SQLite computes anew, which it reads before:
 * that one must not wait, as nothing may follow it for long.
 */
static int write_header(sealed_file *s, const void *src, sqlite3_int64 start) {
	int rc = kith_release(s), alone = s->read_last;
	s->read_last = 0;
	if (rc != SQLITE_OK) return rc;
	memcpy(s->scratch, src, FRAME_HEADER);
	if (kithHeader(s->key, start, s->scratch + 8, 1) != 0) return SQLITE_IOERR_WRITE;
	s->held = start;
	return alone ? kith_release(s) : SQLITE_OK;
}

static int write_page(sealed_file *s, const void *src, sqlite3_int64 start) {
	int whole = s->held == start;
	int rc = whole ? SQLITE_OK : kith_release(s);
	s->held = s->read_last = 0;
	if (rc != SQLITE_OK) return rc;
	if (kithSeal(s->key, KIND_LOG, start + FRAME_HEADER, s->scratch + FRAME_HEADER, (void *)src) != 0) return SQLITE_IOERR_WRITE;
	if (whole) return s->real->pMethods->xWrite(s->real, s->scratch, FRAME, start);
	return s->real->pMethods->xWrite(s->real, s->scratch + FRAME_HEADER, PAGE, start + FRAME_HEADER);
}

int kith_log_write(sqlite3_file *f, const void *src, int n, sqlite3_int64 offset) {
	sealed_file *s = (sealed_file *)f;
	sqlite3_int64 start;
	if (offset == 0 && n == LOG_HEADER) {
		int rc = kith_release(s);
		s->read_last = 0;
		return rc == SQLITE_OK ? s->real->pMethods->xWrite(s->real, src, n, offset) : rc;
	}
	if (offset < LOG_HEADER) return SQLITE_IOERR_WRITE;
	int at = in_frame(offset, &start);
	if (at == 0 && n == FRAME_HEADER) return write_header(s, src, start);
	if (at == FRAME_HEADER && n == PAGE && kith_reserved_clear(src)) return write_page(s, src, start);
	return SQLITE_IOERR_WRITE;
}
