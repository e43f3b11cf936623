package coretest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf16"
)

// ScanPlaintext looks for words in every file below dir, in the names and in the contents: as UTF-8, UTF-16 in both byte
// orders, hexadecimal and base64 at any offset. It returns the paths of the files that hold one. A word shorter than six
// bytes is not looked for in base64, where it would be found by chance.
func ScanPlaintext(dir string, words ...string) ([]string, error) {
	var forms [][]byte
	for _, w := range words {
		if w == "" {
			return nil, fmt.Errorf("scan %s: a word is empty", dir)
		}
		forms = append(forms, formsOf(w)...)
	}
	var hits []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		found := path != dir && containsAny([]byte(entry.Name()), forms)
		if entry.Type().IsRegular() && !found {
			if found, err = fileHolds(path, forms); err != nil {
				return err
			}
		}
		if found {
			hits = append(hits, path)
		}
		return nil
	})
	if err != nil {
		return hits, fmt.Errorf("scan folder: %w", err)
	}
	return hits, nil
}

// formsOf is word in the encodings that programs write texts in.
func formsOf(word string) [][]byte {
	forms := [][]byte{[]byte(word), []byte(hex.EncodeToString([]byte(word))), bytes.ToUpper([]byte(hex.EncodeToString([]byte(word))))}
	var little, big []byte
	for _, unit := range utf16.Encode([]rune(word)) {
		little = append(little, byte(unit), byte(unit>>8))
		big = append(big, byte(unit>>8), byte(unit))
	}
	forms = append(forms, little, big)
	if len(word) < 6 {
		return forms
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		// What stands before the word shifts it by 0, 1 or 2 bytes; the characters that it shares with its neighbours are left out.
		for shift := range 3 {
			text := encoding.EncodeToString(append(make([]byte, shift), word...))
			start, end := (shift*8+5)/6, (shift+len(word))*8/6
			forms = append(forms, []byte(text[start:end]))
		}
	}
	return forms
}

func containsAny(b []byte, forms [][]byte) bool {
	for _, f := range forms {
		if bytes.Contains(b, f) {
			return true
		}
	}
	return false
}

// fileHolds reads the file in pieces that overlap by the longest form.
func fileHolds(path string, forms [][]byte) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	longest := 0
	for _, form := range forms {
		longest = max(longest, len(form))
	}
	buf := make([]byte, 1<<20+longest)
	kept := 0
	for {
		n, err := io.ReadFull(f, buf[kept:])
		if containsAny(buf[:kept+n], forms) {
			return true, nil
		}
		switch err {
		case nil:
			kept = copy(buf, buf[len(buf)-longest:])
		case io.EOF, io.ErrUnexpectedEOF:
			return false, nil
		default:
			return false, err
		}
	}
}
