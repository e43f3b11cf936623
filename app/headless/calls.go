package main

import (
	"context"

	"kith/calls"
	"kith/core"
	"kith/core/model"
)

// callRef names a call.
type callRef struct {
	Call model.CallID `json:"call"`
}

type startCall struct {
	Account model.AccountID `json:"account"`
	To      string          `json:"to"`
	Video   bool            `json:"video,omitempty"`
}

type onOff struct {
	On bool `json:"on"`
}

type acceptCall struct {
	Call  model.CallID `json:"call"`
	Video *bool        `json:"video,omitempty"` // absent: with a picture if one was asked for
}

type switchCall struct {
	Call model.CallID `json:"call"`
	On   bool         `json:"on"`
}

// calling adds what callers name differently.
type calling struct {
	*core.Calls
	chats *core.Chats
}

func (c calling) start(ctx context.Context, p startCall) (callRef, error) {
	chat, err := c.chats.Start(ctx, p.Account, p.To)
	if err != nil {
		return callRef{}, err
	}
	id, err := c.Start(ctx, chat.ID, p.Video)
	return callRef{id}, err
}

func (c calling) accept(ctx context.Context, p acceptCall) (done, error) {
	return done{}, c.Accept(ctx, p.Call, p.Video == nil || *p.Video)
}

func (c calling) list(context.Context, none) ([]callInfo, error) {
	all := []callInfo{}
	for _, call := range c.List() {
		all = append(all, callOf(call))
	}
	return all, nil
}

// reconnect has every call look for new paths, as after a change of the network.
func (c calling) reconnect(context.Context, none) (done, error) {
	c.NetworkChanged()
	return done{}, nil
}

// callMethods is what can be done with calls.
func callMethods(client *core.Client) []method {
	c := calling{client.Calls, client.Chats}
	set := func(name string, fn func(context.Context, model.CallID, bool) error) method {
		return quick(name, func(ctx context.Context, p switchCall) (done, error) { return done{}, fn(ctx, p.Call, p.On) })
	}
	end := func(name string, fn func(context.Context, model.CallID) error) method {
		return quick(name, func(ctx context.Context, p callRef) (done, error) { return done{}, fn(ctx, p.Call) })
	}
	return []method{
		slow("call.check", c.check), quick("call.relayOnly", func(ctx context.Context, p onOff) (done, error) { return done{}, c.SetRelayOnly(ctx, p.On) }),
		slow("call.start", c.start), quick("call.accept", c.accept), end("call.reject", c.Decline), end("call.end", c.HangUp),
		set("call.mute", c.Mute), set("call.video", c.Camera), set("call.screen", c.Screen), set("call.hold", c.Hold),
		set("call.answerVideo", c.AnswerVideo), quick("call.reconnect", c.reconnect),
		quick("call.list", c.list), quick("call.stats", c.figures),
	}
}

// finding is what a check found of something that calls need.
type finding struct {
	Part    string  `json:"part"`
	Fault   string  `json:"fault,omitempty"`
	LevelDB float64 `json:"levelDb,omitempty"` // of the microphone
	RTTMS   float64 `json:"rttMs,omitempty"`   // through the relay
	Network string  `json:"network,omitempty"` // with the server: what the router does
}

// check tries what calls need.
func (c calling) check(ctx context.Context, p accountRef) ([]finding, error) {
	var all []finding
	err := c.Check(ctx, p.Account, func(f core.CallFinding) {
		if f.Done {
			one := finding{Part: f.Part.String(), Fault: f.Fault.String(), LevelDB: f.Level, RTTMS: float64(f.RTT.Microseconds()) / 1000}
			if f.Part == calls.PartServer {
				one.Network = f.NAT.String()
			}
			all = append(all, one)
		}
	})
	return all, err
}

// callInfo is a call as the caller sees it.
type callInfo struct {
	Call         model.CallID    `json:"call"`
	Account      model.AccountID `json:"account"`
	Chat         model.ChatID    `json:"chat"`
	With         model.JID       `json:"with,omitempty"` // in notifications
	Incoming     bool            `json:"incoming"`
	Phase        string          `json:"phase"`
	Reached      bool            `json:"reached"`
	Video        bool            `json:"video"`
	VideoAsked   bool            `json:"videoAsked"`
	Camera       bool            `json:"camera"`
	Muted        bool            `json:"muted"`
	OnHold       bool            `json:"onHold"`
	PeerMuted    bool            `json:"peerMuted"`
	PeerOnHold   bool            `json:"peerOnHold"`
	PeerPicture  bool            `json:"peerPicture"`
	NoMicrophone bool            `json:"noMicrophone"` // none can be used now
	NoSpeaker    bool            `json:"noSpeaker"`
	NoCamera     bool            `json:"noCamera"`  // it could not be used, and was turned off
	NoScreen     bool            `json:"noScreen"`  // the same
	Denied       bool            `json:"denied"`    // noMicrophone or noCamera because the system does not let Kith use it
	NoPicture    bool            `json:"noPicture"` // one that was to be added found no way
	Secrecy      string          `json:"secrecy"`
	Quality      string          `json:"quality"`
	Reason       string          `json:"reason,omitempty"` // how it ended
}

func callOf(c model.Call) callInfo {
	return callInfo{
		Call: c.ID, Account: c.Account, Chat: c.Chat, Incoming: !c.Outgoing, Phase: c.Phase.String(), Reached: c.Reached,
		Video: c.Video, VideoAsked: c.VideoAsked, Camera: c.Camera, Muted: c.Muted, OnHold: c.OnHold,
		PeerMuted: c.PeerMuted, PeerOnHold: c.PeerOnHold, PeerPicture: c.PeerPicture, NoMicrophone: c.NoMicrophone, NoSpeaker: c.NoSpeaker, NoCamera: c.NoCamera, NoScreen: c.NoScreen,
		Denied: c.MicrophoneDenied || c.CameraDenied, NoPicture: c.NoPicture, Secrecy: c.Secrecy.String(), Quality: c.Quality.String(), Reason: c.End.String(),
	}
}

func (n notifier) call(ctx context.Context, ev core.CallChanged) error {
	info := callOf(ev.Call)
	if chat, err := n.client.Chats.Get(ctx, ev.Call.Chat); err == nil { // it may have been deleted meanwhile
		info.With = chat.JID
	}
	return n.tell("call", info)
}

// callStats are a call's figures.
type callStats struct {
	Phase            string          `json:"phase"`
	SetupMS          int64           `json:"setupMs"`   // from taking the call to the first sound; 0: not yet
	PictureMS        int64           `json:"pictureMs"` // the same to the first picture
	RTTMS            int64           `json:"rttMs"`
	LossPct          float64         `json:"lossPct"`
	LocalPath        string          `json:"localPath"` // host, srflx, prflx or relay
	RemotePath       string          `json:"remotePath"`
	Relayed          bool            `json:"relayed"`
	AudioPacketsPerS float64         `json:"audioPacketsPerS"`
	AudioBitrate     float64         `json:"audioBitrate"`
	ConcealedPct     float64         `json:"concealedPct"`
	VideoFPS         float64         `json:"videoFps"`
	VideoFrames      int             `json:"videoFrames"`
	VideoPSNR        float64         `json:"videoPSNR"`
	SkewMS           int64           `json:"skewMs"`
	SentPackets      uint64          `json:"sentPackets"`
	SentAudio        uint64          `json:"sentAudioPackets"`
	SentVideo        uint64          `json:"sentVideoPackets"`
	AudioPackets     uint64          `json:"audioPackets"` // that came
	AudioBytes       uint64          `json:"audioBytes"`
	VideoPackets     uint64          `json:"videoPackets"`
	VideoBytes       uint64          `json:"videoBytes"`
	Dropped          dropped         `json:"dropped"`
	Paths            []callPath      `json:"paths"`
	ToneHz           map[int]float64 `json:"toneHz"`
	Verified         bool            `json:"verified"`
	Secrecy          string          `json:"secrecy"`
	Quality          string          `json:"quality"`
}

// dropped are packets that came in vain: see media.Receiving, audio.Stats and video.Stats.
type dropped struct {
	Undecrypted  uint64 `json:"undecrypted"`
	Unread       uint64 `json:"unread"`
	Unknown      uint64 `json:"unknown"`
	Malformed    uint64 `json:"malformed"`
	Beside       uint64 `json:"beside"`
	AudioLate    uint64 `json:"audioLate"`
	AudioTwice   uint64 `json:"audioTwice"`
	AudioRefused uint64 `json:"audioRefused"`
	VideoRefused uint64 `json:"videoRefused"`
}

// callPath is one of the paths over which a call goes.
type callPath struct {
	Content    string `json:"content"`
	ICE        string `json:"ice"`
	DTLS       string `json:"dtls"`
	PacketsIn  uint32 `json:"packetsIn"` // all of them, reports and handshake too
	PacketsOut uint32 `json:"packetsOut"`
}

func (c calling) figures(_ context.Context, p callRef) (callStats, error) {
	s, err := c.Stats(p.Call)
	if err != nil {
		return callStats{}, err
	}
	out := callStats{
		SetupMS: s.Setup.Milliseconds(), PictureMS: s.Shown.Milliseconds(), RTTMS: s.RTT.Milliseconds(), LossPct: 100 * s.Loss,
		AudioPacketsPerS: s.AudioPacketsPerSecond, AudioBitrate: s.AudioBitrate, ConcealedPct: 100 * s.Concealed,
		VideoFPS: s.VideoFPS, VideoFrames: s.VideoFrames, VideoPSNR: s.PSNR, SkewMS: s.Skew.Milliseconds(),
		LocalPath: s.Paths.Local, RemotePath: s.Paths.Remote, Relayed: s.Paths.Relayed,
		SentPackets: s.Sending.AudioPackets + s.Sending.VideoPackets, ToneHz: s.Tones,
	}
	out.packets(s)
	for _, call := range c.List() {
		if call.ID == p.Call {
			out.Phase, out.Verified = call.Phase.String(), call.Secrecy == model.CallVerified
			out.Secrecy, out.Quality = call.Secrecy.String(), call.Quality.String()
		}
	}
	return out, nil
}

// packets takes what has left and come.
func (f *callStats) packets(s core.CallStats) {
	f.SentAudio, f.SentVideo = s.Sending.AudioPackets, s.Sending.VideoPackets
	in := s.Receiving
	f.AudioPackets, f.AudioBytes, f.VideoPackets, f.VideoBytes = in.Audio.Packets, in.Audio.Bytes, in.Video.Packets, in.Video.Bytes
	f.Dropped = dropped{
		Undecrypted: in.Undecrypted, Unread: in.Unread, Unknown: in.Unknown, Malformed: in.Malformed, Beside: in.Beside,
		AudioLate: s.Audio.Late, AudioTwice: s.Audio.Duplicates, AudioRefused: s.Audio.Refused, VideoRefused: uint64(s.Video.Refused),
	}
	f.Paths = []callPath{}
	for _, p := range s.Paths.Each {
		f.Paths = append(f.Paths, callPath{p.Content, p.ICE, p.DTLS, p.Came, p.Left})
	}
}
