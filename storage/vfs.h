/*
 * What SQLite and Kith's file layer know of each other. The declarations of SQLite are its stable binary interface
 * (sqlite3_vfs version 2, sqlite3_io_methods version 2), written out because the driver's header is not reachable from here.
 */
#ifndef KITH_VFS_H
#define KITH_VFS_H

typedef long long sqlite3_int64;
typedef struct sqlite3 sqlite3;
typedef struct sqlite3_file sqlite3_file;
typedef struct sqlite3_io_methods sqlite3_io_methods;
typedef struct sqlite3_vfs sqlite3_vfs;

struct sqlite3_file {
	const sqlite3_io_methods *pMethods;
};

struct sqlite3_io_methods {
	int iVersion;
	int (*xClose)(sqlite3_file *);
	int (*xRead)(sqlite3_file *, void *, int, sqlite3_int64);
	int (*xWrite)(sqlite3_file *, const void *, int, sqlite3_int64);
	int (*xTruncate)(sqlite3_file *, sqlite3_int64);
	int (*xSync)(sqlite3_file *, int);
	int (*xFileSize)(sqlite3_file *, sqlite3_int64 *);
	int (*xLock)(sqlite3_file *, int);
	int (*xUnlock)(sqlite3_file *, int);
	int (*xCheckReservedLock)(sqlite3_file *, int *);
	int (*xFileControl)(sqlite3_file *, int, void *);
	int (*xSectorSize)(sqlite3_file *);
	int (*xDeviceCharacteristics)(sqlite3_file *);
	int (*xShmMap)(sqlite3_file *, int, int, int, void volatile **);
	int (*xShmLock)(sqlite3_file *, int, int, int);
	void (*xShmBarrier)(sqlite3_file *);
	int (*xShmUnmap)(sqlite3_file *, int);
};

struct sqlite3_vfs {
	int iVersion;
	int szOsFile;
	int mxPathname;
	sqlite3_vfs *pNext;
	const char *zName;
	void *pAppData;
	int (*xOpen)(sqlite3_vfs *, const char *, sqlite3_file *, int, int *);
	int (*xDelete)(sqlite3_vfs *, const char *, int);
	int (*xAccess)(sqlite3_vfs *, const char *, int, int *);
	int (*xFullPathname)(sqlite3_vfs *, const char *, int, char *);
	void *(*xDlOpen)(sqlite3_vfs *, const char *);
	void (*xDlError)(sqlite3_vfs *, int, char *);
	void (*(*xDlSym)(sqlite3_vfs *, void *, const char *))(void);
	void (*xDlClose)(sqlite3_vfs *, void *);
	int (*xRandomness)(sqlite3_vfs *, int, char *);
	int (*xSleep)(sqlite3_vfs *, int);
	int (*xCurrentTime)(sqlite3_vfs *, double *);
	int (*xGetLastError)(sqlite3_vfs *, int, char *);
	int (*xCurrentTimeInt64)(sqlite3_vfs *, sqlite3_int64 *);
};

extern sqlite3_vfs *sqlite3_vfs_find(const char *);
extern int sqlite3_vfs_register(sqlite3_vfs *, int);
extern sqlite3_int64 sqlite3_uri_int64(const char *, const char *, sqlite3_int64);
extern int sqlite3_auto_extension(void (*)(void));
extern int sqlite3_db_config(sqlite3 *, int, ...);

enum {
	SQLITE_OK = 0,
	SQLITE_NOMEM = 7,
	SQLITE_NOTFOUND = 12,
	SQLITE_CANTOPEN = 14,
	SQLITE_IOERR_READ = 10 | 1 << 8,
	SQLITE_IOERR_SHORT_READ = 10 | 2 << 8,
	SQLITE_IOERR_WRITE = 10 | 3 << 8,
	SQLITE_IOERR_DELETE_NOENT = 10 | 23 << 8,
	SQLITE_IOERR_DATA = 10 | 32 << 8,

	SQLITE_OPEN_MAIN_DB = 0x100,
	SQLITE_OPEN_SUPER_JOURNAL = 0x4000,
	SQLITE_OPEN_WAL = 0x80000,

	SQLITE_FCNTL_SIZE_HINT = 5,
	SQLITE_FCNTL_CHUNK_SIZE = 6,
	SQLITE_FCNTL_MMAP_SIZE = 18,

	SQLITE_DBCONFIG_ENABLE_QPSG = 1007,
	SQLITE_DBCONFIG_DEFENSIVE = 1010,

	SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN = 0x800,
	SQLITE_IOCAP_POWERSAFE_OVERWRITE = 0x1000,
};

enum {
	PAGE = 4096,                    /* bytes of a page, on disk and in memory */
	RESERVED = 40,                  /* of them for nonce and tag */
	LOG_HEADER = 32,                /* at the start of the write-ahead log */
	FRAME_HEADER = 24,              /* before each page of the log */
	FRAME = FRAME_HEADER + PAGE,
	HEADER_PEEK = 100,              /* SQLite looks at so much of page 1 before it knows the page size */
	KIND_DB = 1,
	KIND_LOG = 2,
};

/* A sealed file. The operating system's own sqlite3_file lies behind it in the same allocation. */
typedef struct {
	sqlite3_file base;
	sqlite3_file *real;
	sqlite3_int64 key;              /* number of the key, never the key */
	unsigned char *scratch;         /* one frame; wiped on close */
	sqlite3_int64 held;             /* log: where the frame starts whose sealed header waits in scratch for its page; else 0 */
	int read_last;                  /* log: the call before was a read */
} sealed_file;

/* A temporary file: memory only, so that nothing readable reaches the disk. */
typedef struct {
	sqlite3_file base;
	unsigned char *data;
	sqlite3_int64 size, room;
} ram_file;

void kith_wipe(void *, sqlite3_int64);
int kith_reserved_clear(const unsigned char *page);
int kith_ram_open(sqlite3_file *);
int kith_register(void);
int kith_pack_register(sqlite3 *);

/* Reading and writing is what the two kinds of sealed file do differently; the rest is in vfs.c. */
int kith_db_read(sqlite3_file *, void *, int, sqlite3_int64);
int kith_db_write(sqlite3_file *, const void *, int, sqlite3_int64);
int kith_log_read(sqlite3_file *, void *, int, sqlite3_int64);
int kith_log_write(sqlite3_file *, const void *, int, sqlite3_int64);
int kith_read_part(sealed_file *, int kind, void *, int, sqlite3_int64, int);
int kith_release(sealed_file *);

/* Written in Go (vfs.go). They return 0 when all is well. */
extern int kithHasKey(long long key);
extern int kithSeal(long long key, int kind, long long offset, void *dst, void *src);
extern int kithOpen(long long key, int kind, long long offset, void *page);
extern int kithHeader(long long key, long long offset, void *header, int seal);

#endif
