package views

import "halqa/community/notify"

// MailChoicesView is the page where people choose what is mailed to them.
type MailChoicesView struct {
	Page
	Form     Form
	Load     notify.Load
	Stop     notify.Stop // mail doesn't reach them
	List     []notify.Choice
	Followed []FollowedLine
	PushKey  string // of the platform, for browsers; "" where nothing is pushed
	Devices  []notify.Device
}

func (v MailChoicesView) options() (all []Option) {
	for _, c := range v.List {
		all = append(all, Option{Value: string(c.Topic), Label: v.T("notify.topic_" + string(c.Topic)),
			Hint: v.T("notify.topic_" + string(c.Topic) + "_hint")})
	}
	return all
}

// pushable are the topics that devices may show.
func (v MailChoicesView) pushable() (all []Option) {
	for _, c := range v.List {
		if c.Pushable {
			all = append(all, Option{Value: string(c.Topic), Label: v.T("notify.topic_" + string(c.Topic))})
		}
	}
	return all
}

// UnsubscribeView is where the link under a mail leads.
type UnsubscribeView struct {
	Page
	notify.Unsubscription
	Action string // path that the button posts to
	Done   bool   // it was pressed
}

// topic is what the mails are about, in the page's language.
func (v UnsubscribeView) topic() string {
	if v.Topic.List() != 0 {
		return v.T("notify.topic_list", "Space", v.Named(v.Space))
	}
	return v.T("notify.topic_" + string(v.Topic))
}
