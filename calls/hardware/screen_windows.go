package hardware

// Open begins to see what is shared: the screen on which the pointer was when it was first opened, because somebody has just pressed something there.
func (s *Sharing) Open() (*Screen, error) { return s.openHere() }
