package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

// Bounds of a form that brings a file.
const (
	longestUpload = 2 * time.Hour // a whole upload
	idleUpload    = time.Minute   // between two pieces of it
	maxFields     = 20            // before the file
	maxField      = 4 << 10       // bytes of one of them
	maxDrained    = 300 << 20     // bytes read for nothing of a file that was refused, so that the sender hears of it
	maxSkipped    = 8 << 20       // the same, of a body that nobody may send
)

var errFileTooLarge = errors.New("file too large")

// errUnreceived is a mistake in a handler of a Streaming route: it answered without calling receive.
var errUnreceived = errors.New("a streaming route didn't receive its body")

// streamsOf are the patterns of the routes that are Streaming.
func streamsOf(routes []Route) []string {
	var patterns []string
	for _, r := range routes {
		if r.Access.streams && r.Method == fiber.MethodPost {
			patterns = append(patterns, r.Path)
		}
	}
	return patterns
}

// isUpload tells whether a request brings a file, which isn't held in memory.
func (s *site) isUpload(c *fiber.Ctx) bool {
	return c.Method() == fiber.MethodPost &&
		slices.ContainsFunc(s.streams, func(pattern string) bool { return matches(c.Path(), pattern) })
}

// takeBody reads the body of all other requests, within the limit.
func (s *site) takeBody(c *fiber.Ctx) error {
	stream := c.Context().RequestBodyStream()
	if stream == nil {
		return c.Next()
	}
	if s.isUpload(c) {
		err := c.Next()
		if c.Locals(received{}) == nil { // refused before anything was read
			drain(c, stream, maxSkipped)
			if err == nil {
				err = errUnreceived
			}
		}
		return err
	}
	limit := int64(s.BodyLimit)
	if room := roomFor(&c.Request().Header).MaxRequestBodySize; room > 0 {
		limit = int64(room)
	}
	body, err := io.ReadAll(io.LimitReader(stream, limit+1))
	if err != nil {
		c.Context().SetConnectionClose()
		return fiber.ErrBadRequest
	}
	if int64(len(body)) > limit {
		drain(c, stream, maxSkipped)
		return fiber.ErrRequestEntityTooLarge
	}
	c.Request().SetBody(body)
	return c.Next()
}

// received marks a request whose body receive read.
type received struct{}

// drain reads what is left of a refused body, so that the sender hears the answer instead of a broken line.
func drain(c *fiber.Ctx, stream io.Reader, most int64) {
	_, _ = io.Copy(io.Discard, io.LimitReader(stream, most))
	c.Context().SetConnectionClose()
}

// patient reads a body whose sender may take long, as long as something comes.
type patient struct {
	c     *fiber.Ctx
	in    io.Reader
	until time.Time
}

func (p patient) Read(b []byte) (int, error) {
	now := time.Now()
	if now.After(p.until) {
		return 0, errors.New("the upload takes too long")
	}
	if err := p.c.Context().Conn().SetReadDeadline(now.Add(idleUpload)); err != nil {
		return 0, err
	}
	return p.in.Read(b)
}

// bounded fails with errFileTooLarge beyond so many bytes.
type bounded struct {
	in   io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errFileTooLarge
	}
	return n, err
}

// receive reads a form as it arrives: its fields, the token among them, then its one file, which take is given with its name. What
// take returns is returned. limit is the most bytes of a file that f announces. Without a file it returns account.Invalid.
func (s *site) receive(c *fiber.Ctx, limit func(f views.Form) int64, take func(f views.Form, name string, file io.Reader) error) (views.Form, error) {
	f := views.Form{Values: url.Values{}}
	if !s.isUpload(c) {
		return f, errUnreceived // takeBody has read it
	}
	stream := c.Context().RequestBodyStream()
	if stream == nil {
		return f, fiber.ErrBadRequest
	}
	stream = patient{c, stream, time.Now().Add(longestUpload)}
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEMultipartForm {
		if !s.uploadToken(c, f) {
			return f, errStaleForm
		}
		return f, fiber.ErrBadRequest
	}
	c.Locals(received{}, true)
	err = s.receiveParts(c, multipart.NewReader(stream, params["boundary"]), f, limit, take)
	drain(c, stream, maxDrained)
	if errors.Is(err, errFileTooLarge) {
		err = account.Invalid{Field: "file", Key: "authoring.file_large", Args: map[string]any{"Max": s.localizer(c).Bytes(limit(f))}}
	}
	return f, err
}

func (s *site) receiveParts(c *fiber.Ctx, parts *multipart.Reader, f views.Form, limit func(views.Form) int64, take func(views.Form, string, io.Reader) error) error {
	for range maxFields {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fiber.ErrBadRequest
		}
		if part.FormName() != "file" {
			value, err := io.ReadAll(io.LimitReader(part, maxField))
			if err != nil {
				return fiber.ErrBadRequest
			}
			f.Values.Add(part.FormName(), string(value))
			continue
		}
		if !s.uploadToken(c, f) {
			return errStaleForm
		}
		if part.FileName() == "" {
			break
		}
		if err = take(f, part.FileName(), &bounded{part, limit(f)}); errors.Is(err, io.ErrUnexpectedEOF) { // the sender left
			return fiber.ErrBadRequest
		}
		return err
	}
	if !s.uploadToken(c, f) {
		return errStaleForm
	}
	return account.Invalid{Field: "file", Key: "authoring.file_missing"}
}

func (s *site) uploadToken(c *fiber.Ctx, f views.Form) bool {
	token := c.Get("X-CSRF-Token")
	if token == "" {
		token = f.Get("csrf")
	}
	return s.tokenFits(c, token)
}
