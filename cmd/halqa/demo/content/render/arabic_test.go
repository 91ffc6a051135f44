package main

import "testing"

func TestRespell(t *testing.T) {
	for in, want := range map[string]string{
		"أَنَّ":                         "أَنْنْ", // a final short vowel is dropped at a pause
		"أَنَّ الْمَانِحَ":              "أَنْنَ لْمَانِحْ",
		"النَّشَاطُ":                    "اَنْنَشَاطْ",
		"فِي النَّشَاطِ":                "فِي نْنَشَاطْ",
		"وَالْمِيزَانِيَّةُ":            "وَلْمِيزَانِيْيَ",
		"بِالشَّهْرِ":                   "بِشْشَهْرْ",
		"لِلنَّقْلِ":                    "لِنْنَقْلْ",
		"مِيزَانِيَّةُ الْجَمْعِيَّةِ.": "مِيزَانِيْيَتُ لْجَمْعِيْيَ.",
		"هٰذَا":                         "هَاذَا",
		"دِينَارًا وَاحِدًا":            "دِينَارَنْ وَاحِدَا",
		"فَاعْتَمِدُوا":                 "فَعْتَمِدُوا",
		"مِنَ الِاشْتِرَاكَاتِ":         "مِنَ لِشْتِرَاكَاتْ",
		"لِـعِشْرِينَ":                  "لِعِشْرِينْ",
		"وَالِدٌ":                       "وَالِدْ",
	} {
		if got := respell(in); got != want {
			t.Errorf("respell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestShownAndSpoken(t *testing.T) {
	const s = "+يَدْفَعُ {15 840|خَمْسَةَ عَشَرَ} دِينَارًا."
	if got, want := shown(s), "يدفع 15\u00a0840 دينارًا."; got != want {
		t.Errorf("shown: %q, want %q", got, want)
	}
	if got, want := spoken(s), "يَدْفَعُ خَمْسَةَ عَشَرَ دِينَارًا."; got != want {
		t.Errorf("spoken: %q, want %q", got, want)
	}
}
