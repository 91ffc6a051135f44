// Command halqa is the whole platform in one program: the web server with its own PostgreSQL and bus, and the
// subcommands that administer it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the build: -ldflags "-X main.version=…".
var version = "development"

// command is one subcommand of halqa.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, args []string, out io.Writer) error
}

func commands() []command {
	return []command{
		{"serve", "start the platform; with nothing configured, with its own PostgreSQL and bus in DATA", serveCommand},
		{"migrate", "bring the database to this version's structure, then stop", migrateCommand},
		{"demo", "load the demonstration into an empty database", demoCommand},
		{"create-admin", "create an administrator, or make an existing person one", createAdminCommand},
		{"events", "status | replay CONSUMER | dead [retry ID…]: look after the event bus", eventsCommand},
		{"enrolment", "audit: check the seats of every seminar, and fail naming what is wrong", enrolmentCommand},
		{"search", "reindex: build the search's index anew from what there is", searchCommand},
		{"mail", "dkim: print the DNS record with which other servers know this one's mails", mailCommand},
		{"backup", "FILE: write everything that is kept into one archive; the platform may run", backupCommand},
		{"restore", "FILE: fill an empty database and data folder with such an archive", restoreCommand},
		{"version", "print the version", versionCommand},
	}
}

// errUsage says that the command line was wrong; the explanation has been printed.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := dispatch(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "halqa:", err)
		os.Exit(1)
	}
}

func dispatch(ctx context.Context, args []string, out, errOut io.Writer) error {
	if len(args) == 0 || args[0] == "--help" || args[0] == "-h" || args[0] == "help" {
		printHelp(out)
		return nil
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, args[1:], out)
		}
	}
	fmt.Fprintf(errOut, "halqa: there is no command %q\n\n", args[0])
	printHelp(errOut)
	return errUsage
}

func versionCommand(_ context.Context, _ []string, out io.Writer) error {
	_, err := fmt.Fprintln(out, "halqa", version)
	return err
}

func printHelp(out io.Writer) {
	fmt.Fprint(out, "Halqa, a learning platform and a community of practice in one.\n\nUsage: halqa COMMAND [arguments]\n\nCommands\n")
	for _, c := range commands() {
		fmt.Fprintf(out, "  %-13s %s\n", c.name, c.summary)
	}
	fmt.Fprint(out, "\n'halqa COMMAND --help' tells what a command accepts.\n\nConfiguration is read from the environment:\n")
	fmt.Fprint(out, environmentHelp)
}
