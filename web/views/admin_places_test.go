package views_test

import (
	"github.com/a-h/templ"

	"halqa/community/account"
	"halqa/events"
	"halqa/web/views"
)

var gardens = account.Space{ID: 5, Key: "jardins", OfficeID: 1, Name: projects, Hue: 120, Visibility: account.ByRequest}

var (
	_ = register("admin/organisations", func(p views.Page) templ.Component {
		refused := radio
		refused.State = account.OrganisationRefused
		return views.AdminOrganisations(views.AdminOrganisationsView{Page: p, States: places, Kinds: places, Offices: places, Total: 120,
			Names: map[string]events.Text{"TN-71": projects}, Pager: nextPage,
			List: []account.ListedOrganisation{{Organisation: radio, Members: 4}, {Organisation: refused}}})
	})
	_ = register("admin/organisations none", func(p views.Page) templ.Component {
		return views.AdminOrganisations(views.AdminOrganisationsView{Page: p})
	})
	_ = register("edit organisation", func(p views.Page) templ.Component {
		return views.EditOrganisation(views.EditOrganisationView{Page: p, ID: 3, All: true, Kinds: places, Axes: places, Governorates: places,
			Form: refusedForm("organisation_name")})
	})
	_ = register("edit organisation, its own", func(p views.Page) templ.Component {
		return views.EditOrganisation(views.EditOrganisationView{Page: p, ID: 3, Axes: places})
	})
	_ = register("admin/offices", func(p views.Page) templ.Component {
		return views.AdminOffices(views.AdminOfficesView{Page: p, Everywhere: true, Offices: []account.Office{{ID: 1, Name: projects}, {ID: 2, Name: projects}},
			Governorates: []account.Governorate{{Code: "TN-71", OfficeID: 1, Name: projects}}})
	})
	_ = register("admin/offices one", func(p views.Page) templ.Component {
		return views.AdminOffices(views.AdminOfficesView{Page: p, Offices: []account.Office{{ID: 1, Name: projects}},
			Governorates: []account.Governorate{{Code: "TN-71", OfficeID: 1, Name: projects}}})
	})
	_ = register("admin/offices none", func(p views.Page) templ.Component {
		return views.AdminOffices(views.AdminOfficesView{Page: p, Everywhere: true})
	})
	_ = register("admin/axes", func(p views.Page) templ.Component {
		used := account.UsedAxis{Axis: account.Axis{Key: "water", Name: projects}, Organisations: 3, Spaces: 1, People: 12}
		retired := account.UsedAxis{Axis: account.Axis{Key: "old", Name: events.Text{"fr": "Ancien"}, RetiredAt: now}}
		return views.AdminAxes(views.AdminAxesView{Page: p, Offered: []account.UsedAxis{used, used}, Retired: []account.UsedAxis{retired}})
	})
	_ = register("admin/axes none", func(p views.Page) templ.Component { return views.AdminAxes(views.AdminAxesView{Page: p}) })
	_ = register("admin/axis", func(p views.Page) templ.Component {
		return views.AdminAxis(views.AdminAxisView{Page: p, Key: "water", Form: refusedForm("name_fr")})
	})
	_ = register("admin/axis new", func(p views.Page) templ.Component { return views.AdminAxis(views.AdminAxisView{Page: p}) })
	_ = register("admin/office", func(p views.Page) templ.Component {
		return views.AdminOffice(views.AdminOfficeView{Page: p, ID: 4, Form: refusedForm("name_fr")})
	})
	_ = register("admin/governorate", func(p views.Page) templ.Component {
		return views.AdminGovernorate(views.AdminGovernorateView{Page: p, Offices: places, Form: refusedForm("code", "office")})
	})
	_ = register("admin/governorate edit", func(p views.Page) templ.Component {
		return views.AdminGovernorate(views.AdminGovernorateView{Page: p, Code: "TN-71", Offices: places})
	})
	_ = register("admin/spaces", func(p views.Page) templ.Component {
		national := account.Space{ID: 6, Key: "national", Name: projects, Visibility: account.Open}
		return views.AdminSpaces(views.AdminSpacesView{Page: p, MayCreate: true, Offices: map[int64]events.Text{1: projects},
			Spaces: []account.ManagedSpace{{Space: gardens, Members: 12, Requests: 2, Moderators: []string{"Rim", "سامي"}}, {Space: national}}})
	})
	_ = register("admin/spaces none", func(p views.Page) templ.Component { return views.AdminSpaces(views.AdminSpacesView{Page: p}) })
	_ = register("space form", func(p views.Page) templ.Component {
		return views.SpaceForm(views.SpaceFormView{Page: p, All: true, Axes: places, Offices: places, Form: refusedForm("name_fr", "visibility", "hue")})
	})
	_ = register("space form, moderator", func(p views.Page) templ.Component {
		return views.SpaceForm(views.SpaceFormView{Page: p.Belong(gardens.Key, gardens.Hue, gardens.Name), Space: gardens})
	})
	_ = register("space people", func(p views.Page) templ.Component {
		return views.SpaceMembers(views.SpaceMembersView{Page: p, Space: gardens, Total: 2, MayGrant: true, Moderators: heldRoles[1:2],
			Requests: []account.SpaceRequest{{PersonID: 8, Name: "منى", At: now}}, Form: refusedForm("email"), Pager: nextPage,
			Members: []account.SpaceMember{{PersonID: 2, Name: "Rim", Moderator: true}, {PersonID: 3, Name: "Sami"}}})
	})
	_ = register("space people none", func(p views.Page) templ.Component {
		return views.SpaceMembers(views.SpaceMembersView{Page: p, Space: gardens, MayGrant: true})
	})
)
