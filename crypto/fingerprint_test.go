package crypto

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"kith/core/model"
)

var (
	fpA = model.Fingerprint(strings.Repeat("0a", 32))
	fpB = model.Fingerprint(strings.Repeat("b0", 32))
)

func TestParseKeyURI(t *testing.T) {
	devices := map[model.DeviceID]model.Fingerprint{1: fpA, 2147483647: fpB}
	none := map[model.DeviceID]model.Fingerprint{}
	tests := []struct {
		uri  string
		want KeyURI
	}{
		{"xmpp:ann@example.org?message;omemo-sid-1=" + string(fpA) + ";omemo-sid-2147483647=" + string(fpB), KeyURI{JID: annJID, Devices: devices}},
		{"XMPP:ann@example.org?omemo-sid-1=" + strings.ToUpper(string(fpA)) + "&omemo-sid-2147483647=05" + string(fpB), KeyURI{JID: annJID, Devices: devices}},
		{"xmpp:a%2Bn@example.org/phone?message;body=hi;omemo-sid-1=" + string(fpA) + ";omemo-sid-2147483647=" + string(fpB) + "#x", KeyURI{JID: "a+n@example.org", Devices: devices}},
		{
			"xmpp:ann@example.org?trust-message;encryption=urn%3Axmpp%3Aomemo%3A2;trust=" + string(fpA) + ";trust=" + string(fpB) + ";distrust=" + string(fpA),
			KeyURI{JID: annJID, Devices: none, Trust: []model.Fingerprint{fpA, fpB}, Distrust: []model.Fingerprint{fpA}},
		},
	}
	for _, test := range tests {
		got, err := ParseKeyURI(test.uri)
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("got %+v, %v", got, err)
		}
		again, err := ParseKeyURI(got.String())
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("not the same after a round trip: %v", err)
		}
	}
	for _, bad := range []string{
		"", "xmpp:", "xmpp:ann@example.org", "xmpp:ann@example.org?message", "http:ann@example.org?omemo-sid-1=" + string(fpA),
		"xmpp:@?omemo-sid-1=" + string(fpA), "xmpp:%zz?omemo-sid-1=" + string(fpA),
		"xmpp:ann@example.org?omemo-sid-0=" + string(fpA), "xmpp:ann@example.org?omemo-sid-2147483648=" + string(fpA),
		"xmpp:ann@example.org?omemo-sid-x=" + string(fpA), "xmpp:ann@example.org?omemo-sid-1=" + string(fpA[1:]),
		"xmpp:ann@example.org?omemo-sid-1=" + string(fpA[:62]) + "zz", "xmpp:ann@example.org?trust-message;trust=1",
		"xmpp:ann@example.org?trust-message;encryption=urn%3Axmpp%3Aox%3A0;trust=" + string(fpA),
		"xmpp:ann@example.org?omemo-sid-1=" + string(fpA) + ";x=" + strings.Repeat("x", maxKeyURI),
	} {
		if u, err := ParseKeyURI(bad); !errors.Is(err, ErrKeyURI) {
			t.Errorf("accepted %.40q: %+v", bad, u)
		}
	}
}

func TestKeyURIString(t *testing.T) {
	u := KeyURI{JID: annJID, Devices: map[model.DeviceID]model.Fingerprint{7: fpA, 5: fpB}}
	if got, want := u.String(), "xmpp:ann@example.org?message;omemo-sid-5="+string(fpB)+";omemo-sid-7="+string(fpA); got != want {
		t.Errorf("got %s", got)
	}
	u = KeyURI{JID: "a?b;c@example.org", Trust: []model.Fingerprint{fpA}}
	if got, want := u.String(), "xmpp:a%3Fb%3Bc@example.org?trust-message;encryption=eu.siacs.conversations.axolotl;trust="+string(fpA); got != want {
		t.Errorf("got %s", got)
	}
}

func FuzzKeyURI(f *testing.F) {
	f.Add("xmpp:ann@example.org?message;omemo-sid-1=" + string(fpA))
	f.Add("xmpp:a%40n@example.org?trust-message;encryption=urn%3Axmpp%3Aomemo%3A2;trust=" + string(fpA))
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseKeyURI(s)
		if err != nil {
			return
		}
		again, err := ParseKeyURI(u.String())
		if err != nil || again.JID != u.JID {
			t.Fatalf("not the same after a round trip: %v", err)
		}
	})
}
