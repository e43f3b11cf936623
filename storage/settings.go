package storage

import "fmt"

type settingReads struct{ r *runner }

type settingWrites struct{ w *work }

// Setting is a stored setting; empty when there is none.
func (t settingReads) Setting(key string) (string, error) {
	var v string
	if _, err := found(t.r.value([]any{&v}, "SELECT value FROM setting WHERE key = ?", key)); err != nil {
		return "", fmt.Errorf("read setting: %w", err)
	}
	return v, nil
}

// SetSetting stores a setting.
func (t settingWrites) SetSetting(key, value string) error {
	if _, err := t.w.exec("INSERT OR REPLACE INTO setting (key, value) VALUES (?,?)", key, value); err != nil {
		return fmt.Errorf("save setting: %w", err)
	}
	return nil
}

// maxCaps bounds what strangers can make us remember.
const maxCaps = 1000

// Caps is what was stored for a verification string of entity capabilities (XEP-0115 §5); false when nothing was.
func (t settingReads) Caps(ver string) ([]byte, bool, error) {
	var info []byte
	ok, err := found(t.r.value([]any{&info}, "SELECT info FROM caps WHERE ver = ?", ver))
	if err != nil {
		return nil, false, fmt.Errorf("read caps: %w", err)
	}
	return info, ok, nil
}

// PutCaps stores what a verification string stands for. The caller has verified it. The oldest of more than 1,000 are forgotten.
func (t settingWrites) PutCaps(ver string, info []byte) error {
	if info == nil {
		info = []byte{}
	}
	id, err := t.w.insert("INSERT OR REPLACE INTO caps (id, ver, info) VALUES ((SELECT coalesce(max(id), 0) + 1 FROM caps), ?, ?)", ver, info)
	if err == nil {
		_, err = t.w.exec("DELETE FROM caps WHERE id <= ?", id-maxCaps)
	}
	if err != nil {
		return fmt.Errorf("save caps: %w", err)
	}
	return nil
}
