package views

import (
	"net/url"
	"slices"
	"strconv"

	"halqa/community/account"
	"halqa/events"
)

// AdminOrganisationsView is the page at "/admin/organisations".
type AdminOrganisationsView struct {
	Page
	Filter  Form
	States  []Option
	Kinds   []Option
	Offices []Option
	Names   map[string]events.Text // of governorates, by code
	List    []account.ListedOrganisation
	Total   int
	Pager   Pager
}

// EditOrganisationView is the page at "/organisations/:id/edit".
type EditOrganisationView struct {
	Page
	Form                      Form
	ID                        int64
	All                       bool // the actor changes what the office vouches for, too
	Kinds, Axes, Governorates []Option
}

// AdminOfficesView is the page at "/admin/offices".
type AdminOfficesView struct {
	Page
	Offices      []account.Office // those the actor administers
	Governorates []account.Governorate
	Everywhere   bool // the actor may create offices and move governorates
}

func (v AdminOfficesView) served(office int64) []account.Governorate {
	return slices.DeleteFunc(slices.Clone(v.Governorates), func(g account.Governorate) bool { return g.OfficeID != office })
}

// AdminOfficeView is the form of an office, new when ID is 0.
type AdminOfficeView struct {
	Page
	Form Form
	ID   int64
}

// AdminGovernorateView is the form of a governorate, new when Code is "".
type AdminGovernorateView struct {
	Page
	Form    Form
	Code    string
	Offices []Option
}

// AdminSpacesView is the page at "/admin/spaces".
type AdminSpacesView struct {
	Page
	Spaces    []account.ManagedSpace
	Offices   map[int64]events.Text
	MayCreate bool
}

// SpaceFormView is the form of a space, new when Space.ID is 0.
type SpaceFormView struct {
	Page
	Form    Form
	Space   account.Space
	All     bool // the actor also says who may enter, whose it is and how it looks
	Axes    []Option
	Offices []Option
}

func (v SpaceFormView) action() string {
	if v.Space.ID == 0 {
		return "/admin/spaces/new"
	}
	return SpaceURL(v.Space.Key) + "/manage"
}

func (v SpaceFormView) hue() int {
	if _, typed := v.Form.Values["hue"]; typed {
		return v.Form.Int("hue")
	}
	return v.Space.Hue
}

// visibilities are the ways into a space, in words.
func (v SpaceFormView) visibilities() []Option {
	options := make([]Option, 0, len(account.Visibilities))
	for _, way := range account.Visibilities {
		options = append(options, Option{Value: string(way), Label: v.T("admin.visibility_" + string(way)), Hint: v.T("admin.visibility_" + string(way) + "_text")})
	}
	return options
}

// SpaceMembersView is the page of a space's requests, members and moderators.
type SpaceMembersView struct {
	Page
	Form       Form
	Space      account.Space
	Requests   []account.SpaceRequest
	Members    []account.SpaceMember
	Total      int
	Moderators []account.HeldRole
	MayGrant   bool
	Pager      Pager
}

func (v SpaceMembersView) at(rest string) string {
	return SpaceURL(v.Space.Key) + "/manage/members" + rest
}

// manageTabs are the two pages of those who look after a space.
func manageTabs(p Page, key string, people bool) []Tab {
	return []Tab{{Href: SpaceURL(key) + "/manage", Label: p.T("admin.space_description"), Current: !people},
		{Href: SpaceURL(key) + "/manage/members", Label: p.T("admin.space_people"), Current: people}}
}

func officeURL(id int64) string { return "/admin/offices/" + strconv.FormatInt(id, 10) }

func governorateURL(code string) string { return "/admin/governorates/" + url.PathEscape(code) }

func organisationURL(id int64) string { return "/organisations/" + strconv.FormatInt(id, 10) }
