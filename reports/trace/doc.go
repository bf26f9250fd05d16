// Package trace is one recorded run of one ordering as values: messages and
// what became of each at each peer, hosts with their phases, clocks and logs,
// faults as bands in time, packets, findings. Texts, pictures, reports and
// exports are all made from them, so that they say the same.
//
// It owns that model and how it is put together from what was recorded. It must
// never know how a run is driven, and draws nothing. What limits turned away is
// counted in [LeftOut]: whoever shows a run has to say it.
package trace
