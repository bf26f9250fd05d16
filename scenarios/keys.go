package scenarios

import (
	"math"

	"mpcomm/peer"
)

var (
	peerForm    = form{kind: formPeer}
	peersForm   = form{kind: formPeers, single: true}
	namedForm   = form{kind: formPeers, single: true, named: true}
	messageForm = form{kind: formMessage}
	ratioForm   = form{kind: formRatio}
	boolForm    = form{kind: formBool}
	textForm    = form{kind: formText}
	nameForm    = form{kind: formName}
	orderForm   = form{kind: formOrdering}
	trigger     = word("delivery", "arrival")
	origin      = word("start", "data")
)

const (
	originDoc  = "what the time counts from: start of the run, or the opening of the data phase at every peer (T0)"
	triggerDoc = "delivery = when the ordering delivers the message there; arrival = when its body first reaches the host"
)

// maxMessages bounds the broadcasts of one run, so that every broadcast has a
// number of 32 bits.
const maxMessages = math.MaxInt32

var scenarioObject = object{name: "scenario", doc: "One experiment with a group of peers that broadcast to each other.", keys: []key{
	{"version", integer(1, 1), "1", false, "version of this language"},
	{"name", nameForm, "", false, "what the scenario is called; the file's name without its ending"},
	{"doc", textForm, `""`, false, "what the scenario teaches"},
	{"seed", form{kind: formSeed}, "1", false, "the run's seed; run i of a sweep uses seed + i"},
	{"peers", integer(1, peer.MaxPeers), "6", false, "size of the group, p0 to p(n-1)"},
	{"orderings", list(orderForm), "[naive, timestamp, lamport]", false, "the protocols to compare, each on the same sends and delays"},
	{"phases", of(&phasesObject), "robust", false, "how handshake and stop are spoken"},
	{"workload", of(&workloadObject), "", false, "when applications broadcast"},
	{"groups", table("group", namedForm), "{}", false, "names for sets of peers, for from and to of links and changes; sites are such names too"},
	{"network", of(&networkObject), "", false, "how long packets take and what befalls them"},
	{"clocks", of(&clocksObject), "", false, "what the peers' clocks read"},
	{"faults", list(of(&faultObject)), "[]", false, "partitions, crashes, pauses and the like: at times, after events, or by chance"},
	{"heal_at", positive().with(&healObject), "", false, "when everything is repaired, so that liveness can be demanded from then on: a time since the start of the run, or {at: TIME, since: data, within: 10s}; never when absent"},
	{"ties", word("insertion", "permuted"), "insertion", false, "which of several events of one instant comes first: the one scheduled first, or one drawn by name from the seed, so that what rests on an accident shows; packets of one fifo link keep their order"},
	{"limits", of(&limitsObject), "", false, "what ends a run that does not end by itself"},
	{"measure", of(&measureObject), "", false, "restricts metrics to messages broadcast in a window; all of them when absent"},
	{"watch", list(of(&watchObject)), "[]", false, "questions about the order of two messages in one log"},
	{"expect", table("ordering", of(&expectObject)), "{}", false, "what each ordering is expected to do; makes the file a test"},
	{"swarm", table("path", list(form{kind: formValue}).with(&drawObject)), "{}", false, "paths of this file whose values each seed draws: one of a list, or an amount of a range, and in part of the runs none at all; each draw is named by its path"},
	{"sweep", of(&sweepObject), "", false, "repeats the scenario over seeds and a grid of parameters"},
}}

var phasesObject = object{name: "phases", word: "kind", doc: "The handshake before the data and the stop after it.", keys: []key{
	{"kind", word("robust", "classic", "none"), "robust", false, "robust asks again for what is missing; classic counts packets and repairs nothing, as the lab does; none opens data at once"},
	{"retry", positive(), "1s", false, "robust: silence before a peer asks for a missing READY or STOP"},
	{"backoff", integer(1, 16), "2", false, "robust: factor from one question to the next; they are at most 8s apart"},
	{"give_up", positive(), "20s", false, "robust: how long a READY is waited for"},
	{"stop_gap", duration(), "0ms", false, "robust and classic: pause between being done and STOP"},
	{"drain", positive(), "10s", false, "silence after which a log closes with messages missing"},
}}

var workloadObject = object{name: "workload", doc: "When applications broadcast: messages and gap, or sends.", keys: []key{
	{"messages", integer(0, peer.MaxNumber+1), "10", false, "broadcasts of each sender; not with sends"},
	{"gap", family(&durations).paced(), "{kind: uniform, min: 10ms, max: 99ms}", false, "time before each broadcast, from the peer's opening or its previous broadcast; a rate such as 50/s stands for its period; not with sends"},
	{"start", family(&durations), "0ms", false, "added before the first gap; not with sends"},
	{"senders", peersForm, "", false, "who broadcasts; every peer when absent; not with sends"},
	{"sends", list(of(&sendObject)), "", false, "an explicit schedule instead of messages and gap"},
	{"replies", of(&repliesObject), "", false, "peers answer each other's scheduled messages; nobody does when absent"},
	{"size", family(&sizes), "100B", false, "bytes of a message's body"},
}}

var sendObject = object{name: "send", doc: "One broadcast of an explicit schedule: at a time, or after a message.", keys: []key{
	{"from", peerForm, "", true, "who broadcasts"},
	{"number", integer(0, peer.MaxNumber), "", false, "number of the message; its place among the sender's entries when absent"},
	{"at", family(&durations), "", false, "time since the data phase is open at every peer; this or after"},
	{"after", messageForm, "", false, "the message whose delivery at the sender triggers this one; this or at"},
	{"delay", family(&durations), "0ms", false, "after: pause between trigger and broadcast"},
	{"on", trigger, "delivery", false, "after: " + triggerDoc},
}}

var repliesObject = object{name: "replies", doc: "Answers to other peers' messages, each a cause made visible.", keys: []key{
	{"probability", ratioForm, "1/4", false, "that a given other peer answers a given message"},
	{"delay", family(&durations), "5ms", false, "pause between trigger and answer"},
	{"on", trigger, "delivery", false, triggerDoc},
	{"depth", integer(1, 8), "1", false, "1 = only scheduled messages are answered, 2 = also their answers, and so on"},
}}

var networkObject = object{name: "network", doc: "Links between peers. The delay of a packet is base plus excess.", keys: []key{
	{"latency", family(&durations), "", false, "excess delay over the base; when absent matrix.jitter, else the preset's, else 0 with a base and exponential with mean 20ms without one"},
	{"preset", word(presetNames()...), "", false, "a kind of network: sets excess, loss, duplicate and reorder where the file does not"},
	{"sites", list(textForm), "", false, "where peers sit, in turn: cities (base = distance / 200 km per ms x inflation) or rows of the matrix"},
	{"inflation", form{kind: formFixed, min: 1 << 32, max: 100 << 32}, "2", false, "cities: how much longer than a great circle the cable is"},
	{"matrix", of(&matrixObject), "", false, "measured round trips between sites; base = half"},
	{"server", textForm, "", false, "site of the comparison server; when absent, logs are submitted in no time"},
	{"self", family(&durations).or("immediate", "loopback", "ordered"), "immediate", false, "when a peer's own message reaches its own ordering: at once, over a link like the others, or after a delay; ordered means immediate"},
	{"link", word("fifo", "datagram"), "fifo", false, "fifo = packets on one link never overtake; datagram = they may"},
	{"reorder", of(&reorderObject).or("none"), "", false, "datagram: a share of the packets waits longer; the preset's when absent, else none"},
	{"loss", ratioForm.with(&burstsObject), "", false, "probability that a packet is lost, or a process of bursts; the preset's when absent, else 0"},
	{"duplicate", ratioForm, "", false, "probability that a packet arrives twice; the preset's when absent, else 0"},
	{"overhead", amount(&sizes, 0, 1<<20), "0B", false, "bytes a packet adds to its body and stamp"},
	{"bandwidth", amount(&bandwidths, 1, maxBandwidth).or("none"), "none", false, "of each directed link"},
	{"queue", amount(&sizes, 1, 1<<50).or("none"), "none", false, "bytes that may wait for a link's bandwidth; what exceeds them is dropped; none = any number"},
	{"correlation", of(&correlationObject).or("none"), "none", false, "ties the delays of each directed link together in time; each keeps its distribution"},
	{"stalls", of(&stallsObject).or("none"), "none", false, "each directed link freezes now and then, and then delivers all at once"},
	{"mtu", amount(&sizes, 1, 1<<30).or("none"), "none", false, "largest packet, overhead included; a larger one is dropped, not cut in pieces"},
	{"corrupt", ratioForm, "0", false, "probability that a packet is damaged on the way: its receiver notices and discards it"},
	{"transport", of(&transportObject), "none", false, "the stage between links and ordering"},
	{"links", list(of(&linkObject)), "[]", false, "exceptions for directed links; later entries win, key by key"},
	{"changes", list(of(&changeObject)), "[]", false, "what links become at given times; of changes that last together later entries win, key by key"},
	{"delays", list(of(&delayObject)), "[]", false, "explicit delays of single packets, in place of what would be drawn for them; a link that is down, its mtu and a partition stop them all the same"},
}}

var matrixObject = object{name: "matrix", doc: "A file of measured round trips: names in the first line and column, row = from, column = to.", keys: []key{
	{"file", textForm, "", true, "path of the CSV file, relative to the scenario"},
	{"unit", word("ns", "us", "ms", "s"), "ms", false, "of the numbers in the file"},
	{"jitter", family(&durations), "", false, "excess delay over half the round trip; when absent the preset's, else 0"},
}}

var reorderObject = object{name: "reorder", doc: "Packets that wait longer than others, so that those behind overtake.", keys: []key{
	{"share", ratioForm, "1/100", false, "probability that a packet waits longer"},
	{"extra", family(&durations), "{kind: exponential, mean: 30ms}", false, "by how much"},
}}

var burstsObject = object{name: "bursts", doc: "Loss in bursts: each link is good or bad (Gilbert 1960, Elliott 1963), by a process in time.", keys: []key{
	{"kind", word("gilbert-elliott"), "", true, "the only process there is"},
	{"p", ratioForm, "1/50", false, "probability of good to bad, at each multiple of every"},
	{"r", ratioForm, "3/10", false, "probability of bad to good, at each multiple of every"},
	{"every", positive(), "10ms", false, "time between two chances to change"},
	{"good", ratioForm, "0", false, "loss while good"},
	{"bad", ratioForm, "1/2", false, "loss while bad"},
}}

var correlationObject = object{name: "correlation", doc: "A level of each directed link, on which its delays rise and fall together: the normal scores of two packets sent t apart are correlated by share x (1 - t/span), beyond span not at all.", keys: []key{
	{"share", ratioForm, "1/2", false, "of the variance of a delay (of its normal score; of its logarithm, if lognormal) that is the link's"},
	{"span", positive(), "1s", false, "how long a level is felt; a multiple of every"},
	{"every", positive(), "100ms", false, "time from one change of the level to the next"},
}}

var stallsObject = object{name: "stalls", doc: "While a link is stalled nothing arrives over it; what would have, sent before the stall or during it, arrives at its end.", keys: []key{
	{"every", family(&durations), "{kind: exponential, mean: 30s}", false, "time from the end of a stall, or from the start of the run, to the next stall; a median of 1ms or more"},
	{"for", family(&durations), "{kind: exponential, mean: 1s}", false, "how long a stall lasts"},
	{"stragglers", ratioForm, "5%", false, "of the packets that a stall froze, how many come later than its end"},
	{"later", family(&durations), "{kind: exponential, mean: 200ms}", false, "by how much"},
}}

var transportObject = object{name: "transport", word: "kind", doc: "What repairs links below any ordering.", keys: []key{
	{"kind", word("none", "fifo", "reliable"), "none", false, "fifo resequences and stops at gaps; reliable acknowledges, retransmits and resequences"},
	{"rto", positive(), "200ms", false, "reliable: time without acknowledgement before a packet is sent again"},
	{"backoff", integer(1, 16), "2", false, "reliable: factor from one retransmission to the next"},
	{"nack", boolForm, "false", false, "reliable: also ask for what a gap shows to be missing"},
}}

var linkObject = object{name: "link", doc: "Exceptions for directed links. Keys that are absent keep their value.", keys: append([]key{
	{"from", namedForm, "", false, "senders: peers, sites or groups; every peer when absent"},
	{"to", namedForm, "", false, "receivers: peers, sites or groups; every peer when absent"},
}, linkProperties...)}

var changeObject = object{name: "change", doc: "Other properties of directed links for a time. It acts on what is sent while it lasts; packets under way keep their arrival.", keys: append([]key{
	{"at", duration(), "", true, "true time at which it begins"},
	{"since", origin, "start", false, originDoc},
	{"for", positive().or("none"), "none", false, "how long it lasts; none = to the end"},
	{"from", namedForm, "", false, "senders: peers, sites or groups; every peer when absent"},
	{"to", namedForm, "", false, "receivers: peers, sites or groups; every peer when absent"},
}, linkProperties...)}

// linkProperties are what an entry may say about its links.
var linkProperties = []key{
	{"down", boolForm, "", false, "the links carry nothing"},
	{"latency", family(&durations), "", false, "the whole delay, in place of base and excess"},
	{"link", word("fifo", "datagram"), "", false, "as network.link"},
	{"reorder", of(&reorderObject).or("none"), "", false, "as network.reorder"},
	{"loss", ratioForm.with(&burstsObject), "", false, "as network.loss"},
	{"duplicate", ratioForm, "", false, "as network.duplicate"},
	{"bandwidth", amount(&bandwidths, 1, maxBandwidth).or("none"), "", false, "as network.bandwidth"},
	{"queue", amount(&sizes, 1, 1<<50).or("none"), "", false, "as network.queue"},
	{"correlation", of(&correlationObject).or("none"), "", false, "as network.correlation"},
	{"stalls", of(&stallsObject).or("none"), "", false, "as network.stalls"},
	{"mtu", amount(&sizes, 1, 1<<30).or("none"), "", false, "as network.mtu"},
	{"corrupt", ratioForm, "", false, "as network.corrupt"},
}

var delayObject = object{name: "delay", doc: "The fate of the first packet that carries a message's body over one link.", keys: []key{
	{"message", messageForm, "", true, "the message"},
	{"from", peerForm, "", false, "whose packet: the message's own sender when absent, else a peer that sends it on"},
	{"to", peerForm, "", true, "the receiver"},
	{"delay", duration(), "", false, "how long the packet takes; this or lost"},
	{"lost", boolForm, "false", false, "the packet never arrives; this or delay"},
}}

var limitsObject = object{name: "limits", doc: "What ends a run that does not end by itself.", keys: []key{
	{"until", positive(), "60s", false, "true time"},
	{"since", origin, "start", false, originDoc},
	{"events", integer(1, math.MaxInt64).or("none"), "none", false, "number of events"},
}}

var measureObject = object{name: "measure", doc: "Metrics, latencies and counts look only at messages broadcast in this window since T0.", keys: []key{
	{"from", duration(), "0ms", false, "first instant of the window"},
	{"until", positive().or("none"), "none", false, "first instant after the window; none = to the end"},
}}

var watchObject = object{name: "watch", doc: "Is first in the peer's log, with then not before it?", keys: []key{
	{"peer", peerForm, "", true, "whose log"},
	{"first", messageForm, "", true, "a message"},
	{"then", messageForm, "", true, "another message"},
}}

var propertyNames = []string{"integrity", "validity", "agreement", "uniform", "fifo", "causal", "total", "liveness"}

var expectObject = object{name: "expectation", doc: "What an ordering is expected to do. Unknown cannot be expected.", keys: []key{
	{"logs", word("identical", "differ"), "", false, "whether all compared logs are the same"},
	{"complete", boolForm, "", false, "whether every compared log holds every message of a correct peer, and all were submitted"},
	{"integrity", word("holds", "violated"), "", false, "nothing twice, nothing that was never broadcast"},
	{"validity", word("holds", "violated"), "", false, "a correct peer's message is in some log"},
	{"agreement", word("holds", "violated"), "", false, "in one log, so in all"},
	{"uniform", word("holds", "violated"), "", false, "in any log, crashed peers' too, so in all"},
	{"fifo", word("holds", "violated"), "", false, "a sender's messages in its order, without gaps"},
	{"causal", word("holds", "violated"), "", false, "causes before effects, without gaps"},
	{"total", word("holds", "violated"), "", false, "no two logs hold two messages in opposite orders"},
	{"liveness", word("holds", "violated"), "", false, "with heal_at: within its budget every message of a correct peer is in every log of one"},
	{"limit", word("none", "quiet", "until", "events"), "", false, "how the run ends: none = every peer submitted or crashed"},
	{"stuck", form{kind: formPeers}, "", false, "the peers that wait for something for ever"},
	{"first_difference", integer(1, math.MaxInt32), "", false, "first position, from 1, at which the logs differ"},
	{"happened", list(boolForm), "", false, "the answers to watch, in its order"},
}}

var sweepObject = object{name: "sweep", doc: "Many runs: seeds times a grid of parameters.", keys: []key{
	{"runs", integer(1, 1_000_000_000), "500", false, "seeds per cell of the grid; with precision the most that are spent on it, then 100000 when absent"},
	{"precision", form{kind: formPrecision}.or("none"), "none", false, "makes as many runs as it takes for the 95% interval of a share or a mean to be no wider in any cell: METRIC=WIDTH such as identical=2%, or {METRIC: WIDTH}"},
	{"grid", table("path", list(form{kind: formValue})), "{}", false, "paths of this file and the values each takes; all combinations, the first path slowest"},
}}

var drawObject = object{name: "draw", doc: "What the seed draws for one value of the scenario. A list stands for {values: list}.", keys: []key{
	{"off", ratioForm, "0", false, "share of the runs in which the value is zero, none or absent; alone it switches what the file has there"},
	{"values", list(form{kind: formValue}), "", false, "one of these, each as likely"},
	{"kind", word("uniform", "log-uniform"), "uniform", false, "how an amount lies between min and max; log-uniform = each factor as likely"},
	{"min", form{kind: formValue}, "", false, "least amount, in the unit of the path"},
	{"max", form{kind: formValue}, "", false, "largest amount, included"},
}}
