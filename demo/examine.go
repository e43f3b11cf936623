package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"kith/core/coretest"
	"kith/e2e"
)

// examine reads what each side stored, and looks for the conversation where it must not be.
func (c *cast) examine() {
	for _, who := range [][2]string{{anna, ben}, {ben, anna}} {
		c.transcript(who[0], who[1])
	}
	seen := c.server.Stanzas()
	c.keep("stanzas-as-the-server-saw-them.xml", seen)
	c.keep("what-the-server-stored.sql", c.server.Stored(c.stage))
	var words []string
	for _, pair := range lines {
		words = append(words, pair[0], pair[1])
	}
	readable := ""
	for _, word := range words {
		if strings.Contains(seen, word) || strings.Contains(c.server.Stored(c.stage), word) {
			readable = word
		}
	}
	c.found("the server has seen and stored none of what they said", readable == "")
	c.found("what went over the server was encrypted with OMEMO", strings.Contains(seen, "<encrypted"))
	for _, person := range []string{anna, ben} {
		hits, err := coretest.ScanPlaintext(c.profile(person), append(words, string(c.jid[anna]), string(c.jid[ben]), password)...)
		if err != nil {
			c.Fatalf("%v", err)
		}
		c.found(fmt.Sprintf("nothing is readable in %s's profile on disk", person), len(hits) == 0)
	}
}

// transcript writes down what one side stored, through kith-headless.
func (c *cast) transcript(person, with string) {
	k := e2e.Start(c.stage, c.headless, c.profile(person), c.server.CAFile)
	defer k.Stop()
	all := k.Messages(c.jid[with])
	var text strings.Builder
	said, encrypted := 0, true
	for _, m := range all {
		fmt.Fprintf(&text, "%-9s %-9s %-9s %s\n", strings.SplitN(m.From, "@", 2)[0], m.State, m.Trust, m.Body)
		if m.Kind == "text" {
			said++
			encrypted = encrypted && m.Encrypted
		}
	}
	c.keep("transcript-"+person+".txt", text.String())
	want := 2*len(lines) + 2
	c.found(fmt.Sprintf("%s has all %d messages, once", person, want), said == want)
	c.found(fmt.Sprintf("all of %s's messages were encrypted", person), encrypted)
	if person == anna {
		c.found("Anna has compared Ben's key", c.verified(k, with))
	}
}

// verified says whether every device of somebody has been compared.
func (c *cast) verified(k *e2e.Kith, with string) bool {
	var devices []struct {
		Device             uint32
		Fingerprint, Trust string
	}
	k.Must("device.list", map[string]any{"account": 1, "jid": c.jid[with]}, &devices)
	text, err := json.MarshalIndent(devices, "", "  ")
	if err != nil {
		c.Fatalf("%v", err)
	}
	c.keep("devices-"+with+".json", string(text)+"\n")
	for _, d := range devices {
		if d.Trust != "verified" {
			return false
		}
	}
	return len(devices) > 0
}

// keep writes a finding into the folder of results.
func (c *cast) keep(name, text string) {
	if err := os.WriteFile(filepath.Join(c.out, name), []byte(text), 0o644); err != nil {
		c.Fatalf("%v", err)
	}
	c.Logf("written: %s", filepath.Join(c.out, name))
}
