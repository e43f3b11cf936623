//go:build !race

package crypto

// slow divides the counts of the longest tests; without the race detector they are run in full.
const slow = 1
