package crypto

import (
	"kith/core/model"
	"kith/storage"
)

// maxRekeys is how many new sessions are begun with a device that does not answer before it is given up: a lost phone must
// not be encrypted for without end, and a key it leaves behind should not open what is written years later.
const maxRekeys = 3

// live is how many of somebody's devices are not silent. The last one is never given up, however long it says nothing: a phone
// that lies in a drawer reads everything in the end, and a message that leaves for nobody reaches nobody.
func live(all []storage.OMEMODevice) (n int) {
	for _, d := range all {
		if !d.Silent {
			n++
		}
	}
	return n
}

// silence gives a device up until a message of it can be read, its owner lists it again, or the person resets it.
func (l *ledger) silence(d storage.OMEMODevice) error {
	if d.Silent {
		return nil
	}
	d.Silent = true
	before := l.silenced
	l.undo = append(l.undo, func() { l.silenced = before })
	l.silenced = append(before[:len(before):len(before)], d.Device)
	return l.saveDevice(d)
}

// Silenced are the devices that this batch has given up. The person must be told: new messages are not encrypted for them.
func (b *Batch) Silenced() []model.Device { return b.silenced }

// heard notes a sign of life, and says whether the device had been given up.
func (l *ledger) heard(d *storage.OMEMODevice) (back bool, err error) {
	if d.Rekeys == 0 && !d.Silent {
		return false, nil
	}
	back = d.Silent
	d.Rekeys, d.Silent = 0, false
	return back, l.saveDevice(*d)
}
