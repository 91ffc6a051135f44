package natsd

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
)

// logger passes what the server says on to the program's log, and keeps the last fatal line: the server only says it,
// and stays as it is.
type logger struct {
	log  *slog.Logger
	mu   sync.Mutex
	last string
}

func (l *logger) say(level slog.Level, format string, args []any) string {
	text := strings.TrimSpace(fmt.Sprintf(format, args...))
	l.log.Log(context.Background(), level, "event bus: "+text)
	return text
}

// Noticef logs the server's chatter at debug level.
func (l *logger) Noticef(format string, args ...any) { l.say(slog.LevelDebug, format, args) }

// Warnf logs a warning.
func (l *logger) Warnf(format string, args ...any) { l.say(slog.LevelWarn, format, args) }

// Errorf logs an error.
func (l *logger) Errorf(format string, args ...any) { l.say(slog.LevelError, format, args) }

// Debugf logs nothing: it is never switched on.
func (l *logger) Debugf(string, ...any) {}

// Tracef logs nothing: it is never switched on.
func (l *logger) Tracef(string, ...any) {}

// Fatalf logs an error and keeps it for fatal.
func (l *logger) Fatalf(format string, args ...any) {
	text := l.say(slog.LevelError, format, args)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = text
}

func (l *logger) fatal() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == "" {
		return "it does not answer"
	}
	return l.last
}
