/*
 * The file layer between SQLite and the operating system's: it opens files, decides which kind each is, and hands
 * everything through that is not content. See vfs.go for what is sealed how.
 */
#include "vfs.h"

#include <stdlib.h>
#include <string.h>

static sqlite3_file *real(sqlite3_file *f) { return ((sealed_file *)f)->real; }
static sqlite3_vfs *system_of(sqlite3_vfs *v) { return v->pAppData; }

/* SQLite leaves the reserved bytes of a page alone; if it ever did not, sealing would lose them. */
int kith_reserved_clear(const unsigned char *page) {
	unsigned char any = 0;
	for (int i = PAGE - RESERVED; i < PAGE; i++) any |= page[i];
	return any == 0;
}

/* Reads n bytes at a place of the sealed page that starts at offset. What it cannot read is zeros. */
int kith_read_part(sealed_file *s, int kind, void *dst, int n, sqlite3_int64 offset, int at) {
	unsigned char *page = n == PAGE ? dst : s->scratch;
	int rc = s->real->pMethods->xRead(s->real, page, PAGE, offset);
	if (rc == SQLITE_OK && kithOpen(s->key, kind, offset, page) != 0) rc = SQLITE_IOERR_DATA;
	if (rc != SQLITE_OK) {
		memset(dst, 0, n);
		return rc;
	}
	if (page != dst) {
		memcpy(dst, page + at, n);
		kith_wipe(page, PAGE);
	}
	return SQLITE_OK;
}

/* Writes the frame header that waits for its page (vfs_wal.c). */
int kith_release(sealed_file *s) {
	if (!s->held) return SQLITE_OK;
	sqlite3_int64 start = s->held;
	s->held = 0;
	return s->real->pMethods->xWrite(s->real, s->scratch, FRAME_HEADER, start);
}

static int sealed_close(sqlite3_file *f) {
	sealed_file *s = (sealed_file *)f;
	int held = kith_release(s), rc = s->real->pMethods->xClose(s->real);
	kith_wipe(s->scratch, FRAME);
	free(s->scratch);
	s->scratch = 0;
	return rc == SQLITE_OK ? held : rc;
}

static int sealed_truncate(sqlite3_file *f, sqlite3_int64 size) {
	int rc = kith_release((sealed_file *)f);
	return rc == SQLITE_OK ? real(f)->pMethods->xTruncate(real(f), size) : rc;
}
static int sealed_sync(sqlite3_file *f, int flags) {
	int rc = kith_release((sealed_file *)f);
	return rc == SQLITE_OK ? real(f)->pMethods->xSync(real(f), flags) : rc;
}
static int sealed_size(sqlite3_file *f, sqlite3_int64 *size) {
	int rc = kith_release((sealed_file *)f);
	return rc == SQLITE_OK ? real(f)->pMethods->xFileSize(real(f), size) : rc;
}
static int sealed_lock(sqlite3_file *f, int level) { return real(f)->pMethods->xLock(real(f), level); }
static int sealed_unlock(sqlite3_file *f, int level) { return real(f)->pMethods->xUnlock(real(f), level); }
static int sealed_reserved_lock(sqlite3_file *f, int *out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); }
static int sealed_sector(sqlite3_file *f) { return real(f)->pMethods->xSectorSize(real(f)); }

/* No memory mapping, and no growth of the file but by sealed pages: an unwritten stretch would read as damage. */
static int sealed_control(sqlite3_file *f, int op, void *arg) {
	switch (op) {
	case SQLITE_FCNTL_MMAP_SIZE:
		*(sqlite3_int64 *)arg = 0;
		return SQLITE_OK;
	case SQLITE_FCNTL_SIZE_HINT:
	case SQLITE_FCNTL_CHUNK_SIZE:
		return SQLITE_OK;
	}
	return real(f)->pMethods->xFileControl(real(f), op, arg);
}

/* Without POWERSAFE_OVERWRITE SQLite would pad and split its writes to the log; atomic and sub-page tricks would bypass whole pages. */
static int sealed_device(sqlite3_file *f) {
	int has = real(f)->pMethods->xDeviceCharacteristics(real(f));
	return (has & SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN) | SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int sealed_shm_map(sqlite3_file *f, int i, int size, int extend, void volatile **out) {
	return real(f)->pMethods->xShmMap(real(f), i, size, extend, out);
}
static int sealed_shm_lock(sqlite3_file *f, int at, int n, int flags) { return real(f)->pMethods->xShmLock(real(f), at, n, flags); }
static void sealed_shm_barrier(sqlite3_file *f) { real(f)->pMethods->xShmBarrier(real(f)); }
static int sealed_shm_unmap(sqlite3_file *f, int del) { return real(f)->pMethods->xShmUnmap(real(f), del); }

#define SEALED(read, write) { \
	.iVersion = 2, \
	.xClose = sealed_close, \
	.xRead = read, \
	.xWrite = write, \
	.xTruncate = sealed_truncate, \
	.xSync = sealed_sync, \
	.xFileSize = sealed_size, \
	.xLock = sealed_lock, \
	.xUnlock = sealed_unlock, \
	.xCheckReservedLock = sealed_reserved_lock, \
	.xFileControl = sealed_control, \
	.xSectorSize = sealed_sector, \
	.xDeviceCharacteristics = sealed_device, \
	.xShmMap = sealed_shm_map, \
	.xShmLock = sealed_shm_lock, \
	.xShmBarrier = sealed_shm_barrier, \
	.xShmUnmap = sealed_shm_unmap, \
}

static const sqlite3_io_methods db_methods = SEALED(kith_db_read, kith_db_write), log_methods = SEALED(kith_log_read, kith_log_write);

static int ends_with(const char *name, const char *end) {
	size_t n = strlen(name), m = strlen(end);
	return n >= m && strcmp(name + n - m, end) == 0;
}

/*
 * The database and its log are sealed files; all else is temporary and lives in memory. That includes the rollback journal,
 * which SQLite uses only until a new database is in WAL mode: a journal on disk would be readable, and one planted there by
 * somebody else would be rolled back into the database as if it were ours.
 */
static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out) {
	f->pMethods = 0;
	if (flags & SQLITE_OPEN_SUPER_JOURNAL) return SQLITE_CANTOPEN;
	if (!name || !(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))) {
		if (out) *out = flags;
		return kith_ram_open(f);
	}
	sealed_file *s = (sealed_file *)f;
	s->key = sqlite3_uri_int64(name, "kid", 0);
	if (kithHasKey(s->key) != 0) return SQLITE_CANTOPEN;
	s->real = (sqlite3_file *)(s + 1);
	s->scratch = calloc(1, FRAME);
	s->held = s->read_last = 0;
	if (!s->scratch) return SQLITE_NOMEM;
	int rc = system_of(v)->xOpen(system_of(v), name, s->real, flags, out);
	if (rc == SQLITE_OK && s->real->pMethods->iVersion < 2) {
		s->real->pMethods->xClose(s->real);
		rc = SQLITE_CANTOPEN;
	}
	if (rc != SQLITE_OK) {
		free(s->scratch);
		return rc;
	}
	f->pMethods = flags & SQLITE_OPEN_WAL ? &log_methods : &db_methods;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *v, const char *name, int sync_dir) {
	int rc = system_of(v)->xDelete(system_of(v), name, sync_dir);
	if (rc == SQLITE_IOERR_DELETE_NOENT && ends_with(name, "-journal")) return SQLITE_OK;
	return rc;
}

static int vfs_access(sqlite3_vfs *v, const char *name, int flags, int *out) {
	if (ends_with(name, "-journal")) {
		*out = 0;
		return SQLITE_OK;
	}
	return system_of(v)->xAccess(system_of(v), name, flags, out);
}

static int vfs_path(sqlite3_vfs *v, const char *name, int n, char *out) { return system_of(v)->xFullPathname(system_of(v), name, n, out); }
static int vfs_random(sqlite3_vfs *v, int n, char *out) { return system_of(v)->xRandomness(system_of(v), n, out); }
static int vfs_sleep(sqlite3_vfs *v, int us) { return system_of(v)->xSleep(system_of(v), us); }
static int vfs_time(sqlite3_vfs *v, double *t) { return system_of(v)->xCurrentTime(system_of(v), t); }
static int vfs_time64(sqlite3_vfs *v, sqlite3_int64 *t) { return system_of(v)->xCurrentTimeInt64(system_of(v), t); }
static int vfs_error(sqlite3_vfs *v, int n, char *out) { return system_of(v)->xGetLastError(system_of(v), n, out); }

/* No loadable extensions. */
static void *no_open(sqlite3_vfs *v, const char *name) { (void)v, (void)name; return 0; }
static void no_error(sqlite3_vfs *v, int n, char *out) { (void)v; if (n > 0) out[0] = 0; }
static void (*no_symbol(sqlite3_vfs *v, void *lib, const char *name))(void) { (void)v, (void)lib, (void)name; return 0; }
static void no_close(sqlite3_vfs *v, void *lib) { (void)v, (void)lib; }

static sqlite3_vfs kith_vfs = {
	.iVersion = 2,
	.zName = "kith",
	.xOpen = vfs_open,
	.xDelete = vfs_delete,
	.xAccess = vfs_access,
	.xFullPathname = vfs_path,
	.xDlOpen = no_open,
	.xDlError = no_error,
	.xDlSym = no_symbol,
	.xDlClose = no_close,
	.xRandomness = vfs_random,
	.xSleep = vfs_sleep,
	.xCurrentTime = vfs_time,
	.xGetLastError = vfs_error,
	.xCurrentTimeInt64 = vfs_time64,
};

/*
 * SQLite runs this for every new connection. Without the planner's stability guarantee it plans most of our queries anew each time
 * a value is bound, to see whether the value would change the plan: ten times the cost of the query. Defensive: no statement can
 * damage the file format.
 */
static int configure(sqlite3 *db, char **error, const void *api) {
	(void)error, (void)api;
	int rc = sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, (int *)0);
	if (rc == SQLITE_OK) rc = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
	return rc == SQLITE_OK ? kith_pack_register(db) : rc;
}

/*
 * Never the default layer: a database has to name it. The caller sees to it that this runs once.
 *
 * One process holds a profile. On Unix the index of the log then stays in its memory: in a file beside the log it would show which
 * pages were written, and a checksum of what they say. It also spares each read some calls of the system.
 */
int kith_register(void) {
	sqlite3_vfs *system = sqlite3_vfs_find("unix-excl");
	if (!system) system = sqlite3_vfs_find(0);
	if (!system || system->iVersion < 2) return SQLITE_CANTOPEN;
	int sealed = (int)sizeof(sealed_file) + system->szOsFile;
	kith_vfs.szOsFile = sealed > (int)sizeof(ram_file) ? sealed : (int)sizeof(ram_file);
	kith_vfs.mxPathname = system->mxPathname;
	kith_vfs.pAppData = system;
	int rc = sqlite3_auto_extension((void (*)(void))configure);
	return rc ? rc : sqlite3_vfs_register(&kith_vfs, 0);
}
