package text

import "strings"

// maxFit bounds what is looked at for one line.
const maxFit = 400

// fitLimits are those of a line that is a sign of something else: pressing it leads there, not to a link in it.
var fitLimits = Limits{Lines: 1, NoLinks: true}

// Fit lays s out in a single line of at most width: white space becomes one space, and what does not fit gives way to an
// ellipsis. It is for names and previews.
func Fit(s string, width float32, measure Measure) Layout {
	flat := strings.Join(strings.Fields(cut(s, 16*maxFit)), " ")
	cs, end := clusters(flat, maxFit)
	one := Wrap(flat[:end], inf, measure, fitLimits)
	if one.Width <= width && end == len(flat) {
		return one
	}
	low, high := 0, len(cs)
	for low < high { // the widest beginning that fits
		mid := (low + high + 1) / 2
		if try := Wrap(shortened(flat, cs, mid), inf, measure, fitLimits); try.Width <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return Wrap(shortened(flat, cs, low), inf, measure, fitLimits)
}

func shortened(s string, cs []cluster, n int) string {
	if n == 0 {
		return "…"
	}
	return strings.TrimRight(s[:cs[n-1].end], " ") + "…"
}

const inf = float32(1 << 24)
