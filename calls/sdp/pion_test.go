package sdp_test

import (
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"kith/calls/sdp"
	"kith/core/wire"
)

// connection is a PeerConnection with the codecs that Kith has. It never connects.
func connection(t *testing.T) *webrtc.PeerConnection {
	t.Helper()
	var engine webrtc.MediaEngine
	feedback := []webrtc.RTCPFeedback{
		{Type: "goog-remb"},
		{Type: "transport-cc"},
		{Type: "ccm", Parameter: "fir"},
		{Type: "nack"},
		{Type: "nack", Parameter: "pli"},
	}
	register := func(id webrtc.PayloadType, kind webrtc.RTPCodecType, c webrtc.RTPCodecCapability) {
		if err := engine.RegisterCodec(webrtc.RTPCodecParameters{PayloadType: id, RTPCodecCapability: c}, kind); err != nil {
			t.Fatal(err)
		}
	}
	register(111, webrtc.RTPCodecTypeAudio, webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1", RTCPFeedback: feedback[1:2],
	})
	register(63, webrtc.RTPCodecTypeAudio, webrtc.RTPCodecCapability{MimeType: "audio/red", ClockRate: 48000, Channels: 2, SDPFmtpLine: "111/111"})
	register(96, webrtc.RTPCodecTypeVideo, webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: feedback})
	register(97, webrtc.RTPCodecTypeVideo, webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96"})
	for _, uri := range []string{
		"urn:ietf:params:rtp-hdrext:sdes:mid", "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
		"http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
	} {
		for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
			if err := engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, kind); err != nil {
				t.Fatal(err)
			}
		}
	}
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(&engine)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pc.Close(); err != nil {
			t.Error(err)
		}
	})
	return pc
}

// carry gives the connection something to send for each of these contents.
func carry(t *testing.T, pc *webrtc.PeerConnection, contents ...string) {
	t.Helper()
	for _, name := range contents {
		mime := webrtc.MimeTypeOpus
		if name == "video" {
			mime = webrtc.MimeTypeVP8
		}
		track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mime}, name, "kith")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pc.AddTrack(track); err != nil {
			t.Fatal(err)
		}
	}
}

// offerOf is what a connection offers, with the names that Kith gives.
func offerOf(t *testing.T, pc *webrtc.PeerConnection, known sdp.Session) sdp.Session {
	t.Helper()
	for _, transceiver := range pc.GetTransceivers() {
		if transceiver.Mid() == "" {
			if err := transceiver.SetMid(transceiver.Kind().String()); err != nil {
				t.Fatal(err)
			}
		}
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	s, err := sdp.ParseOffer(offer.SDP, wire.Initiator, known)
	if err != nil {
		t.Fatalf("%v\n%s", err, offer.SDP)
	}
	return s
}

// answerTo is what a connection that carries these contents answers to an offer of the initiator.
func answerTo(t *testing.T, pc *webrtc.PeerConnection, offer, known sdp.Session) sdp.Session {
	t.Helper()
	text, err := offer.Offer(wire.Initiator, known)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: text}); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	answer, err := pc.CreateAnswer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetLocalDescription(answer); err != nil {
		t.Fatal(err)
	}
	s, err := sdp.ParseAnswer(answer.SDP, wire.Responder, offer)
	if err != nil {
		t.Fatalf("%v\n%s", err, answer.SDP)
	}
	return s
}

// take gives a connection the answer to its offer.
func take(t *testing.T, pc *webrtc.PeerConnection, answer, offer sdp.Session) {
	t.Helper()
	text, err := answer.Answer(wire.Responder, offer)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: text}); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if pc.SignalingState() != webrtc.SignalingStateStable {
		t.Errorf("left in %s by\n%s", pc.SignalingState(), text)
	}
}

// sent is s after it went through Jingle.
func sent(t *testing.T, action wire.Action, s sdp.Session) sdp.Session {
	t.Helper()
	return session(t, jingle(action, s))
}

// directions are those of a connection's contents, by name.
func directions(pc *webrtc.PeerConnection) map[string]string {
	out := map[string]string{}
	for _, t := range pc.GetTransceivers() {
		out[t.Mid()] = t.Direction().String()
	}
	return out
}

// TestPionTakesOffers gives the offers of other programs to PeerConnections.
func TestPionTakesOffers(t *testing.T) {
	for _, g := range golden {
		for _, part := range g.parts {
			t.Run(g.client+" "+strings.Join(part, " "), func(t *testing.T) {
				offer := load(t, g.client+"-offer").Only(part...)
				pc := connection(t)
				for _, c := range offer.Contents {
					carry(t, pc, c.Description.Media)
				}
				answer := sent(t, wire.SessionAccept, answerTo(t, pc, offer, sdp.Session{}))
				if len(answer.Contents) != len(part) || len(answer.Bundle) != len(offer.Bundle) {
					t.Fatalf("answered %d contents, %q bundled", len(answer.Contents), answer.Bundle)
				}
				for i, c := range answer.Contents {
					checkAnswered(t, c, offer.Contents[i])
				}
			})
		}
	}
}

// checkAnswered holds a content of our answer against that of the offer.
func checkAnswered(t *testing.T, c, offered wire.Content) {
	t.Helper()
	want := map[string]string{"audio": "opus", "video": "VP8"}[offered.Description.Media]
	p := c.Description.Payloads[0]
	found := false
	for _, o := range offered.Description.Payloads {
		found = found || o.ID == p.ID && o.Name == want
	}
	if !found || p.Name != want || c.Name != offered.Name || c.Creator != wire.Initiator || c.Senders != wire.BothParties {
		t.Errorf("answered %+v with %+v", offered, c)
	}
	if d := c.Transport.Fingerprint; d.Setup != "active" || d.Value == offered.Transport.Fingerprint.Value {
		t.Errorf("answered with %+v", d)
	}
	if !c.Description.RTCPMux || len(c.Description.Sources) == 0 {
		t.Errorf("answered with %+v", c.Description)
	}
}

// TestPionTakesAnswers gives the answers of other programs, to the offer that two real PeerConnections make, to those.
func TestPionTakesAnswers(t *testing.T) {
	for client, bundles := range map[string]bool{"dino": false, "conversations": true, "monal": true, "kith": true} {
		t.Run(client, func(t *testing.T) {
			whole, apart := connection(t), connection(t)
			carry(t, whole, "audio", "video")
			carry(t, apart, "video")
			offer, offerApart := offerOf(t, whole, sdp.Session{}), offerOf(t, apart, sdp.Session{})
			dual := sent(t, wire.SessionInitiate, sdp.Dual(offer, offerApart))
			if a, v := dual.Contents[0], dual.Contents[1]; a.Transport.Ufrag != offer.Contents[0].Transport.Ufrag ||
				v.Transport.Ufrag != offerApart.Contents[0].Transport.Ufrag || a.Transport.Ufrag == v.Transport.Ufrag || len(dual.Bundle) != 2 {
				t.Fatalf("offers %+v, %+v, %q", a.Transport, v.Transport, dual.Bundle)
			}
			answer := load(t, client+"-answer")
			if bundles {
				take(t, whole, answer, offer)
				return
			}
			take(t, whole, answer.Only("audio"), offer)
			take(t, apart, answer.Only("video"), offerApart)
		})
	}
}

// TestBetweenPions sends what one PeerConnection says to another through Jingle and back: first sound, then a picture that is
// added, then the picture in one direction only, then none.
func TestBetweenPions(t *testing.T) {
	caller, callee := connection(t), connection(t)
	carry(t, caller, "audio")
	carry(t, callee, "audio")
	offer := sent(t, wire.SessionInitiate, offerOf(t, caller, sdp.Session{}))
	first := offer
	answer := sent(t, wire.SessionAccept, answerTo(t, callee, offer, sdp.Session{}))
	take(t, caller, answer, offer)

	carry(t, caller, "video")
	carry(t, callee, "video")
	offer = sent(t, wire.ContentAdd, offerOf(t, caller, offer))
	answer = sent(t, wire.ContentAccept, answerTo(t, callee, offer, first))
	take(t, caller, answer, offer)
	for _, pc := range []*webrtc.PeerConnection{caller, callee} {
		if got := directions(pc); got["audio"] != "sendrecv" || got["video"] != "sendrecv" {
			t.Errorf("after adding: %v", got)
		}
	}

	offer.Contents[1].Senders = wire.Initiator
	answer = sent(t, wire.ContentModify, answerTo(t, callee, offer, offer))
	if got := answer.Contents[1].Senders; got != wire.Initiator { // the transceiver of callee goes on to say sendrecv
		t.Errorf("told that only the initiator sends, the responder answered %q", got)
	}

	answer = answerTo(t, callee, offer.Only("audio"), offer)
	if len(answer.Contents) != 1 || answer.Contents[0].Name != "audio" {
		t.Errorf("told that the picture is gone, the responder answered %+v", answer.Contents)
	}
}

// TestCandidatesOfPion takes the candidates that a PeerConnection finds to another one.
func TestCandidatesOfPion(t *testing.T) {
	pc, other := connection(t), connection(t)
	carry(t, pc, "audio")
	gathered := webrtc.GatheringCompletePromise(pc)
	answerTo(t, other, offerOf(t, pc, sdp.Session{}), sdp.Session{})
	<-gathered
	whole, err := sdp.ParseOffer(pc.LocalDescription().SDP, wire.Initiator, sdp.Session{})
	if err != nil {
		t.Fatal(err)
	}
	transport := sent(t, wire.TransportInfo, whole).Contents[0].Transport
	if !transport.Complete {
		t.Error("more candidates are expected")
	}
	for _, c := range transport.Candidates {
		line, ok := sdp.FormatCandidate(c)
		mid := "audio"
		if !ok {
			t.Fatalf("refused: %+v", c)
		}
		if err := other.AddICECandidate(webrtc.ICECandidateInit{Candidate: line, SDPMid: &mid}); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}
