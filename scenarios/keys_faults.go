package scenarios

import "math"

var triggerForm = form{kind: formTrigger}

var faultObject = object{name: "fault", doc: "One fault: what happens, when, and for how long.", keys: []key{
	{"name", nameForm, "", false, "names the draws of chance and every, and the fault in reports; what it does to whom when absent"},
	{"at", duration(), "", false, "true time of the fault; with every: from when on"},
	{"since", origin, "start", false, originDoc},
	{"after", triggerForm, "", false, `instead of at: right after the nth event of a kind, such as "2nd ack of p0#7 leaves p1", "3rd delivery at p2", "p0 opens"`},
	{"delay", duration(), "0ms", false, "after: how much later"},
	{"chance", ratioForm, "", false, "probability that the fault is there in a run at all; always when absent"},
	{"every", family(&durations).paced(), "", false, "strikes again and again, with these pauses; a strike while it lasts changes nothing"},
	{"for", positive().or("none"), "none", false, "how long it lasts; none = to the end"},

	{"partition", list(form{kind: formPeers}), "", false, "two or more groups; what is sent from one to another is cut; peers in no group are cut from nobody"},
	{"one_way", boolForm, "false", false, "partition: only what the first of two groups sends to the second is cut"},
	{"ring", form{kind: formPeers}, "", false, "four or more peers, each of which reaches only the one before it and the one after it"},
	{"isolate", peersForm, "", false, "peers that are each cut from everybody else"},
	{"bridge", peerForm, "", false, "the one peer that reaches everybody; the others, by number, are cut into two halves"},
	{"clog", of(&clogObject), "", false, "links at whose end everything waits, whenever it was sent; at the release it arrives at once, in the order in which it came"},
	{"up", positive(), "", false, "cuts and clogs that flap: how long they let go between two times"},
	{"down", positive(), "", false, "cuts and clogs that flap: how long they last each time; the first begins at once"},
	{"mode", word("drop", "hold"), "drop", false, "cuts: packets across it are lost, or held until it heals"},
	{"in_flight", word("pass", "drop"), "pass", false, "cuts: what becomes of packets sent before it that would arrive across it"},

	{"crash", peerForm, "", false, "the peer that crashes: its timers and steps stop, packets it has sent travel on, packets that come while it is down are lost"},
	{"at_delivery", messageForm, "", false, "crash: in the very step in which the peer delivers this message, instead of at"},
	{"sent", integer(0, math.MaxInt32), "0", false, "at_delivery: packets of that step that still leave after the delivery"},
	{"restart", duration().or("never"), "never", false, "crash: when the peer comes back, counted as at; for says how much later instead"},
	{"state", word(stateWords[:]...), "kept", false, "crash with restart, for or heal_at: what the peer remembers: all, nothing but how many messages it has broadcast, or what was saved last"},
	{"save", positive(), "", false, "state saved: at every multiple of this true time its ordering, its transport and its phases are saved; before the first there is nothing"},
	{"save_deliveries", integer(1, math.MaxInt32), "", false, "state saved: at the end of each step that completes so many deliveries more"},

	{"pause", peerForm, "", false, "the peer whose process stops: packets, timers and broadcasts queue up and are handled at the end, in order; its clock goes on"},
	{"slow", peerForm, "", false, "the peer that handles one packet, timer or broadcast after another, each in the time of service"},
	{"service", positive(), "1ms", false, "slow: how long a step takes; its effects come at its end"},
	{"join", peerForm, "", false, "the peer that begins its handshake only now; what comes before is lost"},
	{"leave", peerForm, "", false, "the peer whose application broadcasts no more: it says STOP, and goes on receiving and answering"},
	{"clock", peerForm, "", false, "the peer whose clock jumps; its timers follow"},
	{"by", amount(&durations, -maxJump, maxJump), "", false, "clock: how far; negative = back"},
}}

// maxJump bounds a jump of a clock that may come again and again.
const maxJump = 3_600_000_000_000

var clogObject = object{name: "clog", doc: "Directed links.", keys: []key{
	{"from", peersForm, "", false, "senders; every peer when absent"},
	{"to", peersForm, "", false, "receivers; every peer when absent"},
}}

// defaultWithin is what heal_at.within means when it is absent.
const defaultWithin = "30s"

var healObject = object{
	name: "heal", lone: "at", doc: "Safety first, then liveness. At this time every fault in force ends and none begins any more: cuts heal, clogs release, crashed peers come back, paused and slow ones go on, peers that have not joined join. From then on links are up and lose, damage, duplicate, reorder and stall nothing that is sent; mtu, bandwidth and queue are no faults and stay, as do clocks.",
	keys: []key{
		{"at", positive(), "", true, "true time of the heal"},
		{"since", origin, "start", false, originDoc},
		{"within", positive(), defaultWithin, false, "time after the heal, or after a later broadcast, in which a message must reach every log"},
	},
}
