package view

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"kith/app/lang"
	"kith/core"
	"kith/core/model"
)

// offlineGrace is how long a lost connection may take to come back before anybody is told.
const offlineGrace = 2 * time.Second

// syncGrace is how long a catch-up may take before anybody is told: most are over sooner, and a strip that comes and goes moves
// everything below it.
const syncGrace = time.Second

// BannerKind says how a banner looks and what its link does.
type BannerKind uint8

// The kinds of banner.
const (
	NoBanner     BannerKind = iota
	OfflineBar              // the link tries again now
	FaultBar                // the person has to act; the link, where there is one, opens the account's settings
	SyncBar                 // history is being fetched; no link
	CallBar                 // a call goes on in a window that is closed
	SignedOutBar            // the person signed out; the link connects
)

// Banner is the strip above a chat.
type Banner struct {
	Kind         BannerKind
	Text, Action string
	Account      model.AccountID
	Done, Total  int // of a SyncBar; Total 0: unknown
}

type account struct {
	core.AccountStatus
	since   time.Time // not online since; zero while online
	sync    core.SyncChanged
	syncing time.Time // catching up since; zero while it does not
}

// Accounts is how our accounts stand.
type Accounts struct{ all []account }

// Set takes over the list of accounts.
func (a *Accounts) Set(list []core.AccountStatus, now time.Time) {
	for _, s := range list {
		a.put(s, now)
	}
}

// Apply takes over a change of one account.
func (a *Accounts) Apply(ev core.AccountChanged, now time.Time) {
	if ev.Removed {
		a.all = slices.DeleteFunc(a.all, func(x account) bool { return x.ID == ev.Account.ID })
		return
	}
	a.put(ev.Account, now)
}

// ApplySync takes over how far an archive catch-up has come.
func (a *Accounts) ApplySync(ev core.SyncChanged, now time.Time) {
	if x := a.find(ev.Account); x != nil {
		x.sync = ev
		x.noteSync(now)
	}
}

// List is every account in the order they were added.
func (a *Accounts) List() []core.AccountStatus {
	out := make([]core.AccountStatus, len(a.all))
	for i, x := range a.all {
		out[i] = x.AccountStatus
	}
	return out
}

// Own lists our addresses.
func (a *Accounts) Own() []model.JID {
	out := make([]model.JID, len(a.all))
	for i, x := range a.all {
		out[i] = x.JID
	}
	return out
}

// Get returns an account; the first one for 0.
func (a *Accounts) Get(id model.AccountID) (core.AccountStatus, bool) {
	if id == 0 && len(a.all) > 0 {
		return a.all[0].AccountStatus, true
	}
	if x := a.find(id); x != nil {
		return x.AccountStatus, true
	}
	return core.AccountStatus{}, false
}

// Len is the number of accounts.
func (a *Accounts) Len() int { return len(a.all) }

// Banner is what the strip says now; say turns an error of the account into a sentence that may name the server. Only the
// accounts with a fault, then those without a connection for two seconds, then a catch-up that takes its time are told.
func (a *Accounts) Banner(now time.Time, say func(err error, server string) string) Banner {
	var best Banner
	for _, x := range a.all {
		b := x.banner(now, say)
		if b.Kind != NoBanner && (best.Kind == NoBanner || rank(b.Kind) < rank(best.Kind)) {
			best = b
		}
	}
	if best.Kind != NoBanner && best.Kind != SyncBar && len(a.all) > 1 {
		if x := a.find(best.Account); x != nil {
			best.Text = string(x.JID) + ": " + best.Text
		}
	}
	return best
}

// Waiting says whether Banner changes by itself soon: a grace or a countdown runs.
func (a *Accounts) Waiting() bool {
	return slices.ContainsFunc(a.all, func(x account) bool { return x.State == model.Connecting || !x.syncing.IsZero() })
}

// Settled says whether every account has what it wants: a connection and the whole archive, or is not meant to have them.
func (a *Accounts) Settled() bool {
	return !slices.ContainsFunc(a.all, func(x account) bool { return x.State == model.Connecting || !x.syncing.IsZero() })
}

// rank orders the banners: what the person must act on comes first.
func rank(k BannerKind) int {
	return slices.Index([]BannerKind{FaultBar, OfflineBar, SyncBar, SignedOutBar, CallBar, NoBanner}, k)
}

func (x account) banner(now time.Time, say func(err error, server string) string) Banner {
	b := Banner{Account: x.ID}
	switch {
	case !x.Enabled:
		b.Kind, b.Text, b.Action = SignedOutBar, lang.T("You are signed out"), lang.T("Sign in")
	case x.State == model.AuthFailed:
		b.Kind, b.Text, b.Action = FaultBar, say(x.Err, x.JID.Domain()), lang.T("Open settings")
	case x.State == model.Online && x.Err != nil:
		b.Kind, b.Text, b.Action = FaultBar, say(x.Err, x.JID.Domain()), faultAction(x.Err)
	case x.State == model.Online && !x.syncing.IsZero() && now.Sub(x.syncing) >= syncGrace:
		b.Kind, b.Text, b.Done, b.Total = SyncBar, syncText(x.sync), x.sync.Done, x.sync.Total
	case x.State == model.Online:
	case now.Sub(x.since) >= offlineGrace:
		b.Kind, b.Text, b.Action = OfflineBar, waitText(x, now, say), lang.T("Try now")
	}
	return b
}

// faultAction is the link beside the fault of an account that is online: there is none where nothing in Kith can help, as
// with a full disk.
func faultAction(err error) string {
	if errors.Is(err, core.ErrListFight) {
		return lang.T("Open settings")
	}
	return ""
}

func syncText(s core.SyncChanged) string {
	switch {
	case s.Total > 0 && s.Total >= s.Done:
		return lang.T("Catching up: {done} of {total} messages", "done", lang.Number(s.Done), "total", lang.Number(s.Total))
	case s.Done > 0:
		return lang.N(s.Done, "Catching up: {n} message", "Catching up: {n} messages")
	}
	return lang.T("Catching up…")
}

func waitText(x account, now time.Time, say func(err error, server string) string) string {
	text := ""
	if k := core.KindOf(x.Err); k != core.FailNone && k != core.FailUnreachable && k != core.FailOther {
		text = say(x.Err, x.JID.Domain())
	}
	wait := x.RetryAt.Sub(now)
	switch {
	case wait > 0 && text == "":
		return lang.T("Waiting for the network · trying again in {time}", "time", seconds(wait))
	case wait > 0:
		return lang.T("{fault} · trying again in {time}", "fault", text, "time", seconds(wait))
	case text == "":
		return lang.T("Connecting…")
	}
	return text
}

// seconds is a countdown's text.
func seconds(d time.Duration) string {
	s := int((d + time.Second - 1) / time.Second)
	if s < 60 {
		return lang.T("{n} s", "n", lang.Number(s))
	}
	return lang.T("{n} min", "n", lang.Number((s+59)/60))
}

func (a *Accounts) put(s core.AccountStatus, now time.Time) {
	x := a.find(s.ID)
	if x == nil {
		a.all = append(a.all, account{since: now})
		x = &a.all[len(a.all)-1]
	}
	was := x.State == model.Online
	x.AccountStatus = s
	switch {
	case s.State == model.Online:
		x.since = time.Time{}
	case was || x.since.IsZero():
		x.since = now
	}
	if s.State != model.Online {
		x.sync = core.SyncChanged{Account: s.ID}
	}
	x.noteSync(now)
	slices.SortFunc(a.all, func(p, q account) int { return cmp.Compare(p.ID, q.ID) })
}

// noteSync notes since when a catch-up runs.
func (x *account) noteSync(now time.Time) {
	switch {
	case !x.Syncing && !x.sync.Active:
		x.syncing = time.Time{}
	case x.syncing.IsZero():
		x.syncing = now
	}
}

func (a *Accounts) find(id model.AccountID) *account {
	for i := range a.all {
		if a.all[i].ID == id {
			return &a.all[i]
		}
	}
	return nil
}

// StateText is how an account stands, in a few words.
func StateText(s core.AccountStatus) string {
	switch {
	case !s.Enabled:
		return lang.T("Signed out")
	case s.State == model.Online:
		return lang.T("Online")
	case s.State == model.AuthFailed:
		return lang.T("Not signed in")
	}
	return lang.T("Connecting…")
}
