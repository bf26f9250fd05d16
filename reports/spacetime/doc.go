// Package spacetime draws what happened in a run: peers beside each other, time
// downwards.
//
// It owns the drawing of recorded events. It must never know how a run came
// about or judge it: it shows what package journal has recorded.
package spacetime
