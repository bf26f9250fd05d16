// Package stats holds the arithmetic of the reports: exact ratios and moments,
// intervals for shares and means, quantiles, pooled histograms and resampling.
//
// It owns how numbers are summed, rounded and bounded, so that a report is the
// same bytes on every machine: sums are integers or fixed point, every float
// is the nearest one to an exact quotient or a chain of + - * / and square
// roots with each product rounded by itself, and constants are literals.
//
// It must never know what is measured: no peers, no logs, no scenarios.
package stats
