package main

import (
	"log/slog"
	"os"
)

// configure reads the configuration of this process.
func configure() (Config, error) { return readConfig(os.Getenv) }

// newLogger writes to the standard error, leaving the standard output to what commands answer.
func newLogger(cfg Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
