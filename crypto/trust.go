package crypto

import "kith/core/model"

// Trust is blind before verification: the keys that somebody shows before any of them was compared by the person are
// trusted, as that is what makes encryption usable at all; from the first comparison on, a new key has to be decided about,
// as that is what makes the comparison worth something. Our own other devices follow the same rule. Changing a decision is
// storage.Tx.SetTrust.

// newTrust is what a key is worth that a device of jid shows for the first time; it is stored. A key that was decided about
// before, as by a scanned link, keeps that.
func (l *ledger) newTrust(jid model.JID, f model.Fingerprint) (model.Trust, error) {
	trust, known, err := l.tx.Trust(l.account, jid, f)
	if err != nil || known {
		return trust, err
	}
	verified, err := l.tx.AnyVerified(l.account, jid)
	if err != nil {
		return model.Undecided, err
	}
	trust = model.Blind
	if verified {
		trust = model.Undecided
	}
	return trust, l.tx.SetTrust(l.account, jid, f, trust)
}

// sendable says whether content may be encrypted for a key of that trust.
func sendable(t model.Trust) bool { return t == model.Blind || t == model.Verified }
