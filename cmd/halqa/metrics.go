package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"halqa/events"
	"halqa/web"
)

// gauges are what a node tells of itself, for Prometheus.
type gauges struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newGauges(p *platform, hub *web.Hub) *gauges {
	g := &gauges{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "halqa_http_request_duration_seconds", Help: "How long requests took, by route.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"method", "route", "status"})}
	g.registry.MustRegister(g.requests, &queues{platform: p},
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "halqa_live_streams", Help: "Browsers that hear of changes now."},
			func() float64 { return float64(hub.Connected()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "halqa_info", Help: "Always 1; the label says which program this is.",
			ConstLabels: prometheus.Labels{"version": version}}, func() float64 { return 1 }),
		collectors.NewDBStatsCollector(p.db.DB, "halqa"), collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return g
}

// request counts an answered request.
func (g *gauges) request(method, route string, status int, took time.Duration) {
	g.requests.WithLabelValues(method, route, strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}

func (g *gauges) handler() http.Handler {
	return promhttp.HandlerFor(g.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, DisableCompression: true})
}

// queues reads what waits in the database whenever it is asked.
type queues struct{ platform *platform }

var (
	unpublished = gauge("halqa_events_unpublished", "Committed events that aren't on the bus yet.")
	oldest      = gauge("halqa_events_oldest_seconds", "How long the first of those has waited.")
	lag         = gauge("halqa_consumer_lag", "Events that a consumer hasn't handled.", "consumer")
	failing     = gauge("halqa_consumer_failing", "Of those, events that failed and will be tried again.", "consumer")
	dead        = gauge("halqa_consumer_dead", "Events that a consumer gave up on.", "consumer")
	mailQueued  = gauge("halqa_mail_queued", "Letters that wait for a sender.")
	mailOldest  = gauge("halqa_mail_oldest_seconds", "How long the first of those has been due.")
	mailFailed  = gauge("halqa_mail_failed", "Letters that failed for good.")
)

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Describe and Collect make queues a prometheus.Collector.
func (q *queues) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{unpublished, oldest, lag, failing, dead, mailQueued, mailOldest, mailFailed} {
		out <- d
	}
}

// queueTimeout bounds what a scrape may cost.
const queueTimeout = 5 * time.Second

// Collect tells of the queues; one that can't be read is an error of the scrape, the others are told all the same.
func (q *queues) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), queueTimeout)
	defer cancel()
	tell := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	if bus, err := events.Status(ctx, q.platform.db); err != nil {
		out <- prometheus.NewInvalidMetric(unpublished, err)
	} else {
		tell(unpublished, float64(bus.Unpublished))
		tell(oldest, bus.Oldest.Seconds())
		for _, c := range bus.Consumers {
			tell(lag, float64(c.Lag), c.Name)
			tell(failing, float64(c.Failing), c.Name)
			tell(dead, float64(c.Dead), c.Name)
		}
	}
	if mail, err := q.platform.notify.Backlog(ctx); err != nil {
		out <- prometheus.NewInvalidMetric(mailQueued, err)
	} else {
		tell(mailQueued, float64(mail.Queued))
		tell(mailOldest, mail.Oldest.Seconds())
		tell(mailFailed, float64(mail.Failed))
	}
}
