package scenarios

import (
	"mpcomm/peer/clock"
)

var clocksObject = object{name: "clocks", doc: "local time = true time + offset + drift x true time + steps and all else that happens to the clock, rounded down to a tick.", keys: []key{
	{"default", of(&clockObject), "", false, "the clock of every peer"},
	{"peers", table("peer", of(&clockObject)), "{}", false, "exceptions by peer; keys that are absent keep the default's value"},
}}

// maxOffset bounds jumps of clocks.
const maxOffset = int64(clock.MaxOffset)

var clockObject = object{name: "clock", doc: "One peer's clock. Distributions are drawn once a run and peer.", keys: []key{
	{"preset", word(clockPresetNames()...), "", false, "a kind of clock: sets offset, offset_max, sign, drift, wander, sync and bound where the file does not"},
	{"offset", signedFamily(&durations), "0ms", false, "how far ahead of true time the clock starts"},
	{"offset_max", amount(&durations, 1, maxOffset).or("none"), "none", false, "largest offset to either side: a draw beyond it becomes it and is counted as clamped"},
	{"sign", word("drawn", "either"), "drawn", false, "drawn = offset and drift are as drawn; either = a fair coin for each says whether its sign is changed"},
	{"drift", signedFamily(&drifts), "0ppm", false, "how much faster than true time it runs"},
	{"wander", of(&wanderObject).or("none"), "none", false, "its rate changes again and again"},
	{"tick", positive(), "1ns", false, "its resolution"},
	{"step", list(of(&stepObject)), "[]", false, "when it jumps"},
	{"freeze", list(of(&freezeObject)), "[]", false, "when it stands still"},
	{"sync", of(&syncObject).or("none"), "none", false, "it is set right again and again"},
	{"bound", amount(&durations, 0, maxOffset).with(&boundObject).or("none"), "none", false, "the scenario's promise that the clock is never further from true time; each run checks it, and commit-wait takes the largest as its epsilon unless that is given"},
	{"replay", of(&replayObject).or("none"), "none", false, "it errs as a measured clock did, in place of drift, wander and sync; offset and steps are added"},
}}

var wanderObject = object{name: "wander", doc: "A rate that changes in time: the offset is a random walk. Over n intervals the clock gains a normal amount with standard deviation sd x every x sqrt(n).", keys: []key{
	{"sd", amount(&drifts, 1, clock.MaxDrift), "", true, "standard deviation of the rate, drawn anew for each interval"},
	{"every", positive(), "1s", false, "length of the intervals, of true time"},
}}

var stepObject = object{name: "step", doc: "A jump of a clock.", keys: []key{
	{"at", duration(), "", true, "true time of the jump"},
	{"by", amount(&durations, -maxOffset, maxOffset), "", true, "how far; negative = back"},
	{"since", origin, "start", false, originDoc},
}}

var freezeObject = object{name: "freeze", doc: "A time in which a clock stands still. Steps move it all the same.", keys: []key{
	{"at", duration(), "", true, "true time of its beginning"},
	{"for", positive(), "", true, "how long it lasts"},
	{"since", origin, "start", false, originDoc},
	{"resume", word("behind", "catches_up"), "behind", false, "behind = it goes on from where it stood; catches_up = it jumps to what it would have shown"},
}}

var syncObject = object{name: "sync", doc: "A clock is set right by an exchange with a server, as NTP does. Half the asymmetry of the two ways stays as its error, drawn from the links' own delays.", keys: []key{
	{"every", positive(), "", true, "true time from one exchange to the next"},
	{"first", duration(), "", false, "true time of the first; as every when absent"},
	{"with", peerForm.or("reference", "server"), "reference", false, "whose time: reference = true time, no way to go; server = true time at network.server, over links like all others; a peer = its clock, over the links between the two; delays are those of the links as they are at the beginning, whether up or down"},
	{"error", signedFamily(&durations), "0ms", false, "what each exchange errs by besides, drawn for each"},
	{"slew", amount(&drifts, 1, clock.MaxDrift).or("none"), "none", false, "rate at which the error is taken away; none = the clock steps"},
}}

var boundObject = object{name: "clock_bound", doc: "A bound on a clock's error that rises between two synchronisations and falls at each (Corbett et al., Spanner, OSDI 2012).", keys: []key{
	{"kind", word("sawtooth"), "", true, "the only shape there is besides a constant"},
	{"min", amount(&durations, 0, maxOffset), "1ms", false, "at each multiple of every"},
	{"max", amount(&durations, 0, maxOffset), "7ms", false, "right before it"},
	{"every", positive(), "30s", false, "true time from tooth to tooth"},
}}

var replayObject = object{name: "replay", doc: "A measured series of a clock's error: a CSV file of lines time,offset, straight between neighbours.", keys: []key{
	{"file", textForm, "", true, "path of the CSV file, relative to the scenario"},
	{"unit", word("ns", "us", "ms", "s"), "us", false, "of the offsets"},
	{"time_unit", word("ns", "us", "ms", "s"), "s", false, "of the times"},
	{"at", amount(&durations, -maxOffset, maxOffset), "0ms", false, "true time at which the file's first line stands; negative = the run begins within the series"},
	{"end", word("hold", "loop"), "hold", false, "after the last line: hold its offset, or begin again at the first, by a jump"},
}}
