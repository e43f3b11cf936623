//go:build interop

package e2e

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kith/core/coretest"
	"kith/core/model"
)

// dinoFinds is where Dino finds the server: it asks for the domain's usual port, and nobody else listens at this address of the loopback.
const dinoFinds = "127.52.22.1"

// dino is a running Dino, somebody else's messenger, signed in, with the chat with somebody open. It sees a desktop of its own: a screen,
// a message bus, a sound server, a list of hosts and one authority to trust. It ends with the test.
type dino struct {
	*desktop

	t      *testing.T
	log    string // file: what it prints
	read   int    // of it, when its devices fell asleep
	memory string // file: its database
	main   string // X11's name of its window
}

// startDino signs an account in and opens its chat with a contact.
func startDino(t *testing.T, s *coretest.Server, jid, contact model.JID, password string, camera bool) *dino {
	t.Helper()
	for _, name := range []string{"dino-im", "bwrap", "gdbus", "sqlite3", "gst-launch-1.0", "pipewire", "wireplumber", "pw-cli"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("%s is missing. run: make interop", name)
		}
	}
	relay(t, net.JoinHostPort(dinoFinds, "5222"), s.Addr())
	d := &dino{t: t, desktop: startDesktop(t)}
	if camera {
		d.film(t)
	}
	d.log, d.memory = filepath.Join(d.home, "log"), filepath.Join(d.home, "data", "dino", "dino.db")
	d.run(s) // makes the database
	d.Wait("its database", func() bool { return d.query("SELECT int_val FROM _meta WHERE name='version'") != "" })
	d.stop()
	d.query(fmt.Sprintf("INSERT INTO account(bare_jid,resourcepart,password,alias,enabled,roster_version,mam_earliest_synced) "+
		"VALUES('%s','dino','%s','',1,'',0); INSERT OR REPLACE INTO settings(key,value) VALUES('window_width','1000'),('window_height','700')",
		jid, password))
	d.run(s)
	d.Wait("its sign-in", func() bool { return d.query("SELECT 1 FROM roster WHERE jid='"+string(contact)+"'") == "1" })
	d.bus("org.freedesktop.Application.Open", "['xmpp:"+string(contact)+"?message']", "{}")
	d.Wait("the chat", func() bool {
		return d.query("SELECT count(*)>0 FROM conversation JOIN jid ON jid_id=jid.id WHERE bare_jid='"+string(contact)+"'") == "1"
	})
	return d
}

// relay passes connections to one address on to another until the test's end.
func relay(t *testing.T, at, to string) {
	t.Helper()
	door, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatalf("%v: somebody else's server is there", err)
	}
	t.Cleanup(func() { _ = door.Close() }) // nothing is lost
	go func() {
		for {
			in, err := door.Accept()
			if err != nil {
				return // the test has ended
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				_ = in.Close()
				continue
			}
			pass := func(to, from net.Conn) {
				_, _ = io.Copy(to, from) // it ends when one side does
				_, _ = to.Close(), from.Close()
			}
			go pass(in, out)
			go pass(out, in)
		}
	}()
}

// run starts the program in a view of the machine in which the server has an address and its authority is trusted.
func (d *dino) run(s *coretest.Server) {
	d.t.Helper()
	write := func(name, text string) string {
		file := filepath.Join(d.home, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			d.t.Fatal(err)
		}
		return file
	}
	args := []string{"--bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--die-with-parent"} // without this machine's own cameras
	for from, to := range map[string]string{
		s.CAFile: "/etc/ssl/certs/ca-certificates.crt",
		write("hosts", "127.0.0.1 localhost\n"+dinoFinds+" "+s.Domain+"\n"): "/etc/hosts",
		write("resolv.conf", "nameserver "+dinoFinds+"\n"):                  "/etc/resolv.conf", // which answers at once that nobody is there
	} {
		to, err := filepath.EvalSymlinks(to)
		if err != nil {
			d.t.Fatalf("this machine is not laid out like Debian: %v", err)
		}
		args = append(args, "--ro-bind", from, to)
	}
	cmd := exec.Command("bwrap", append(args, "dino-im")...)
	cmd.Env = append(d.env, "GTK_A11Y=none", "GSETTINGS_BACKEND=memory", "LC_ALL=C.UTF-8", "LANGUAGE=", "G_MESSAGES_DEBUG=rtp dino", "GST_DEBUG=basesrc:4", "GST_DEBUG_NO_COLOR=1")
	log, err := os.OpenFile(d.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	d.t.Cleanup(func() {
		if d.t.Failed() {
			d.t.Logf("Dino says:\n%s", tail(d.said()))
		}
	})
	background(d.t, cmd)
	_ = log.Close() // ours; the program has its own
	d.Wait("its window", func() bool {
		out, err := d.try("search", "--onlyvisible", "--name", "^Dino")
		d.main, _, _ = strings.Cut(out, "\n")
		return err == nil && d.main != ""
	})
}

// stop has it end by itself.
func (d *dino) stop() {
	d.t.Helper()
	d.bus("org.gtk.Actions.Activate", "quit", "[]", "{}")
	d.Wait("its end", func() bool {
		_, err := d.try("search", "--name", "^Dino")
		return err != nil
	})
}

// query asks its database; "" also when there is none yet.
func (d *dino) query(sql string) string {
	out, _ := exec.Command("sqlite3", "-cmd", ".timeout 5000", d.memory, sql).CombinedOutput() // it fails until there is one
	return strings.TrimSpace(string(out))
}

// bus calls a method of the program on the message bus.
func (d *dino) bus(method string, args ...string) {
	d.t.Helper()
	cmd := exec.Command("gdbus", append([]string{"call", "--session", "--dest", "im.dino.Dino", "--object-path", "/im/dino/Dino", "--method", method}, args...)...)
	cmd.Env = d.env
	if out, err := cmd.CombinedOutput(); err != nil {
		d.t.Fatalf("%s: %v: %s", method, err, out)
	}
}

// devices has the microphone and the camera asleep from now on.
func (d *dino) devices() {
	d.t.Helper()
	d.sleep(d.t)
	d.read = len(d.said())
}

// sends wakes them once Dino is ready to send those media. It opens a device first and links it into what sends after that, and the first
// sound or picture that comes in between stops the device for good ("pausing after gst_pad_push() = flushing" in GStreamer's log; Dino
// 0.4.2, link_source in device.vala). Real devices wake up slower than that.
func (d *dino) sends(media ...string) {
	d.t.Helper()
	for _, m := range media {
		d.Wait("what sends "+m, func() bool { return strings.Contains(d.said()[d.read:], "Payload for "+m) })
	}
	d.idle()
	d.wake(d.t)
}

// stopped is the devices that began since they fell asleep and stopped before they gave anything. On a busy machine Dino's microphone does so by
// itself, some milliseconds after Dino took it: the call is connected, and there is no sound of Dino in it, whatever the other side does.
func (d *dino) stopped() (names []string) {
	return stoppedSources(d.said()[d.read:])
}

// stoppedSources reads that from what GStreamer logs of sources: "seeking" when one begins, "marking" with the first that it gives, "pausing" when it stops.
func stoppedSources(log string) (names []string) {
	began := map[string]bool{}
	for line := range strings.Lines(log) {
		_, line, _ = strings.Cut(line, " basesrc ")
		_, line, _ = strings.Cut(line, ":<")
		name, what, _ := strings.Cut(line, "> ")
		if !strings.HasPrefix(name, "pulsedevice") && !strings.HasPrefix(name, "pipewiredevice") {
			continue
		}
		switch what, _, _ = strings.Cut(what, " "); what {
		case "seeking:":
			began[name] = true
		case "pausing":
			if began[name] {
				names = append(names, name)
			}
			delete(began, name)
		case "marking":
			delete(began, name)
		}
	}
	return names
}

// idle waits until it has done all that it had to do: its windows and its calls share the thread that answers.
func (d *dino) idle() {
	d.t.Helper()
	d.bus("org.gtk.Actions.List")
}

// said is what it printed until now.
func (d *dino) said() string {
	said, err := os.ReadFile(d.log)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(said)
}

// callWindow is X11's name of the window of a call; "" when there is none.
func (d *dino) callWindow() string {
	all, _ := d.try("search", "--onlyvisible", "--class", "dino") // it fails when there are none
	for _, id := range strings.Fields(all) {
		if id != d.main {
			return id
		}
	}
	return ""
}

// Wait waits for something about it.
func (d *dino) Wait(what string, so func() bool) {
	d.t.Helper()
	d.await(d.t, "Dino has "+what, so)
}

// answer presses a button of the notification of a call: Dino then does this action of its own.
func (d *dino) answer(action string, who model.JID) {
	d.t.Helper()
	ids := d.query("SELECT conversation.id || ',' || (SELECT max(id) FROM call) FROM conversation JOIN jid ON jid_id=jid.id WHERE bare_jid='" + string(who) + "'")
	d.bus("org.gtk.Actions.Activate", action, "[<("+ids+")>]", "{}")
}

// TestDinoStopped: a microphone that ends itself is told from one that is let go, and from a stream that ends.
func TestDinoStopped(t *testing.T) {
	line := func(at, text string) string {
		return "0:00:" + at + "  8813 0x558e03926c60 INFO                 basesrc gstbasesrc.c:1435:gst_base_src_loop:<" + text + "\n"
	}
	fine := line("01.0", "pulsedevice2> seeking: time segment") + line("01.1", "rtp_src_0> seeking: time segment") +
		line("01.6", "pulsedevice2> marking pending DISCONT") + line("09.0", "pulsedevice2> pausing after gst_base_src_get_range() = flushing") +
		line("09.1", "rtp_src_0> pausing after gst_base_src_get_range() = eos")
	if got := stoppedSources(fine); len(got) > 0 {
		t.Errorf("%v", got)
	}
	ended := fine + line("10.000", "pulsedevice2> seeking: time segment") + "something else\n" +
		line("10.015", "pulsedevice2> pausing after gst_base_src_get_range() = flushing")
	if got := stoppedSources(ended); len(got) != 1 || got[0] != "pulsedevice2" {
		t.Errorf("%v", got)
	}
}
