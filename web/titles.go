package web

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/web/markdown"
)

// named are the pages whose titles are shown where their address is written.
var named = regexp.MustCompile(`^/(?:(threads|posts|modules|lessons|seminars|documents|organisations)/(\d{1,18})|spaces/[a-z0-9-]+)$`)

// addressed finds addresses of this site in texts.
func (s *site) addressed() *regexp.Regexp {
	return regexp.MustCompile(`https?://(?i:` + regexp.QuoteMeta(s.PublicURL.Host) + `)(/[a-z]+/[a-z0-9-]+)`)
}

// titlesIn reads, all at once, the titles of the pages of this site that texts lead to, as the reader may know them. A post goes
// by the title of its thread, a lesson by that of its module.
func (s *site) titlesIn(c *fiber.Ctx, texts ...string) (markdown.Titles, error) {
	if s.Search == nil {
		return nil, nil
	}
	var paths []string
	var posts, lessons []int64
	for _, text := range texts {
		for _, m := range s.addressed().FindAllStringSubmatch(text, -1) {
			at := named.FindStringSubmatch(m[1])
			if at == nil || len(paths)+len(posts)+len(lessons) >= manyTitles {
				continue
			}
			id, _ := strconv.ParseInt(at[2], 10, 64)
			switch at[1] {
			case "posts":
				posts = append(posts, id)
			case "lessons":
				lessons = append(lessons, id)
			default:
				paths = append(paths, m[1])
			}
		}
	}
	if len(paths)+len(posts)+len(lessons) == 0 {
		return nil, nil
	}
	leads, err := s.leading(c, posts, lessons)
	if err != nil {
		return nil, err
	}
	for _, to := range leads {
		paths = append(paths, to)
	}
	slices.Sort(paths)
	titles, err := s.Search.Titles(c.UserContext(), actor(c), s.localizer(c).Lang(), slices.Compact(paths))
	if err != nil {
		return nil, err
	}
	return s.naming(c, titles, leads), nil
}

// wordsOf are the texts of a page of a thread.
func wordsOf(talk community.Page) (texts []string) {
	for _, l := range talk.Lines {
		texts = append(texts, l.Body)
	}
	if talk.Answer != nil {
		texts = append(texts, talk.Answer.Body)
	}
	return texts
}

// manyTitles bounds how many titles a page looks for.
const manyTitles = 200

// leading says under which pages posts and lessons are.
func (s *site) leading(c *fiber.Ctx, posts, lessons []int64) (map[string]string, error) {
	leads := map[string]string{}
	threads, err := s.Community.ThreadsOf(c.UserContext(), posts)
	if err != nil {
		return nil, err
	}
	for post, thread := range threads {
		leads["/posts/"+strconv.FormatInt(post, 10)] = "/threads/" + strconv.FormatInt(thread, 10)
	}
	if s.Courses == nil {
		return leads, nil
	}
	modules, err := s.Courses.ModulesOf(c.UserContext(), lessons)
	for lesson, module := range modules {
		leads["/lessons/"+strconv.FormatInt(lesson, 10)] = "/modules/" + strconv.FormatInt(module, 10)
	}
	return leads, err
}

// naming finds the title of an address; of a second of a film it says which.
func (s *site) naming(c *fiber.Ctx, titles, leads map[string]string) markdown.Titles {
	return func(address string) string {
		u, err := url.Parse(address)
		if err != nil || !strings.EqualFold(u.Host, s.PublicURL.Host) || !named.MatchString(u.Path) {
			return ""
		}
		path := u.Path
		if to := leads[path]; to != "" {
			path = to
		}
		title := titles[path]
		if at, err := strconv.ParseInt(u.Query().Get("at"), 10, 64); err == nil && at > 0 && title != "" {
			title += " · " + s.localizer(c).Timer(time.Duration(at)*time.Millisecond)
		}
		return title
	}
}
