// Package fit finds the model of the scenario language that is most like what
// was measured: a family of delays and a process of losses for a series of
// pings, places and their inflation for a matrix of round trips; and says how
// far model and measurement are apart.
//
// It owns the reading of pings, the estimators, the criterion that chooses
// among them, and the measures of goodness. It must never know how a scenario
// is written, nor how a run uses the model. It lies beside the reports because
// it is statistics in floating point: its results are rounded to the integers
// and ratios of the language before anything is run with them.
//
// A delay one way is taken as half its round trip, as everywhere here: no
// ping tells the two ways apart. For the same reason a lost ping is taken as one
// packet lost: the share of packets lost on either way alone is smaller, about
// half of it.
package fit
