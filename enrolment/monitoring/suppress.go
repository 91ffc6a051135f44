package monitoring

// fewest is the smallest number of people that a shared sheet shows.
const fewest = 5

// hideGroups says which numbers of a breakdown a shared sheet must not show; see hideColumn. Groups must be categories
// that don't overlap, so that a column adds up to a total that is shown.
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

// hideColumn says which numbers of a column to hide when their sum is shown: those under five but zero, and then the next
// smallest ones, zeros last, for as long as the sum would betray what is hidden.
func hideColumn(column []int) []bool {
	hidden := make([]bool, len(column))
	total := 0
	for i, v := range column {
		hidden[i] = small(v)
		total += v
	}
	for !small(total) && betrayed(column, hidden) {
		next := nextToHide(column, hidden)
		if next < 0 {
			break
		}
		hidden[next] = true
	}
	return hidden
}

// betrayed tells whether somebody who subtracts what is shown from the total learns a hidden number: there is only one,
// they are under five together, or they must all be ones or all be fours.
func betrayed(column []int, hidden []bool) bool {
	n, sum, few := 0, 0, true
	for i, v := range column {
		if hidden[i] {
			n++
			sum += v
			few = few && small(v)
		}
	}
	return n == 1 || n > 0 && sum < fewest || n > 0 && few && (sum == n || sum == n*(fewest-1))
}

// nextToHide is the smallest number still shown, a zero only when nothing else is; -1 when all is hidden.
func nextToHide(column []int, hidden []bool) int {
	next := -1
	for i, v := range column {
		if hidden[i] {
			continue
		}
		if next < 0 || column[next] == 0 && v > 0 || v > 0 && v < column[next] {
			next = i
		}
	}
	return next
}

// small tells whether n people are too few to be shown to others.
func small(n int) bool { return 0 < n && n < fewest }
