package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// fault is a random entry of faults, of any kind, at any kind of time.
func (w *writer) fault() string {
	var parts []string
	add := func(k, v string) { parts = append(parts, k+": "+v) }
	maybe := func(o *object, keys ...string) {
		for _, k := range keys {
			if w.chance(k) {
				add(k, w.value(&o.key(k).form))
			}
		}
	}
	kinds := faultWords[:]
	if w.peers < 4 {
		kinds = slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return k == "ring" || k == "bridge" })
	}
	kind := w.pick("fault", kinds...)
	lasting := slices.Contains(faultKeys[slices.Index(faultWords[:], kind)], "for")
	w.mishaps++
	add("name", fmt.Sprintf("f%d", w.mishaps)) // chance asks for different ones
	maybe(&faultObject, "chance")
	timed, untimed := false, false
	switch w.pick("when", "at", "after", "every") {
	case "after":
		add("after", quote(w.pick("event", "2nd data leaves p1 for p0", "3rd packet reaches any from p1", "p0 opens",
			"1st broadcast at p1", "11th link-ack leaves any", "2nd delivery at any", "2nd p1 restarts")))
		maybe(&faultObject, "delay")
		untimed = true
	case "every":
		if kind != "join" && kind != "leave" {
			add("every", w.pick("every", "{kind: exponential, mean: 2s}", "300ms", "4/s"))
			if lasting && kind != "crash" {
				add("for", w.amount(&faultObject.key("for").form))
				lasting = false
			}
			untimed = true
			break
		}
		fallthrough
	default:
		add("at", "1s")
		timed = true
		if kind != "join" {
			maybe(&faultObject, "since")
		}
	}
	if w.subject(kind, add, maybe, timed, untimed) {
		lasting = false
	}
	if kind == "slow" {
		maybe(&faultObject, "service")
	}
	if FaultKind(slices.Index(faultWords[:], kind)).Cuts() {
		if lasting && w.chance("flaps") {
			add("down", "20ms")
			add("up", "7ms")
			add("for", w.pick("for", "none", "1s"))
			lasting = false
		}
		if kind != "clog" {
			maybe(&faultObject, "mode", "in_flight")
		}
	}
	if lasting {
		maybe(&faultObject, "for")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// subject is whom or what a fault of a kind befalls, and reports whether that
// says how long, too.
func (w *writer) subject(kind string, add func(k, v string), maybe func(*object, ...string), timed, untimed bool) bool {
	switch kind {
	case "partition":
		add(kind, "[[0], [1]]")
		maybe(&faultObject, "one_way")
	case "ring":
		add(kind, "[2, 0, 3, 1]")
	case "clog":
		add(kind, w.pick("links", "{}", "{from: 0}", "{from: [1], to: [0]}", "{to: 1}"))
	case "crash":
		add(kind, w.value(&peerForm))
		w.crash(add, timed, untimed)
		return true
	case "clock":
		add(kind, w.value(&peerForm))
		add("by", w.pick("by", "-80ms", "1h", "7us", "0ms"))
	case "isolate":
		add(kind, w.pick("alone", "0", "[1]", "[1, 0]"))
	default:
		add(kind, w.value(&peerForm))
	}
	return false
}

// crash is what a crash says about the return.
func (w *writer) crash(add func(k, v string), timed, untimed bool) {
	switch {
	case !untimed && w.chance("restart"):
		add("restart", "2s")
	case w.chance("for"):
		add("for", "30ms")
	case !w.heals || !w.chance("state"):
		return
	}
	state := w.pick("state", stateWords[:]...)
	add("state", state)
	if state == "saved" {
		add("save_deliveries", "3")
		if timed || w.chance("save") {
			add("save", "100ms")
		}
	}
}
