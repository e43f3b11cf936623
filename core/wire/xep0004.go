package wire

// NSForm is the namespace of data forms (XEP-0004 v2.13.2).
const NSForm = "jabber:x:data"

// Bounds of a form.
const (
	maxFields = 500
	maxValues = 500
)

// Form is a data form (XEP-0004 §3). Items of reports are not read.
type Form struct {
	Type         string // form, submit, cancel or result
	Title        string
	Instructions string
	Fields       []Field
}

// Field is a field of a form (XEP-0004 §3.2, §3.3).
type Field struct {
	Var, Type, Label string
	Required         bool
	Values           []string
	Options          []Option
}

// Option is one choice of a list field.
type Option struct{ Label, Value string }

// ParseForm refuses what is no form or has more fields than any honest one.
func ParseForm(e *Element) (f Form, ok bool) {
	if !e.Is(NSForm, "x") {
		return Form{}, false
	}
	switch f.Type = e.Attr("type"); f.Type {
	case "form", "submit", "cancel", "result":
	default:
		return Form{}, false
	}
	f.Title = cut(childText(e, NSForm, "title"), maxText)
	f.Instructions = cut(childText(e, NSForm, "instructions"), maxText)
	for c := range e.Named(NSForm, "field") {
		field, ok := parseField(c)
		if !ok || len(f.Fields) >= maxFields {
			return Form{}, false
		}
		f.Fields = append(f.Fields, field)
	}
	return f, true
}

func parseField(e *Element) (f Field, ok bool) {
	f = Field{
		Var: short(e.Attr("var")), Type: short(e.Attr("type")), Label: cut(e.Attr("label"), maxText),
		Required: e.Child(NSForm, "required") != nil,
	}
	for v := range e.Named(NSForm, "value") {
		f.Values = append(f.Values, v.Text())
	}
	for o := range e.Named(NSForm, "option") {
		f.Options = append(f.Options, Option{Label: cut(o.Attr("label"), maxText), Value: childText(o, NSForm, "value")})
	}
	return f, len(f.Values) <= maxValues && len(f.Options) <= maxValues
}

// findForm is the first child of e that is a form with that FORM_TYPE.
func findForm(e *Element, formType string) (Form, bool) {
	for c := range e.Named(NSForm, "x") {
		if f, ok := ParseForm(c); ok && f.Value("FORM_TYPE") == formType {
			return f, true
		}
	}
	return Form{}, false
}

// Submit makes a form to send (XEP-0004 §3.1), with its FORM_TYPE (XEP-0068) and fields in the order given.
func Submit(formType string, fields ...Field) Form {
	f := Form{Type: "submit", Fields: make([]Field, 0, len(fields)+1)}
	f.Fields = append(f.Fields, Field{Var: "FORM_TYPE", Type: "hidden", Values: []string{formType}})
	f.Fields = append(f.Fields, fields...)
	return f
}

// Answer fills the form in (XEP-0004 §3.1): every field keeps its values but those given anew. Fields that the form does not
// have are left out, as many servers refuse them.
func (f Form) Answer(changes ...Field) Form {
	out := Form{Type: "submit", Fields: make([]Field, 0, len(f.Fields))}
	for _, field := range f.Fields {
		if field.Var == "" || field.Type == "fixed" {
			continue
		}
		values := field.Values
		for _, c := range changes {
			if c.Var == field.Var {
				values = c.Values
			}
		}
		out.Fields = append(out.Fields, Field{Var: field.Var, Type: field.Type, Values: values})
	}
	return out
}

// Value1 is a field with one value, as most are.
func Value1(name, value string) Field { return Field{Var: name, Values: []string{value}} }

// Field is the field of that name; nil when there is none.
func (f Form) Field(name string) *Field {
	for i := range f.Fields {
		if f.Fields[i].Var == name {
			return &f.Fields[i]
		}
	}
	return nil
}

// Value is the first value of the field of that name; empty when there is none.
func (f Form) Value(name string) string {
	if field := f.Field(name); field != nil && len(field.Values) > 0 {
		return field.Values[0]
	}
	return ""
}

// Element is the form as sent.
func (f Form) Element() *Element {
	e := New(NSForm, "x").Set("type", f.Type)
	if f.Title != "" {
		e.Add(text(NSForm, "title", f.Title))
	}
	if f.Instructions != "" {
		e.Add(text(NSForm, "instructions", f.Instructions))
	}
	for _, field := range f.Fields {
		e.Add(field.element())
	}
	return e
}

func (f Field) element() *Element {
	e := New(NSForm, "field").SetIf("var", f.Var).SetIf("type", f.Type).SetIf("label", f.Label)
	if f.Required {
		e.Add(New(NSForm, "required"))
	}
	for _, v := range f.Values {
		e.Add(text(NSForm, "value", v))
	}
	for _, o := range f.Options {
		e.Add(New(NSForm, "option").SetIf("label", o.Label).Add(text(NSForm, "value", o.Value)))
	}
	return e
}
