package media_test

import (
	"image"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/transport/v4/vnet"
	"github.com/pion/webrtc/v4"

	"kith/calls/media"
	"kith/calls/video"
)

const patience = 60 * time.Second

// side is one end of a call.
type side struct {
	t       testing.TB
	session *media.Session
	pcs     []*webrtc.PeerConnection
	heard   *levels
	opens   atomic.Int64 // of the microphone
	mu      sync.Mutex
	cameras []*camera
	shown   []shown
	taken   map[uint32]time.Time
	pool    video.Pool
}

// shown is a picture as it was seen.
type shown struct {
	id uint32
	at time.Time
}

// call is two sides with a network between them.
type call struct {
	t        testing.TB
	a, b     *side
	network  network
	cut      atomic.Bool               // nothing comes through
	lossy    atomic.Bool               // the network's loss applies
	spoiled  atomic.Bool               // what comes through is not what was sent
	begun    atomic.Pointer[time.Time] // when it was connected
	sent     [2]atomic.Int64           // packets with SRTP on the line, by side
	repeated [2]atomic.Int64           // of these, with sound that was in others too
}

// options are how a side is.
type options struct {
	hz            float64
	width, height int
	fps           int
	config        func(*media.Config)
}

func defaults(hz float64) options { return options{hz: hz, width: 320, height: 180, fps: 15} }

// newSide makes one that sends nothing yet.
func newSide(t testing.TB, o options) *side {
	t.Helper()
	s := &side{t: t, heard: &levels{}, taken: map[uint32]time.Time{}}
	config := media.Config{
		Microphone: func() (media.Microphone, error) { return newMicrophone(o.hz, &s.opens), nil },
		Speaker:    func() (media.Speaker, error) { return &loudspeaker{newPace(), s.heard}, nil },
		Camera:     func() (media.Camera, error) { return s.camera(o), nil },
		Measure:    image.Pt(o.width, o.height),
	}
	config.Watch(func(f *video.Frame, at time.Time) {
		if id, ok := video.ReadID(f); ok {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.shown = append(s.shown, shown{id, at})
		}
	})
	if o.config != nil {
		o.config(&config)
	}
	var err error
	if s.session, err = media.New(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

func (s *side) camera(o options) *camera {
	c := newCamera(o.width, o.height, o.fps, &s.pool)
	c.taken = func(id uint32, at time.Time) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.taken[id] = at
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.cameras); n > 0 {
		c.id = s.cameras[n-1].id // numbers go on
	}
	s.cameras = append(s.cameras, c)
	return c
}

func (s *side) close() {
	if err := s.session.Close(); err != nil {
		s.t.Error(err)
	}
	for _, pc := range s.pcs {
		_ = pc.Close()
	}
	if n := s.pool.Out(); n != 0 {
		s.t.Errorf("%d pictures of the camera were never released", n)
	}
}

// begin connects two sides over a network of their own. Each content has its own PeerConnection unless they are bundled.
func begin(t testing.TB, a, b *side, n network, bundled bool) *call {
	t.Helper()
	c := &call{t: t, a: a, b: b, network: n}
	c.lossy.Store(true)
	nets := c.lay()
	kinds := [][]webrtc.RTPCodecType{{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo}}
	if !bundled {
		kinds = [][]webrtc.RTPCodecType{{webrtc.RTPCodecTypeAudio}, {webrtc.RTPCodecTypeVideo}}
	}
	for _, k := range kinds {
		c.connect(nets, k)
	}
	a.session.Start()
	b.session.Start()
	for _, s := range []*side{a, b} {
		for _, pc := range s.pcs {
			eventually(t, "connected", func() bool { return pc.ConnectionState() == webrtc.PeerConnectionStateConnected })
		}
	}
	now := time.Now()
	c.begun.Store(&now)
	return c
}

// lay makes the network.
func (c *call) lay() [2]*slowNet {
	silent := &logging.DefaultLoggerFactory{Writer: io.Discard}
	router, err := vnet.NewRouter(&vnet.RouterConfig{
		CIDR: "10.0.0.0/24", MinDelay: c.network.delay, QueueSize: 4096, LoggerFactory: silent,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	var mu sync.Mutex
	router.AddChunkFilter(func(chunk vnet.Chunk) bool {
		if data := chunk.UserData(); len(data) > 1 && data[0]>>6 == 2 && (data[1] < 192 || data[1] > 223) {
			which := 0
			if chunk.SourceAddr().String()[:8] != "10.0.0.1" {
				which = 1
			}
			c.sent[which].Add(1)
			if data[1]&0x7f == 63 { // red
				c.repeated[which].Add(1)
			}
			if c.spoiled.Load() {
				data[len(data)-1] ^= 1
			}
		}
		mu.Lock()
		defer mu.Unlock()
		return !c.cut.Load() && (!c.lossy.Load() || random.Float64() >= c.network.loss)
	})
	var nets [2]*slowNet
	for i, ip := range []string{"10.0.0.1", "10.0.0.2"} {
		plain, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{ip}})
		if err != nil {
			c.t.Fatal(err)
		}
		if err := router.AddNet(plain); err != nil {
			c.t.Fatal(err)
		}
		nets[i] = c.slow(plain)
	}
	if err := router.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = router.Stop() })
	return nets
}

// connect makes a PeerConnection on both sides and lets them agree.
func (c *call) connect(nets [2]*slowNet, kinds []webrtc.RTPCodecType) {
	c.t.Helper()
	var pcs [2]*webrtc.PeerConnection
	for i, s := range []*side{c.a, c.b} {
		settings := webrtc.SettingEngine{LoggerFactory: &logging.DefaultLoggerFactory{Writer: io.Discard}}
		settings.SetNet(nets[i])
		settings.SetHandleUndeclaredSSRCWithoutAnswer(true)
		api, err := s.session.API(settings)
		if err != nil {
			c.t.Fatal(err)
		}
		if pcs[i], err = api.NewPeerConnection(webrtc.Configuration{}); err != nil {
			c.t.Fatal(err)
		}
		s.pcs = append(s.pcs, pcs[i])
		s.session.Attach(pcs[i])
		for _, k := range kinds {
			sender, err := pcs[i].AddTrack(s.session.Track(k))
			if err != nil {
				c.t.Fatal(err)
			}
			s.session.Sends(sender)
		}
	}
	agree(c.t, pcs[0], pcs[1])
}

// agree exchanges descriptions with all candidates in them.
func agree(t testing.TB, offerer, answerer *webrtc.PeerConnection) {
	t.Helper()
	describe(t, offerer, answerer, nil)
}

func describe(t testing.TB, offerer, answerer *webrtc.PeerConnection, options *webrtc.OfferOptions) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	offer, err := offerer.CreateOffer(options)
	must(err)
	gathered := webrtc.GatheringCompletePromise(offerer)
	must(offerer.SetLocalDescription(offer))
	<-gathered
	must(answerer.SetRemoteDescription(*offerer.LocalDescription()))
	answer, err := answerer.CreateAnswer(nil)
	must(err)
	gathered = webrtc.GatheringCompletePromise(answerer)
	must(answerer.SetLocalDescription(answer))
	<-gathered
	must(offerer.SetRemoteDescription(*answerer.LocalDescription()))
}

// eventually waits for something to become true.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// changed waits for a change of a kind.
func (s *side) changed(kind media.ChangeKind) media.Change {
	s.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case c := <-s.session.Changes():
			if c.Kind == kind {
				return c
			}
		case <-deadline:
			s.t.Fatalf("change %d never came; %+v", kind, s.session.Stats())
		}
	}
}

// sees waits for so many more pictures of the other side.
func (s *side) sees(more int) {
	s.t.Helper()
	before := s.session.Stats().Pictures
	eventually(s.t, "pictures of the other side", func() bool { return s.session.Stats().Pictures >= before+more })
}

// hears waits until a tone is most of what is heard.
func (s *side) hears(hz int) {
	s.t.Helper()
	eventually(s.t, "the tone of the other side", func() bool { return s.session.Stats().Tones[hz] > 0.6 })
}
