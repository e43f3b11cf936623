package hardware

import (
	"fmt"
	"runtime"

	"github.com/ebitengine/purego"
	"github.com/ebitengine/purego/objc"
)

// framework opens one of the system's libraries.
func framework(name string) (uintptr, error) {
	lib, err := purego.Dlopen("/System/Library/Frameworks/"+name+".framework/"+name, purego.RTLD_LAZY|purego.RTLD_GLOBAL)
	if err != nil {
		return 0, fmt.Errorf("%w: no %s", ErrUnsupported, name)
	}
	return lib, nil
}

// find has a function of a library stand behind a variable. Not every version of the system has every function.
func find(lib uintptr, name string, function any) error {
	if _, err := purego.Dlsym(lib, name); err != nil {
		return fmt.Errorf("%w: no %s", ErrUnsupported, name)
	}
	purego.RegisterLibFunc(function, lib, name)
	return nil
}

// class sends a message to a class, by their names.
func class(name, message string, arguments ...any) objc.ID {
	return objc.ID(objc.GetClass(name)).Send(objc.RegisterName(message), arguments...)
}

// send sends a message to an object. To none it does nothing, as everywhere in Objective-C.
func send(to objc.ID, message string, arguments ...any) objc.ID {
	return to.Send(objc.RegisterName(message), arguments...)
}

// apple is a string of theirs, valid until the pool is empty.
func apple(s string) objc.ID { return class("NSString", "stringWithUTF8String:", s+"\x00") }

// ours is a string of ours.
func ours(s objc.ID) string {
	if s == 0 {
		return ""
	}
	return objc.Send[string](s, objc.RegisterName("UTF8String"))
}

// pooled does something with objects that others own, and then lets those go.
func pooled(do func()) {
	runtime.LockOSThread() // a pool is a thread's
	defer runtime.UnlockOSThread()
	pool := class("NSAutoreleasePool", "new")
	defer send(pool, "drain")
	do()
}
