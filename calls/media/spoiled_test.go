package media_test

import "testing"

// TestSpoiled: what cannot be decrypted counts as that, and nothing else that comes does.
func TestSpoiled(t *testing.T) {
	a, b := newSide(t, defaults(440)), newSide(t, defaults(1000))
	c := begin(t, a, b, network{}, false)
	a.session.Allow(true, true)
	a.session.Camera(true)
	b.hears(440)
	b.sees(3)
	whole := func() bool {
		in := b.session.Stats().Receiving
		return in.Audio.Packets > 5 && in.Video.Packets > 5 && in.Undecrypted+in.Unread+in.Unknown+in.Malformed+in.Beside == 0
	}
	eventually(t, "everything that came is sound or a picture", whole)
	c.spoiled.Store(true)
	before := b.session.Stats().Receiving
	eventually(t, "packets that cannot be decrypted", func() bool { return b.session.Stats().Receiving.Undecrypted > 5 })
	if after := b.session.Stats().Receiving; after.Audio.Packets > before.Audio.Packets+3 {
		t.Errorf("%+v, and after it was spoiled %+v", before, after)
	}
}
