package monitoring

import "strconv"

// unsaid is what stands for a category that people did not give.
func (b *book) unsaid() string { return b.say("unsaid") }

// person is somebody's name; an erased account has none.
func (b *book) person(name string) string {
	if name == "" {
		return b.say("somebody_gone")
	}
	return name
}

func (b *book) gender(key string) string {
	if key == "" {
		return b.unsaid()
	}
	return b.say("gender_" + key)
}

// oneGender is the gender of one person, where gender is that of a group.
func (b *book) oneGender(key string) string {
	if key == "" {
		return b.unsaid()
	}
	return b.say("line_" + key)
}

func (b *book) age(key string) string {
	if key == "" {
		return b.unsaid()
	}
	return b.say("age_" + key)
}

func (b *book) governorate(p Places, code string) string {
	if code == "" {
		return b.unsaid()
	}
	return b.in(p.Governorates[code], code)
}

// kind is the kind of an organisation; a person may have none.
func (b *book) kind(key string) string {
	if key == "" {
		return b.say("kind_none")
	}
	return b.say("kind_" + key)
}

func (b *book) moduleTitle(m Module) string {
	return b.in(m.Title, b.say("module_untitled", "Number", strconv.FormatInt(m.ID, 10)))
}
