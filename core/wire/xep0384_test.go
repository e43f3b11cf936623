package wire_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"kith/core/model"
	"kith/core/wire"
)

func TestXEP0384Message(t *testing.T) {
	full := wire.Encrypted{
		SID: 27183,
		Keys: []wire.Key{
			{RID: 31415, Data: bytes.Repeat([]byte{1}, 20)},
			{RID: 31415, PreKey: true, Data: bytes.Repeat([]byte{2}, 30)},
		},
		IV: bytes.Repeat([]byte{3}, 12), Payload: bytes.Repeat([]byte{4}, 5), HasPayload: true,
	}
	keys := wire.Encrypted{
		SID: 27183, Keys: []wire.Key{{RID: 1, PreKey: true, Data: bytes.Repeat([]byte{2}, 30)}}, IV: bytes.Repeat([]byte{3}, 16),
	}
	understands(t, wire.ParseEncrypted, example[wire.Encrypted]{"xep0384/message", full}, example[wire.Encrypted]{"xep0384/keys-only", keys})
	writes(t, "xep0384/message", full.Element())
	writes(t, "xep0384/keys-only", keys.Element())
}

// message makes an <encrypted> of the parts given.
func message(sid, keys, iv, payload string) string {
	return "<encrypted xmlns='eu.siacs.conversations.axolotl'><header" + sid + ">" + keys + iv + "</header>" + payload + "</encrypted>"
}

func TestXEP0384Odd(t *testing.T) {
	const sid, key, iv = " sid='5'", "<key rid='7'>AQID</key>", "<iv>AAAAAAAAAAAAAAAA</iv>"
	keys := []wire.Key{{RID: 7, Data: []byte{1, 2, 3}}}
	twelve := make([]byte, 12)
	plain := wire.Encrypted{SID: 5, Keys: keys, IV: twelve}
	empty := plain
	empty.HasPayload, empty.Payload = true, []byte{}
	none := plain
	none.Keys = nil
	prekey := plain
	prekey.Keys = []wire.Key{{RID: 7, PreKey: true, Data: []byte{1, 2, 3}}}
	understands(t, wire.ParseEncrypted,
		example[wire.Encrypted]{message(sid, key, iv, ""), plain},
		example[wire.Encrypted]{message(sid, "<key rid='7'>\n A Q\tID\r\n</key>", iv, ""), plain},
		example[wire.Encrypted]{message(sid, "<key rid='7' prekey='1'>AQID</key>", iv, ""), prekey},
		example[wire.Encrypted]{message(sid, "<key rid='7' prekey='no'>AQID</key>", iv, ""), plain},
		example[wire.Encrypted]{message(sid, key, iv, "<payload/>"), empty},
		example[wire.Encrypted]{message(sid, "", iv, ""), none},
		example[wire.Encrypted]{message(sid, "<key rid='7'/><key rid='0'>AQID</key><key rid='2147483648'>AQID</key><key>AQID</key>"+
			"<key rid='8'>AQI*</key><key rid='8'>"+strings.Repeat("AAAA", 2000)+"</key>"+key, iv, ""), plain},
	)
	most := plain
	most.HasPayload, most.Payload = true, make([]byte, 512<<10)
	understands(t, wire.ParseEncrypted, example[wire.Encrypted]{most.Element().String(), most})
	refuses(t, wire.ParseEncrypted,
		"<encrypted xmlns='eu.siacs.conversations.axolotl'/>",
		"<encrypted/>",
		message("", key, iv, ""),
		message(" sid='0'", key, iv, ""),
		message(" sid='2147483648'", key, iv, ""),
		message(" sid='-5'", key, iv, ""),
		message(sid, key, "", ""),
		message(sid, key, "<iv>AAAA</iv>", ""),
		message(sid, key, "<iv>AAAAAAAAAAAAAAAAAAAA</iv>", ""), // 15 bytes
		message(sid, key, iv, "<payload>A</payload>"),
		message(sid, key, iv, "<payload>"+base64.StdEncoding.EncodeToString(make([]byte, 512<<10+1))+"</payload>"),
		message(sid, strings.Repeat("<key rid='7'>AQID</key>", 2001), iv, ""),
	)
}

func TestXEP0384Devices(t *testing.T) {
	ids := []model.DeviceID{1, 2147483647}
	understands(t, wire.ParseDeviceList,
		example[[]model.DeviceID]{"xep0384/devices", ids},
		example[[]model.DeviceID]{"<item><list xmlns='eu.siacs.conversations.axolotl'><device id='1'/></list></item>", ids[:1]},
		example[[]model.DeviceID]{"<list xmlns='eu.siacs.conversations.axolotl'/>", nil},
		example[[]model.DeviceID]{"<list xmlns='eu.siacs.conversations.axolotl'><device id='x'/><device/><device id='0'/><device id='1'/>" +
			"<device id='1'/><device id='4294967295'/><device id='2147483647'/></list>", ids},
	)
	many := "<list xmlns='eu.siacs.conversations.axolotl'>"
	for i := range 1001 {
		many += fmt.Sprintf("<device id='%d'/>", i+1)
	}
	refuses(t, wire.ParseDeviceList, "<item/>", "<list/>", many+"</list>")
	writes(t, "xep0384/devices", wire.DeviceList(ids))
	if got := wire.NodeBundle(2147483647); got != "eu.siacs.conversations.axolotl.bundles:2147483647" {
		t.Error(got)
	}
}

func point(fill byte) []byte { return append([]byte{5}, bytes.Repeat([]byte{fill}, 32)...) }

func TestXEP0384Bundle(t *testing.T) {
	b := wire.Bundle{
		IdentityKey: point(3), SignedPreKey: point(1), Signature: bytes.Repeat([]byte{2}, 64),
		PreKeys: map[uint32][]byte{1: point(4), 2147483647: point(5)},
	}
	good := load(t, "xep0384/bundle").String()
	understands(t, wire.ParseBundle,
		example[wire.Bundle]{"xep0384/bundle", b},
		example[wire.Bundle]{"<item id='1'>" + good + "</item>", b},
	)
	writes(t, "xep0384/bundle", b.Element())

	encoded := func(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
	change := func(old, new string) string {
		out := strings.ReplaceAll(good, old, new)
		if out == good {
			t.Fatalf("%q is not in the example", old)
		}
		return out
	}
	same := []string{
		change(encoded(point(3)), encoded(point(3)[1:])), // without type
		change(encoded(point(1)), "\n "+encoded(point(1))+" \n"),
		change("</prekeys>", "<preKeyPublic preKeyId='0'>"+encoded(point(9))+"</preKeyPublic>"+
			"<preKeyPublic preKeyId='1'>"+encoded(point(9))+"</preKeyPublic><preKeyPublic preKeyId='2'>AAAA</preKeyPublic>"+
			"<preKeyPublic>"+encoded(point(9))+"</preKeyPublic><preKeyPublic preKeyId='2147483648'>"+encoded(point(9))+"</preKeyPublic></prekeys>"),
	}
	for _, s := range same {
		understands(t, wire.ParseBundle, example[wire.Bundle]{s, b})
	}
	bad := point(3)
	bad[0] = 6
	refuses(t, wire.ParseBundle, "<item/>", "<bundle xmlns='eu.siacs.conversations.axolotl'/>",
		change(encoded(point(3)), encoded(bad)),
		change(encoded(point(3)), encoded(point(3)[:31])),
		change(encoded(point(1)), ""),
		change(encoded(b.Signature), encoded(b.Signature[1:])),
		change(encoded(b.Signature), encoded(append(b.Signature[:64:64], 0))),
		change("signedPreKeyId='0'", ""),
		change("preKeyPublic preKeyId", "preKeyPublic id"),
		change("identityKey", "identity"),
	)
	var many strings.Builder
	for i := range 600 {
		fmt.Fprintf(&many, "<preKeyPublic preKeyId='%d'>%s</preKeyPublic>", i+1, encoded(point(7)))
	}
	got, ok := wire.ParseBundle(parse(t, change("<prekeys>", "<prekeys>"+many.String())))
	if !ok || len(got.PreKeys) != 500 {
		t.Errorf("%d one-time keys, %v; want 500 at most", len(got.PreKeys), ok)
	}
}
