package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// What concerns seats, a warning and a suspension are pushed to whom has devices that show what they follow, instead of being mailed: each thing
// reaches its person by one of the two, or the pages alone. What no device takes is mailed after all, when it is wanted by mail.

// pushedTopics are those that devices may show, and whether they do unless their person says otherwise. What somebody brings about by
// themselves, and what takes its time, is mailed.
var pushedTopics = map[Topic]bool{AboutOpenings: true, AboutSeats: false, AboutPromotions: true, AboutCancellations: true}

// pushedMeasures have no topic. A ban is always mailed, and what is answered to an appeal: whom it is about may not be able to sign in.
var pushedMeasures = []Kind{MeasureWarn, MeasureSuspend}

// pushes tells whether devices may show a kind of notification that isn't of something followed, and whether they do unasked.
func pushes(k Kind) (may, unasked bool) {
	if slices.Contains(pushedMeasures, k) {
		return true, true
	}
	unasked, may = pushedTopics[TopicOf(string(k))]
	return may, unasked
}

// pushNotices hands notices that were just told over to the devices of their people, after their quiet hours.
func pushNotices(ctx context.Context, tx bun.Tx, list []tiding, at []time.Time) error {
	if len(list) == 0 {
		return nil
	}
	var people []int64
	var ids []string
	for _, t := range list {
		people, ids = append(people, t.to), append(ids, t.event.ID)
	}
	_, err := tx.ExecContext(ctx, `with told as (update notification n set delivery = 'push' from unnest(?::bigint[], ?::text[], ?::timestamptz[]) as t (person_id, event_id, at)
			where n.person_id = t.person_id and n.event_id = t.event_id::uuid returning n.id, t.at)
		insert into push (notification_id, next_at) select id, at from told`, pgdialect.Array(people), pgdialect.Array(ids), pgdialect.Array(at))
	if err != nil {
		return fmt.Errorf("push notices: %w", err)
	}
	return nil
}

// isNotice tells something that was told to one person from what they follow.
func (it item) isNotice() bool {
	may, _ := pushes(it.Kind)
	return may
}

// noticeLeft tells whether a notice that is on its way to devices is news still, and notes what became of it when it isn't.
func (p *Pusher) noticeLeft(ctx context.Context, tx bun.Tx, it item) (left bool, err error) {
	t, err := tidingOf(ctx, tx, it.ID)
	if err != nil {
		return false, err
	}
	way := ""
	switch old, err := p.service.outdated(ctx, tx, t); {
	case err != nil:
		return false, err
	case it.Read:
		way = seen
	case old:
		way = onPage
	default:
		return true, nil
	}
	var how deliveries
	how.add(it.ID, way, "")
	return false, how.keep(ctx, tx)
}

// tidingOf is a notice as it was told.
func tidingOf(ctx context.Context, tx bun.Tx, id int64) (t tiding, err error) {
	var data []byte
	err = tx.NewRaw(`select n.person_id, n.event_id::text, n.kind, n.data, n.at from notification n where id = ?`, id).
		Scan(ctx, &t.to, &t.event.ID, &t.kind, &data, &t.event.Time)
	if err == nil {
		err = json.Unmarshal(data, &t.data)
	}
	if err != nil {
		return t, fmt.Errorf("notice %d: %w", id, err)
	}
	t.event.Seq = t.data.Seq
	return t, nil
}

// mailInstead mails a notice that no device takes, to whom wants it by mail; the pages tell it to others.
func (p *Pusher) mailInstead(ctx context.Context, n pushed) error {
	s := p.service
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var still []int64
		err := tx.NewRaw(`update notification set delivery = null where id = ? and delivery = 'push' returning id`, n.NotificationID).Scan(ctx, &still)
		if err == nil {
			_, err = tx.ExecContext(ctx, "delete from push where notification_id = ?", n.NotificationID)
		}
		if err != nil || len(still) == 0 {
			return err
		}
		t, err := tidingOf(ctx, tx, n.NotificationID)
		if err != nil {
			return err
		}
		all, err := whoWants(ctx, tx, []tiding{t})
		for _, a := range all {
			a.Pushes = false
			if err == nil && a.Mailed {
				err = s.send(ctx, tx, []addressee{a}, []tiding{t})
			}
		}
		return err
	})
}

// noticeWords are what a device shows of a notice: of a seminar that isn't open to all no title, and of a measure no word.
func (p *Pusher) noticeWords(it item, open bool) string {
	render := p.service.render
	title, _ := it.Data.Title.In(it.Language)
	switch others := len(it.Data.Openings) - 1; {
	case slices.Contains(pushedMeasures, it.Kind):
		return render(it.Language, "notify.push_measure")
	case !open:
		return render(it.Language, "notify.push_seat")
	case others > 0:
		return render(it.Language, "notify.told_openings", "Count", others, "Title", clipped(title))
	}
	return render(it.Language, "notify.told_"+string(it.Kind), "Title", clipped(title), "Place", it.Data.Place)
}

// OpenSeminar tells whether anybody may see a seminar.
type OpenSeminar func(ctx context.Context, db bun.IDB, seminarID int64) (bool, error)

// openNotice tells whether anybody may see what a notice is about.
func (p *Pusher) openNotice(ctx context.Context, tx bun.Tx, d Data) (bool, error) {
	if p.seminar == nil || d.SeminarID == 0 {
		return false, nil
	}
	for _, o := range append([]events.Opening{{SeminarID: d.SeminarID}}, d.Openings...) {
		if open, err := p.seminar(ctx, tx, o.SeminarID); err != nil || !open {
			return false, err
		}
	}
	return true, nil
}
