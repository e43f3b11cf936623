package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// place of a database and how to open it.
type source struct {
	path  string
	key   int64 // number of the key; 0: readable, which only tests and exports want
	cache int   // of the writer, in KiB; readers get a quarter
}

// uri is the database's name for SQLite. Everything that SQLite opens by itself needs the key's number too.
func (s source) uri(mode string) string {
	path := filepath.ToSlash(s.path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	q := "mode=" + mode
	if s.key != 0 {
		q += fmt.Sprintf("&vfs=kith&kid=%d", s.key)
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q}).String()
}

const commonPragmas = `
PRAGMA busy_timeout = 5000;
PRAGMA temp_store = MEMORY;
PRAGMA mmap_size = 0;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
`

// writerPragmas begin with what has to come before the first page of a new database is written. FAST overwrites deleted rows
// wherever that costs no extra page. The log may grow to 4,000 pages before it is copied: pages that many messages touch are then
// copied once (15 % less work than with 1,000), and reading it after a crash takes some 20 ms.
const writerPragmas = commonPragmas + `
PRAGMA page_size = 4096;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA secure_delete = FAST;
PRAGMA wal_autocheckpoint = 4000;
PRAGMA journal_size_limit = 16777216;
`

const readerPragmas = commonPragmas + `PRAGMA query_only = ON;`

// readers is how many reads can run side by side.
const readers = 3

// connector opens connections for database/sql, without a name registered for the whole process.
type connector struct {
	uri string
	drv *sqlite3.SQLiteDriver
}

// Connect opens one connection.
func (c connector) Connect(context.Context) (driver.Conn, error) { return c.drv.Open(c.uri) }

// Driver is the driver of the connections.
func (c connector) Driver() driver.Driver { return c.drv }

func (s source) pool(mode, pragmas string, cacheKiB, conns int) *sql.DB {
	pragmas += fmt.Sprintf("PRAGMA cache_size = -%d;", cacheKiB)
	hook := func(c *sqlite3.SQLiteConn) error {
		_, err := c.Exec(pragmas, nil)
		return err
	}
	db := sql.OpenDB(connector{uri: s.uri(mode), drv: &sqlite3.SQLiteDriver{ConnectHook: hook}})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}

func (s source) writer(mode string) *sql.DB { return s.pool(mode, writerPragmas, s.cache, 1) }
func (s source) readers() *sql.DB {
	return s.pool("ro", readerPragmas, max(s.cache/4, 16), readers)
}

// upToDate brings a database up to date, if this build can work with it.
func upToDate(ctx context.Context, c *sql.Conn) error {
	if err := checkBuild(ctx, c); err != nil {
		return err
	}
	return migrate(ctx, c)
}

// checkBuild refuses a build whose SQLite has no full text search.
func checkBuild(ctx context.Context, c *sql.Conn) error {
	ok, err := builtWith(ctx, c, "ENABLE_FTS5")
	if err == nil && !ok {
		err = ErrNoFTS5
	}
	return err
}

func builtWith(ctx context.Context, c *sql.Conn, option string) (bool, error) {
	var n int
	err := c.QueryRowContext(ctx, "SELECT count(*) FROM pragma_compile_options WHERE compile_options = ?", option).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("check build: %w", translate(err))
	}
	return n > 0, nil
}
