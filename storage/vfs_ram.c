/* Temporary files of SQLite, kept in memory and wiped. */
#include "vfs.h"

#include <stdlib.h>
#include <string.h>

static int ram_close(sqlite3_file *f) {
	ram_file *r = (ram_file *)f;
	kith_wipe(r->data, r->room);
	free(r->data);
	r->data = 0;
	r->size = r->room = 0;
	return SQLITE_OK;
}

static int ram_read(sqlite3_file *f, void *dst, int n, sqlite3_int64 offset) {
	ram_file *r = (ram_file *)f;
	sqlite3_int64 have = r->size - offset;
	if (n < 0 || offset < 0) return SQLITE_IOERR_READ;
	if (have >= n) {
		memcpy(dst, r->data + offset, n);
		return SQLITE_OK;
	}
	memset(dst, 0, n);
	if (have > 0) memcpy(dst, r->data + offset, have);
	return SQLITE_IOERR_SHORT_READ;
}

/* Not realloc: it may leave a copy behind that nobody wipes. */
static int grow(ram_file *r, sqlite3_int64 need) {
	sqlite3_int64 room = r->room ? r->room : 1 << 16;
	while (room < need) room *= 2;
	unsigned char *data = calloc(1, room);
	if (!data) return SQLITE_NOMEM;
	if (r->size > 0) memcpy(data, r->data, r->size);
	kith_wipe(r->data, r->room);
	free(r->data);
	r->data = data;
	r->room = room;
	return SQLITE_OK;
}

static int ram_write(sqlite3_file *f, const void *src, int n, sqlite3_int64 offset) {
	ram_file *r = (ram_file *)f;
	if (n < 0 || offset < 0 || offset > (1LL << 40)) return SQLITE_IOERR_WRITE;
	if (offset + n > r->room) {
		int rc = grow(r, offset + n);
		if (rc != SQLITE_OK) return rc;
	}
	memcpy(r->data + offset, src, n);
	if (offset + n > r->size) r->size = offset + n;
	return SQLITE_OK;
}

static int ram_truncate(sqlite3_file *f, sqlite3_int64 size) {
	ram_file *r = (ram_file *)f;
	if (size >= 0 && size < r->size) {
		kith_wipe(r->data + size, r->size - size);
		r->size = size;
	}
	return SQLITE_OK;
}

static int ram_size(sqlite3_file *f, sqlite3_int64 *size) {
	*size = ((ram_file *)f)->size;
	return SQLITE_OK;
}

static int ram_int(sqlite3_file *f, int x) { (void)f, (void)x; return SQLITE_OK; }
static int ram_reserved(sqlite3_file *f, int *out) { (void)f; *out = 0; return SQLITE_OK; }
static int ram_control(sqlite3_file *f, int op, void *arg) { (void)f, (void)op, (void)arg; return SQLITE_NOTFOUND; }
static int ram_sector(sqlite3_file *f) { (void)f; return PAGE; }
static int ram_device(sqlite3_file *f) { (void)f; return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

static const sqlite3_io_methods ram_methods = {
	.iVersion = 1,
	.xClose = ram_close,
	.xRead = ram_read,
	.xWrite = ram_write,
	.xTruncate = ram_truncate,
	.xSync = ram_int,
	.xFileSize = ram_size,
	.xLock = ram_int,
	.xUnlock = ram_int,
	.xCheckReservedLock = ram_reserved,
	.xFileControl = ram_control,
	.xSectorSize = ram_sector,
	.xDeviceCharacteristics = ram_device,
};

int kith_ram_open(sqlite3_file *f) {
	ram_file *r = (ram_file *)f;
	r->data = 0;
	r->size = r->room = 0;
	r->base.pMethods = &ram_methods;
	return SQLITE_OK;
}
