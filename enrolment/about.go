package enrolment

import (
	"slices"
	"strconv"

	"halqa/community/account"
	"halqa/events"
)

// Costs are the costs that an office may cover, in the order the form shows them.
var Costs = []string{"travel", "meals", "lodging"}

// Point is where something is on earth, in degrees of WGS 84.
type Point struct{ Latitude, Longitude float64 }

// GeoURI names the point as RFC 5870 does: phones open it in the map that their owner chose.
func (p Point) GeoURI() string { return "geo:" + degrees(p.Latitude) + "," + degrees(p.Longitude) }

// MapURL is OpenStreetMap's page of the point.
func (p Point) MapURL() string {
	lat, lon := degrees(p.Latitude), degrees(p.Longitude)
	return "https://www.openstreetmap.org/?mlat=" + lat + "&mlon=" + lon + "#map=17/" + lat + "/" + lon
}

// String writes the point as people copy it from maps: "34.425, 8.78422".
func (p Point) String() string { return degrees(p.Latitude) + ", " + degrees(p.Longitude) }

// degrees are written to about a metre.
func degrees(d float64) string {
	d, _ = strconv.ParseFloat(strconv.FormatFloat(d, 'f', 5, 64), 64) // it was just written
	return strconv.FormatFloat(d+0, 'f', -1, 64)                      // adding 0 makes a negative zero positive
}

// Point is where the venue is; false when nobody said.
func (s Seminar) Point() (Point, bool) {
	if s.Latitude == nil || s.Longitude == nil {
		return Point{}, false
	}
	return Point{*s.Latitude, *s.Longitude}, true
}

// Place puts the venue at p.
func (s *Seminar) Place(p Point) { s.Latitude, s.Longitude = &p.Latitude, &p.Longitude }

// tidyAbout checks what is said of the seminar besides its title and programme.
func (s *Seminar) tidyAbout(wrong *account.Invalids) {
	s.Languages = among(events.Languages, s.Languages)
	s.Covered = among(Costs, s.Covered)
	s.Costs, s.Directions = cleanText(s.Costs), cleanText(s.Directions)
	for field, text := range map[string]events.Text{"costs": s.Costs, "directions": s.Directions} {
		if longest(text) > maxAbout {
			wrong.Add(field, "desk.error_too_long", "Max", maxAbout)
		}
	}
	p, ok := s.Point()
	// The comparisons are false for what is no number.
	if ok && !(p.Latitude >= -90 && p.Latitude <= 90 && p.Longitude >= -180 && p.Longitude <= 180) {
		wrong.Add("point", "training.error_point")
	}
}

// among keeps those of known that are in chosen, in their order.
func among(known, chosen []string) []string {
	kept := []string{}
	for _, k := range known {
		if slices.Contains(chosen, k) {
			kept = append(kept, k)
		}
	}
	return kept
}
