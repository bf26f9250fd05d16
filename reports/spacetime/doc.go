// Package spacetime draws what happened in a run: as text, peers beside each
// other and time downwards, and as a picture, peers as lanes and true time to
// the right, with slanted arrows, since overtaking is what there is to see.
//
// It owns the drawing of recorded events. It must never know how a run came
// about or judge it: verdicts and sentences are those of the record. What a
// picture does not show it says, and what is too large for one is refused.
package spacetime
