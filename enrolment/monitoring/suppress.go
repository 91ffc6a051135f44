package monitoring

// fewest is the smallest number of people that a shared sheet shows.
const fewest = 5

// hideGroups says which numbers of a breakdown a shared sheet must not show. Every number under five but zero is hidden;
// and where only one of a column would be, the next smallest is too, since the total would betray it. Groups must be
// categories that don't overlap.
func hideGroups(list []Group) [][stages]bool {
	hidden := make([][stages]bool, len(list))
	column := make([]int, len(list))
	for stage := range stages {
		for i, g := range list {
			column[i] = g.Counts[stage]
		}
		for i, h := range hideColumn(column) {
			hidden[i][stage] = h
		}
	}
	return hidden
}

// hideColumn says which of the numbers of a column to hide, when their sum is shown.
func hideColumn(column []int) []bool {
	hidden := make([]bool, len(column))
	n, next := 0, -1
	for i, v := range column {
		switch {
		case small(v):
			hidden[i] = true
			n++
		case v > 0 && (next < 0 || v < column[next]):
			next = i
		}
	}
	if n == 1 && next >= 0 {
		hidden[next] = true
	}
	return hidden
}

// small tells whether n people are too few to be shown to others.
func small(n int) bool { return 0 < n && n < fewest }
