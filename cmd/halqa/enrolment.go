package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"time"

	"halqa/enrolment"
)

// enrolmentCommand looks after the seats of seminars.
func enrolmentCommand(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("enrolment", flag.ContinueOnError)
	const arguments = "audit"
	if err := parse(flags, arguments, args, out); err != nil {
		return err
	}
	if args = flags.Args(); len(args) != 1 || args[0] != "audit" {
		fmt.Fprintf(out, "Usage: halqa enrolment %s\n", arguments)
		return errUsage
	}
	return withPlatform(ctx, func(p *platform, _ Config) error { return auditSeats(ctx, p, out) })
}

// auditSeats prints every invariant of seats that a seminar breaks; there being one is an error.
func auditSeats(ctx context.Context, p *platform, out io.Writer) error {
	breaches, err := enrolment.Audit(ctx, p.db, time.Now())
	if err != nil {
		return err
	}
	for _, b := range breaches {
		fmt.Fprintln(out, b)
	}
	if len(breaches) > 0 {
		return fmt.Errorf("%d invariants of seats are broken", len(breaches))
	}
	fmt.Fprintln(out, "Every seminar's seats are in order.")
	return nil
}
