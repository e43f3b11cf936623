//go:build race

package crypto

// slow divides the counts of the longest tests under the race detector, which makes elliptic curves twelve times slower
// and has nothing to find in them.
const slow = 10
