package media

import (
	"io"
	"sync/atomic"

	"github.com/pion/logging"
	"github.com/pion/transport/v4/packetio"
)

// Receiving is what has come. What comes in vain is told apart by what became of it, so that who looks for the sound of a call knows where it ends:
// what the buffers of sound and picture did not want stands in their own figures.
type Receiving struct {
	Audio, Video Arrived // as it was read, of use or not

	Undecrypted uint64 // packets, reports among them, that could not be decrypted or came twice
	Unread      uint64 // decrypted, of a stream that nobody reads: it is not one that was agreed. A few may only wait
	Unknown     uint64 // of a payload type that was not agreed
	Malformed   uint64
	Beside      uint64 // of another stream than the one that is followed
}

// Arrived is how much of something has come. Repairs and what only fills the line are among the picture.
type Arrived struct{ Packets, Bytes uint64 } // with RTP's headers

// arrivals counts what comes, on whichever goroutine it does.
type arrivals struct {
	audio, video                                       tally
	decrypted, undecrypted, unknown, malformed, beside atomic.Uint64
}

type tally struct{ packets, bytes atomic.Uint64 }

func (t *tally) add(bytes int) {
	t.packets.Add(1)
	t.bytes.Add(uint64(bytes))
}

func (t *tally) arrived() Arrived { return Arrived{t.packets.Load(), t.bytes.Load()} }

func (a *arrivals) receiving() Receiving {
	decrypted := a.decrypted.Load() // before those that are read: they only grow
	out := Receiving{
		Audio: a.audio.arrived(), Video: a.video.arrived(),
		Undecrypted: a.undecrypted.Load(), Unknown: a.unknown.Load(), Malformed: a.malformed.Load(), Beside: a.beside.Load(),
	}
	if read := out.Audio.Packets + out.Video.Packets + out.Unknown + out.Malformed; decrypted > read {
		out.Unread = decrypted - read
	}
	return out
}

// stored is what Pion keeps a stream in until it is read. What is written to it is decrypted.
type stored struct {
	*packetio.Buffer
	arrivals *arrivals
}

func (s stored) Write(packet []byte) (int, error) {
	s.arrivals.decrypted.Add(1)
	return s.Buffer.Write(packet)
}

var _ io.ReadWriteCloser = stored{}

// logs gives Pion what it logs to. That a packet cannot be decrypted it tells nobody else.
type logs struct {
	logging.LoggerFactory
	arrivals *arrivals
}

func (l logs) NewLogger(scope string) logging.LeveledLogger {
	if scope != "srtp" {
		return l.LoggerFactory.NewLogger(scope)
	}
	return refusals{l.LoggerFactory.NewLogger(scope), l.arrivals}
}

// refusals is the log of those who decrypt.
type refusals struct {
	logging.LeveledLogger
	arrivals *arrivals
}

// Info is called with each packet that could not be decrypted.
func (r refusals) Info(text string) {
	r.arrivals.undecrypted.Add(1)
	r.LeveledLogger.Info(text)
}
