package wire

// NSChatStates is the namespace of chat states (XEP-0085 v2.1).
const NSChatStates = "http://jabber.org/protocol/chatstates"

// ChatState is what somebody does in a chat.
type ChatState string

// The chat states (XEP-0085 §2).
const (
	Active    ChatState = "active"
	Composing ChatState = "composing"
	Paused    ChatState = "paused"
	Inactive  ChatState = "inactive"
	Gone      ChatState = "gone"
)

// ParseChatState takes the state out of a message; empty when there is none.
func ParseChatState(message *Element) ChatState {
	for c := range message.Children() {
		if c.Space != NSChatStates {
			continue
		}
		switch s := ChatState(c.Local); s {
		case Active, Composing, Paused, Inactive, Gone:
			return s
		}
	}
	return ""
}

// Element is the child of a message.
func (s ChatState) Element() *Element { return New(NSChatStates, string(s)) }
