package wire_test

import (
	"math"
	"testing"

	"kith/core/wire"
)

func FuzzXEP0004(f *testing.F) {
	fuzz(f, "xep0004", func(t *testing.T, e *wire.Element) {
		survive(t, e, wire.ParseForm, wire.Form.Element)
		survive(t, e, wire.ParseForm, func(f wire.Form) *wire.Element { return f.Answer(wire.Value1("a", "b")).Element() })
	})
}

func FuzzXEP0030(f *testing.F) {
	fuzz(f, "xep0030", func(t *testing.T, e *wire.Element) {
		survive(t, e, wire.ParseDiscoInfo, wire.DiscoInfo.Element)
		survive(t, e, wire.ParseDiscoItems, nil)
	})
}

func FuzzXEP0059(f *testing.F) {
	fuzz(f, "xep0059", func(t *testing.T, e *wire.Element) {
		s, _ := wire.ParseResultSet(e)
		if s.Count < -1 || len(s.First) > 1024 || len(s.Last) > 1024 {
			t.Errorf("out of bounds: %+v", s)
		}
	})
}

func FuzzXEP0060(f *testing.F) {
	fuzz(f, "xep0060", func(t *testing.T, e *wire.Element) {
		if node, items, ok := wire.ParseItems(e); ok {
			for _, item := range items {
				if got := wire.Publish(node, item).First().First(); got.Attr("id") != item.ID {
					t.Errorf("published as %s", got)
				}
			}
		}
		if ev, ok := wire.ParsePubSubEvent(e); ok && (ev.Node == "" || len(ev.Items) > 2000 || len(ev.Retracted) > 2000) {
			t.Errorf("out of bounds: %+v", ev)
		}
		survive(t, e, wire.ParseConfig, func(form wire.Form) *wire.Element { return wire.ConfigSubmit("n", form) })
		survive(t, e, given(wire.ParseError), nil)
	})
}

func FuzzXEP0115(f *testing.F) {
	fuzz(f, "xep0115", func(t *testing.T, e *wire.Element) {
		survive(t, e, wire.ParseCaps, func(c wire.Caps) *wire.Element { return wire.New("u", "a").Add(c.Element()) })
	})
}

// FuzzXEP0115Hash checks that an answer and the same in another order have one hash, and that the hash never confirms less.
func FuzzXEP0115Hash(f *testing.F) {
	f.Add("<query xmlns='http://jabber.org/protocol/disco#info'><identity category='a'/><identity category='a-b'/><feature var='x'/><feature var='y'/></query>")
	f.Fuzz(func(t *testing.T, s string) {
		e, err := wire.Parse(s)
		if err != nil {
			return
		}
		info, ok := wire.ParseDiscoInfo(e)
		if !ok {
			return
		}
		ver, ok := wire.CapsVersion(info)
		reversed := &wire.Element{Space: e.Space, Local: e.Local}
		for c := range e.Children() {
			reversed.Nodes = append([]wire.Node{{Element: c}}, reversed.Nodes...)
		}
		other, _ := wire.ParseDiscoInfo(reversed)
		if ver2, ok2 := wire.CapsVersion(other); ver != ver2 || ok != ok2 {
			t.Fatalf("%s, %v and %s, %v", ver, ok, ver2, ok2)
		}
		if n := len(info.Features); ok && n > 0 {
			info.Features = info.Features[:n-1]
			if (wire.Caps{Ver: ver}).Confirms(info) {
				t.Fatal("confirms less than it stands for")
			}
		}
	})
}

func FuzzXEP0198(f *testing.F) {
	fuzz(f, "xep0198", func(t *testing.T, e *wire.Element) {
		survive(t, e, wire.ParseSMAnswer, wire.SMAnswer)
		if s, ok := wire.ParseSMEnabled(e); ok && (s.Max < 0 || s.Resume != (s.ID != "")) {
			t.Errorf("out of bounds: %+v", s)
		}
		if failed := wire.ParseSMFailed(e); failed != nil && (failed.Condition == "" || !failed.HasH && failed.H != 0) {
			t.Errorf("out of bounds: %+v", failed)
		}
		wire.ParseSMResumed(e)
	})
}

// FuzzXEP0082 checks that a time that was understood is written and understood as the same.
func FuzzXEP0082(f *testing.F) {
	for _, s := range []string{"2026-02-03T04:05:06Z", "2026-02-03T04:05:06.789+02:00", "2100-12-31T23:59:60Z", "2026-02-03T04:05:06,5Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, ok := wire.ParseTime(s)
		if !ok {
			return
		}
		again, ok := wire.ParseTime(wire.FormatTime(at))
		if !ok || again.UnixMilli() != at.UnixMilli() || at.Year() < 1970 || at.Year() > 2100 {
			t.Errorf("%q is %v, then %v", s, at, again)
		}
	})
}

func FuzzXEP0203(f *testing.F) {
	fuzz(f, "xep0203", func(t *testing.T, e *wire.Element) {
		if n := len(wire.Delays(e)); n > 8 {
			t.Errorf("%d notes", n)
		}
	})
}

func FuzzXEP0280(f *testing.F) {
	fuzz(f, "xep0280", func(t *testing.T, e *wire.Element) {
		if c, ok := wire.ParseCarbon(e); ok && !wire.IsMessage(c.Message) {
			t.Error("a copy of no message")
		}
	})
}

func FuzzXEP0297(f *testing.F) {
	fuzz(f, "xep0297", func(t *testing.T, e *wire.Element) {
		survive(t, e, wire.ParseForwarded, func(x wire.Forwarded) *wire.Element { return wire.New("u", "a").Add(x.Element()) })
	})
}

func FuzzXEP0313(f *testing.F) {
	fuzz(f, "xep0313", func(t *testing.T, e *wire.Element) {
		if r, ok := wire.ParseArchiveResult(e); ok && (r.ID == "" || r.Message != nil && !wire.IsMessage(r.Message)) {
			t.Errorf("out of bounds: %+v", r)
		}
		if fin, ok := wire.ParseArchiveFin(e); ok && fin.Set.Count < -1 {
			t.Errorf("out of bounds: %+v", fin)
		}
	})
}

// FuzzMarks tries the small parts of messages.
func FuzzMarks(f *testing.F) {
	fuzz(f, "xep0[13]*", func(t *testing.T, e *wire.Element) {
		survive(t, e, wire.ParseReceipt, func(id string) *wire.Element { return wire.New("u", "a").Add(wire.Receipt(id)) })
		survive(t, e, wire.ParseDisplayed, func(id string) *wire.Element { return wire.New("u", "a").Add(wire.Displayed(id)) })
		if s := wire.ParseChatState(e); s != "" && wire.ParseChatState(wire.New("u", "a").Add(s.Element())) != s {
			t.Errorf("state %q", s)
		}
		if space, name, ok := wire.ParseEncryption(e); ok && len(space)+len(name) > 2048 {
			t.Error("a note out of bounds")
		}
		if len(wire.OriginID(e)) > 1024 || len(wire.StanzaID(e, "anna@kith.test")) > 1024 {
			t.Error("an id out of bounds")
		}
		if wire.StanzaID(e, "") != "" {
			t.Error("an id given by nobody")
		}
	})
}

func FuzzXEP0384(f *testing.F) {
	fuzz(f, "xep0384", func(t *testing.T, e *wire.Element) {
		survive(t, e, wire.ParseEncrypted, wire.Encrypted.Element)
		survive(t, e, wire.ParseDeviceList, wire.DeviceList)
		survive(t, e, wire.ParseBundle, wire.Bundle.Element)
		if x, ok := wire.ParseEncrypted(e); ok {
			for _, k := range x.Keys {
				if k.RID == 0 || k.RID > math.MaxInt32 || len(k.Data) == 0 {
					t.Errorf("out of bounds: %+v", k)
				}
			}
		}
		if b, ok := wire.ParseBundle(e); ok {
			for id, key := range b.PreKeys {
				if id == 0 || id > math.MaxInt32 || len(key) != 33 || key[0] != 5 {
					t.Errorf("out of bounds: %d, %v", id, key)
				}
			}
		}
	})
}

// FuzzParseParts composes texts of pieces that mean something, one for each byte, so that the comparison with encoding/xml
// (see FuzzParse) gets deep into namespaces and nesting.
func FuzzParseParts(f *testing.F) {
	parts := []string{
		"<a", "<p:a", "<b", "</a>", "</p:a>", "</b>", ">", "/>", " ", "\r\n", "\t", "x", "é", "]]>", "]]", "&amp;", "&#x9;", "&#13;",
		"&#xD800;", "<![CDATA[", "<!--", "-->", "<?x ?>", " xmlns='u'", " xmlns=''", " xmlns:p='u'", " xmlns:p='v'", " xmlns:q='u'", " p:c='1'",
		" q:c='2'", " c='3'", " xml:lang='de'", " c=\"<\"", " c='>'", " c = '/'", " c='\n&lt;'", "c='4'", "</a ", "<a:b:c", "\uFFFE", "\x01", "\"", "'", "=",
		"<a>", "<b xmlns='w'>", "<p:a xmlns:p='u'>", "<a/>", " xmlns:xml='u'", " xmlns:xmlns='u'",
	}
	f.Add([]byte{44, 45, 11, 5, 3})
	f.Add([]byte{46, 28, 7, 30, 6, 4, 4})
	f.Fuzz(func(t *testing.T, picks []byte) {
		s := ""
		for _, b := range picks[:min(len(picks), 200)] {
			s += parts[int(b)%len(parts)]
		}
		compare(t, s)
	})
}
