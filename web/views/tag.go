package views

import (
	"slices"

	"halqa/community"
)

// TagsView is the page at "/spaces/:key/forum/tags", where moderators keep the tags of a space.
type TagsView struct {
	Page
	Form
	Key   string
	Tags  []community.Tag
	Wrong int64 // the tag whose new name was refused; 0 when that of another to add was
}

// ThreadTagsView is the page at "/threads/:id/tags".
type ThreadTagsView struct {
	Page
	Form
	Talk community.Page
	Tags []community.Tag // to choose from
}

// TagURL is the address of what is done to a tag.
func TagURL(id int64, what string) string { return "/tags/" + ms(id) + "/" + what }

// used are the tags that the list can be narrowed to: those of a thread at least, and the one it is narrowed to.
func (v ForumView) used() []community.Tag {
	return slices.DeleteFunc(slices.Clone(v.Tags), func(g community.Tag) bool { return g.Threads == 0 && g.ID != v.Tag.ID })
}

func tagOptions(tags []community.Tag) []Option {
	options := make([]Option, len(tags))
	for i, g := range tags {
		options[i] = Option{Value: g.Name, Label: g.Name}
	}
	return options
}
