package media

import (
	"fmt"
	"io"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"

	"kith/calls/audio"
)

const (
	opusPayload = 111
	redPayload  = 63
	vp8Payload  = 96
	rtxPayload  = 97
	videoRate   = 90000
)

// mimeRED is of packets that repeat those before them (RFC 2198).
const mimeRED = "audio/red"

// The header extensions that are offered (RFC 8843 §16, the draft of transport-wide reports, 3GPP TS 26.114 §7.4.5).
const (
	midURI         = "urn:ietf:params:rtp-hdrext:sdes:mid"
	transportURI   = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
	sendTimeURI    = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
	orientationURI = "urn:3gpp:video-orientation"
)

const reportInterval = 500 * time.Millisecond

// API makes one PeerConnection: each needs its own. It offers Opus, also repeated, and VP8 with repairs; what is reported about sound and picture comes
// to this session.
func (s *Session) API(settings webrtc.SettingEngine) (*webrtc.API, error) {
	engine := &webrtc.MediaEngine{}
	if err := registerCodecs(engine); err != nil {
		return nil, fmt.Errorf("register codecs: %w", err)
	}
	if err := registerExtensions(engine); err != nil {
		return nil, fmt.Errorf("register header extensions: %w", err)
	}
	silent := &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
	receiver, err := report.NewReceiverInterceptor(report.ReceiverInterval(reportInterval), report.WithReceiverLoggerFactory(silent))
	if err != nil {
		return nil, fmt.Errorf("prepare receiver reports: %w", err)
	}
	registry := &interceptor.Registry{}
	registry.Add(receiver)
	registry.Add(pathFactory{s})
	settings.BufferFactory = s.buffer
	if settings.LoggerFactory == nil {
		settings.LoggerFactory = silent
	}
	settings.LoggerFactory = logs{settings.LoggerFactory, &s.arrivals}
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry)), nil
}

func registerCodecs(engine *webrtc.MediaEngine) error {
	transport := webrtc.RTCPFeedback{Type: "transport-cc"}
	opus := webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeOpus, ClockRate: audio.Rate, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1;usedtx=1",
		RTCPFeedback: []webrtc.RTCPFeedback{transport},
	}
	red := webrtc.RTPCodecCapability{
		MimeType: mimeRED, ClockRate: audio.Rate, Channels: 2, SDPFmtpLine: fmt.Sprintf("%d/%d", opusPayload, opusPayload),
	}
	vp8 := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: videoRate, RTCPFeedback: []webrtc.RTCPFeedback{
		transport, {Type: "goog-remb"}, {Type: "ccm", Parameter: "fir"}, {Type: "nack"}, {Type: "nack", Parameter: "pli"},
	}}
	rtx := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: videoRate, SDPFmtpLine: fmt.Sprintf("apt=%d", vp8Payload)}
	for _, c := range []struct {
		payload    webrtc.PayloadType
		kind       webrtc.RTPCodecType
		capability webrtc.RTPCodecCapability
	}{
		{opusPayload, webrtc.RTPCodecTypeAudio, opus},
		{redPayload, webrtc.RTPCodecTypeAudio, red},
		{vp8Payload, webrtc.RTPCodecTypeVideo, vp8},
		{rtxPayload, webrtc.RTPCodecTypeVideo, rtx},
	} {
		if err := engine.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: c.capability, PayloadType: c.payload}, c.kind); err != nil {
			return err
		}
	}
	return nil
}

func registerExtensions(engine *webrtc.MediaEngine) error {
	both := []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo}
	for _, e := range []struct {
		uri   string
		kinds []webrtc.RTPCodecType
	}{
		{midURI, both},
		{transportURI, both},
		{sendTimeURI, both},
		{orientationURI, both[1:]},
	} {
		for _, kind := range e.kinds {
			if err := engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: e.uri}, kind); err != nil {
				return err
			}
		}
	}
	return nil
}
