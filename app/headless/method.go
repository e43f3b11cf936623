package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"kith/core"
	"kith/core/model"
)

// The error codes (JSON-RPC 2.0 §5.1). codeFailed is ours: the call was right and did not succeed; data.kind says why.
const (
	codeParse    = -32700
	codeInvalid  = -32600
	codeNoMethod = -32601
	codeParams   = -32602
	codeFailed   = -32000
)

// rpcError is an error as the caller sees it. Its texts hold no addresses and no messages.
type rpcError struct {
	Code    int        `json:"code"`
	Message string     `json:"message"`
	Data    *errorData `json:"data,omitempty"`
}

// errorData lets programs tell errors apart.
type errorData struct {
	Kind   string `json:"kind"`
	Detail string `json:"detail,omitempty"` // of a certificate: expired, not-yet, foreign, other-name
}

func (e *rpcError) Error() string { return e.Message }

func badParams(format string, args ...any) error {
	return &rpcError{Code: codeParams, Message: fmt.Sprintf(format, args...)}
}

func failed(kind, message string) error {
	return &rpcError{Code: codeFailed, Message: message, Data: &errorData{Kind: kind}}
}

// toError sorts any error for the caller.
func toError(err error) *rpcError {
	var own *rpcError
	if errors.As(err, &own) {
		return own
	}
	e := &rpcError{Code: codeFailed, Message: err.Error(), Data: &errorData{Kind: core.KindOf(err).String()}}
	switch {
	case errors.Is(err, core.ErrExists):
		e.Data.Kind = "exists"
	case errors.Is(err, core.ErrNotFound):
		e.Data.Kind = "not-found"
	case errors.Is(err, core.ErrBusy):
		e.Data.Kind = "busy"
	case errors.Is(err, core.ErrNoRelay):
		e.Data.Kind = "no-relay"
	case errors.Is(err, core.ErrNoCalls):
		e.Data.Kind = "no-calls"
	case errors.Is(err, core.ErrEmpty), errors.Is(err, core.ErrTooLong):
		return &rpcError{Code: codeParams, Message: err.Error()}
	default:
		e.Data.Detail = core.CertificateFault(err)
	}
	return e
}

// method is something that can be called.
type method struct {
	name   string
	slow   bool         // waits for the network or for goroutines to end: runs beside the others
	params reflect.Type // a struct; fields without omitempty are required
	call   func(ctx context.Context, params json.RawMessage) (any, error)
}

// quick is a method that only touches the store.
func quick[P, R any](name string, fn func(context.Context, P) (R, error)) method {
	return method{name: name, params: reflect.TypeFor[P](), call: func(ctx context.Context, raw json.RawMessage) (any, error) {
		var p P
		if err := decode(raw, &p); err != nil {
			return nil, err
		}
		return fn(ctx, p)
	}}
}

// slow is a method that waits for others.
func slow[P, R any](name string, fn func(context.Context, P) (R, error)) method {
	m := quick(name, fn)
	m.slow = true
	return m
}

// done is the result of a method that has none to tell: an empty object.
type done struct{}

// decode fills the struct that p points to. Unknown and missing parameters are refused: a caller that asks for
// something that is not done must hear so.
func decode(raw json.RawMessage, p any) error {
	if len(raw) == 0 || string(raw) == "null" {
		raw = json.RawMessage("{}")
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(raw, &given); err != nil || given == nil {
		return badParams("params must be an object")
	}
	n := len(given)
	for _, f := range fields(reflect.TypeOf(p).Elem()) {
		value, ok := given[f.name]
		if f.required && (!ok || string(value) == "null") {
			return badParams("%s is missing", f.name)
		}
		if ok {
			n--
		}
	}
	if n > 0 { // its name stays untold: it may be an address
		return badParams("there is a parameter that the method does not take")
	}
	if err := json.Unmarshal(raw, p); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return badParams("%s has the wrong type", wrong.Field)
		}
		return badParams("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// field is a parameter.
type field struct {
	name     string
	kind     string // as in JSON Schema
	required bool
}

// fields lists the parameters of a params struct, those of embedded structs first.
func fields(t reflect.Type) []field {
	var all []field
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		all = append(all, field{name, schemaType(f.Type), !strings.Contains(rest, "omit")})
	}
	return all
}

func schemaType(t reflect.Type) string {
	if t == reflect.TypeFor[messageID]() {
		return "string"
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	default:
		return "integer"
	}
}

// messageID is a message's number as a string: JSON numbers lose digits behind 2^53 in many languages.
type messageID model.MessageID

// MarshalText writes the number.
func (id messageID) MarshalText() ([]byte, error) {
	return strconv.AppendInt(nil, int64(id), 10), nil
}

// UnmarshalJSON reads a string or a whole number.
func (id *messageID) UnmarshalJSON(text []byte) error {
	if string(text) == "null" { // as for every other type
		return nil
	}
	n, err := strconv.ParseInt(strings.Trim(string(text), `"`), 10, 64)
	if err != nil || n < 0 {
		return badParams("not the number of a message")
	}
	*id = messageID(n)
	return nil
}
