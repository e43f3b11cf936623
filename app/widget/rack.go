package widget

import "slices"

// rack holds the objects of a timeline: those that show rows in sight, and those that wait for the next one.
type rack struct {
	shown []*slot // from the bottom up
	free  []*slot
	made  int
	equip func(s *slot, bubble bool) // gives a slot an object
	left  func(*Bubble)              // a bubble left the view
}

// take removes the slot that shows a row from a list.
func take(from *[]*slot, r Row) *slot {
	i := slices.IndexFunc(*from, func(s *slot) bool { return s.m.row.Key == r.Key && isBubble(s.m.row.Kind) == isBubble(r.Kind) })
	if i < 0 {
		return nil
	}
	s := (*from)[i]
	*from = slices.Delete(*from, i, i+1)
	return s
}

// realise gives every row in sight an object and lets go of the objects of those that left.
func (k *rack) realise(gone []*slot, width float32) (grown bool) {
	for _, s := range gone {
		if s.bubble != nil {
			k.left(s.bubble)
		}
		k.free = append(k.free, s)
	}
	for _, s := range k.shown {
		if s.bubble == nil && s.strip == nil {
			grown = k.object(s) || grown
		}
		s.show(width)
	}
	for _, s := range k.free {
		show(s.object(), false)
	}
	return grown
}

// object finds a free object for a slot, or makes one.
func (k *rack) object(s *slot) (made bool) {
	bubble := isBubble(s.next.row.Kind)
	i := slices.IndexFunc(k.free, func(f *slot) bool { return (f.bubble != nil) == bubble })
	if i >= 0 {
		f := k.free[i]
		k.free = slices.Delete(k.free, i, i+1)
		s.bubble, s.strip, s.order, s.m = f.bubble, f.strip, f.order, f.m
		s.adopt()
		return false
	}
	k.made++
	s.order = k.made
	k.equip(s, bubble)
	return true
}

// all is every slot with an object, in the order of their making.
func (k *rack) all() []*slot {
	var out []*slot
	for _, s := range append(slices.Clone(k.shown), k.free...) {
		if s.bubble != nil || s.strip != nil {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *slot) int { return a.order - b.order })
	return out
}

// Middle is the message nearest to the middle of the view, and how far its own middle lies below that; ok is false when there
// is none.
func (k *rack) Middle(height float32) (key int64, by float32, ok bool) {
	for _, s := range k.shown {
		off := s.y + s.m.height/2 - height/2
		if s.bubble != nil && (!ok || off*off < by*by) {
			key, by, ok = s.m.row.Key, off, true
		}
	}
	return key, by, ok
}

// inSight lists the rows in sight, from the bottom up.
func (k *rack) inSight() []sight {
	var out []sight
	for _, s := range k.shown {
		out = append(out, sight{s.m.row.Key, s.y})
	}
	return out
}
