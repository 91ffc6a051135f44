package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"halqa/events"
)

func eventsCommand(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("events", flag.ContinueOnError)
	const arguments = "status | replay CONSUMER | dead | dead retry ID…"
	if err := parse(flags, arguments, args, out); err != nil {
		return err
	}
	args = flags.Args()
	switch {
	case len(args) == 1 && args[0] == "status":
		return withPlatform(ctx, func(p *platform, _ Config) error { return printStatus(ctx, p, out) })
	case len(args) == 2 && args[0] == "replay":
		return withPlatform(ctx, func(p *platform, _ Config) error { return replay(ctx, p, args[1], out) })
	case len(args) == 1 && args[0] == "dead":
		return withPlatform(ctx, func(p *platform, _ Config) error { return printDead(ctx, p, out) })
	case len(args) > 2 && args[0] == "dead" && args[1] == "retry":
		return withPlatform(ctx, func(p *platform, _ Config) error { return retryDead(ctx, p, args[2:], out) })
	}
	fmt.Fprintf(out, "Usage: halqa events %s\n", arguments)
	return errUsage
}

func printStatus(ctx context.Context, p *platform, out io.Writer) error {
	s, err := events.Status(ctx, p.db)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d events, %d not yet on the bus", s.Events, s.Unpublished)
	if s.Unpublished > 0 {
		fmt.Fprintf(out, ", the oldest for %s", s.Oldest.Round(time.Millisecond))
	}
	fmt.Fprint(out, "\n\n")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CONSUMER\tWAITING\tFAILING\tDEAD\tREPLAY")
	for _, c := range s.Consumers {
		state := "possible"
		switch {
		case c.Replaying:
			state = "under way"
		case !c.Replayable:
			state = "never"
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\n", c.Name, c.Lag, c.Failing, c.Dead, state)
	}
	return w.Flush()
}

func replay(ctx context.Context, p *platform, name string, out io.Writer) error {
	for _, c := range p.consumers() {
		if c.Name != name {
			continue
		}
		if err := events.RequestReplay(ctx, p.db, c); err != nil {
			return err
		}
		_, err := fmt.Fprintf(out, "%s is emptied; the running server sends it all its events again.\n", name)
		return err
	}
	return fmt.Errorf("%w: %s ('halqa events status' lists them)", events.ErrUnknownConsumer, name)
}

func printDead(ctx context.Context, p *platform, out io.Writer) error {
	letters, err := events.Dead(ctx, p.db)
	if err != nil {
		return err
	}
	if len(letters) == 0 {
		_, err := fmt.Fprintln(out, "No dead letters.")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tCONSUMER\tEVENT\tATTEMPTS\tLAST\tERROR")
	for _, l := range letters {
		fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%s\t%s\n", l.ID, l.Consumer, l.Event.Type, l.Attempts, l.At.Format(time.RFC3339), l.Error)
	}
	return w.Flush()
}

func retryDead(ctx context.Context, p *platform, ids []string, out io.Writer) error {
	var numbers []int64
	for _, id := range ids {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return fmt.Errorf("%q isn't the number of a dead letter", id)
		}
		numbers = append(numbers, n)
	}
	n, err := events.RetryDead(ctx, p.db, numbers...)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d dead letters will be sent again by the running server.\n", n)
	return err
}
