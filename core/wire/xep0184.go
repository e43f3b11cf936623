package wire

// NSReceipts is the namespace of delivery receipts (XEP-0184 v1.4.0).
const NSReceipts = "urn:xmpp:receipts"

// ReceiptRequest is the child that asks for a receipt (XEP-0184 §7).
func ReceiptRequest() *Element { return New(NSReceipts, "request") }

// WantsReceipt says whether the message asks for one (XEP-0184 §5). It cannot be answered unless the message has an ID.
func WantsReceipt(message *Element) bool { return message.Child(NSReceipts, "request") != nil }

// Receipt is the child that says that the message with that ID arrived (XEP-0184 §7).
func Receipt(id string) *Element { return New(NSReceipts, "received").Set("id", id) }

// ParseReceipt takes the ID of the message that arrived out of a receipt.
func ParseReceipt(message *Element) (id string, ok bool) {
	id = short(message.Child(NSReceipts, "received").Attr("id"))
	return id, id != ""
}
