package storage

/*
#cgo CFLAGS: -std=c11 -O2 -Wall
#include "vfs.h"
*/
import "C"

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/crypto/chacha20poly1305"
)

// How content is sealed. Every page of the database and of its log is sealed on its own with XChaCha20-Poly1305:
//
//	4056 bytes ciphertext · 16 bytes tag · 24 bytes random nonce
//
// The last 40 bytes are reserved in every page (SQLite's own field for that), so sizes and offsets stay SQLite's. The
// authenticated extra data is the kind of file and the offset: a page is worth nothing at another place. A frame header of the
// log has its salts and checksum, one block of AES-256, sealed in XEX mode with the offset as its tweak.
const (
	pageBytes     = int(C.PAGE)
	reservedBytes = int(C.RESERVED)
	sealedBytes   = pageBytes - chacha20poly1305.NonceSizeX // ciphertext and tag
	logHeader     = int64(C.LOG_HEADER)
	frameHeader   = int64(C.FRAME_HEADER)
	frameBytes    = int64(C.FRAME)
	kindDB        = int(C.KIND_DB)
	kindLog       = int(C.KIND_LOG)
)

// pageKeys is what one database is sealed with. Safe from any goroutine.
type pageKeys struct {
	page   cipher.AEAD
	header cipher.Block
	tweak  cipher.Block
	failed atomic.Int64 // pages that did not authenticate
}

// newPageKeys derives the keys of the file layer. The labels carry the version of the page format.
func newPageKeys(k Key) (*pageKeys, error) {
	var sub [3][]byte
	for i, label := range []string{"kith page v1", "kith log header v1", "kith log tweak v1"} {
		b, err := hkdf.Key(sha256.New, k.bytes(), nil, label, 32)
		if err != nil {
			return nil, fmt.Errorf("derive page key: %w", err)
		}
		sub[i] = b
		defer clear(b)
	}
	page, err := chacha20poly1305.NewX(sub[0])
	if err != nil {
		return nil, fmt.Errorf("make page cipher: %w", err)
	}
	header, err := aes.NewCipher(sub[1])
	if err != nil {
		return nil, fmt.Errorf("make log cipher: %w", err)
	}
	tweak, err := aes.NewCipher(sub[2])
	if err != nil {
		return nil, fmt.Errorf("make log cipher: %w", err)
	}
	return &pageKeys{page: page, header: header, tweak: tweak}, nil
}

// seal writes the sealed form of src, a page whose reserved bytes are zero, to dst. src is left as it is.
func (k *pageKeys) seal(dst, src []byte, kind int, offset int64) error {
	nonce := dst[sealedBytes:pageBytes]
	if _, err := rand.Read(nonce); err != nil {
		return fmt.Errorf("make nonce: %w", err)
	}
	k.page.Seal(dst[:0], nonce, src[:pageBytes-reservedBytes], place(kind, offset))
	return nil
}

// open makes a sealed page readable in place. A page that does not authenticate is left in no useful state.
func (k *pageKeys) open(page []byte, kind int, offset int64) error {
	if _, err := k.page.Open(page[:0], page[sealedBytes:pageBytes], page[:sealedBytes], place(kind, offset)); err != nil {
		return ErrDamaged
	}
	clear(page[pageBytes-reservedBytes:])
	return nil
}

// place is what a page is bound to.
func place(kind int, offset int64) []byte {
	b := make([]byte, 9)
	b[0] = byte(kind)
	binary.LittleEndian.PutUint64(b[1:], uint64(offset))
	return b
}

// xex turns the 16 sealed bytes of a frame header around.
func (k *pageKeys) xex(b []byte, offset int64, seal bool) {
	var t [aes.BlockSize]byte
	binary.LittleEndian.PutUint64(t[:], uint64(offset))
	k.tweak.Encrypt(t[:], t[:])
	for i := range t {
		b[i] ^= t[i]
	}
	if seal {
		k.header.Encrypt(b, b)
	} else {
		k.header.Decrypt(b, b)
	}
	for i := range t {
		b[i] ^= t[i]
	}
}

// keysInUse is what C's key numbers mean. SQLite's file layer is one per process, and so is this table; database names carry
// the number, so that a key can never reach an error text or a log.
var keysInUse struct {
	sync.Map // int64 → *pageKeys
	last     atomic.Int64
	register sync.Once
	err      error
}

// register makes the file layer known to SQLite, once.
func register() error {
	keysInUse.register.Do(func() {
		if rc := C.kith_register(); rc != 0 {
			keysInUse.err = errors.New("register file layer: no usable system layer")
		}
	})
	return keysInUse.err
}

// lend makes a key known to the file layer and returns its number. Give it back with forget when all connections are closed.
func (k *pageKeys) lend() int64 {
	id := keysInUse.last.Add(1)
	keysInUse.Store(id, k)
	return id
}

func forget(id int64) { keysInUse.Delete(id) }

func lent(id C.longlong) *pageKeys {
	if v, ok := keysInUse.Load(int64(id)); ok {
		return v.(*pageKeys)
	}
	return nil
}

func pageAt(p unsafe.Pointer) []byte { return unsafe.Slice((*byte)(p), pageBytes) }

// The four functions below are called by SQLite's threads through vfs.c. They return 0 when all is well.

//export kithHasKey
func kithHasKey(key C.longlong) C.int {
	if lent(key) == nil {
		return 1
	}
	return 0
}

//export kithSeal
func kithSeal(key C.longlong, kind C.int, offset C.longlong, dst, src unsafe.Pointer) C.int {
	k := lent(key)
	if k == nil || k.seal(pageAt(dst), pageAt(src), int(kind), int64(offset)) != nil {
		return 1
	}
	return 0
}

//export kithOpen
func kithOpen(key C.longlong, kind C.int, offset C.longlong, page unsafe.Pointer) C.int {
	k := lent(key)
	if k == nil {
		return 1
	}
	if k.open(pageAt(page), int(kind), int64(offset)) != nil {
		k.failed.Add(1)
		return 1
	}
	return 0
}

//export kithHeader
func kithHeader(key, offset C.longlong, header unsafe.Pointer, seal C.int) C.int {
	k := lent(key)
	if k == nil {
		return 1
	}
	k.xex(unsafe.Slice((*byte)(header), aes.BlockSize), int64(offset), seal != 0)
	return 0
}
