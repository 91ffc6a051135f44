package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"halqa/cmd/halqa/demo"
	"halqa/community/account"
	"halqa/migrations"
	"halqa/web"
)

// noArguments refuses arguments for a command that takes none.
func noArguments(name string, args []string, out io.Writer) error {
	return parse(flag.NewFlagSet(name, flag.ContinueOnError), "", args, out)
}

// parse reads the flags of a command and explains them when asked to, or when they are wrong.
func parse(flags *flag.FlagSet, arguments string, args []string, out io.Writer) error {
	flags.SetOutput(io.Discard)
	err := flags.Parse(args)
	if err == nil && (arguments != "" || flags.NArg() == 0) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%q isn't expected", flags.Arg(0))
	}
	if !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(out, "halqa %s: %v\n", flags.Name(), err)
	}
	fmt.Fprintf(out, "Usage: halqa %s [flags] %s\n", flags.Name(), arguments)
	flags.SetOutput(out)
	flags.PrintDefaults()
	return errUsage
}

// withPlatform runs work on the database of the configuration, brought to this version's structure.
func withPlatform(ctx context.Context, work func(*platform, Config) error) (err error) {
	cfg, err := configure()
	if err != nil {
		return err
	}
	log := newLogger(cfg)
	source, err := attachDatabase(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.close()) }()
	if err := migrations.Up(ctx, source.db); err != nil {
		return err
	}
	p, err := newPlatform(source.db, cfg, nil)
	if err != nil {
		return err
	}
	p.url = source.url
	return work(p, cfg)
}

func migrateCommand(ctx context.Context, args []string, out io.Writer) error {
	if err := noArguments("migrate", args, out); err != nil {
		return err
	}
	return withPlatform(ctx, func(*platform, Config) error {
		_, err := fmt.Fprintln(out, "The database has this version's structure.")
		return err
	})
}

func demoCommand(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	var o demo.Options
	flags.IntVar(&o.People, "people", 0, "how many people there are, beside one for each role (300 when 0)")
	flags.IntVar(&o.Storied, "storied", 0, "how many of the people have a history of their own (300 when 0)")
	flags.IntVar(&o.Organisations, "organisations", 0, "how many organisations (59 when 0)")
	flags.IntVar(&o.Posts, "posts", 0, "how many posts in the forums, to measure with (those that were written when 0)")
	if err := parse(flags, "", args, out); err != nil {
		return err
	}
	return withPlatform(ctx, func(p *platform, cfg Config) error {
		say := func(format string, a ...any) { fmt.Fprintf(out, format+"\n", a...) }
		if err := loadDemo(ctx, p.url, p, cfg, o, say); err != nil {
			return err
		}
		say("The demonstration is loaded. Start with DEMO=1 to see its sign-ins and its mails.")
		return nil
	})
}

func createAdminCommand(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("create-admin", flag.ContinueOnError)
	email := flags.String("email", "", "their address")
	name := flags.String("name", "", "their name; the address when empty")
	language := flags.String("language", "fr", "fr, ar or en")
	if err := parse(flags, "", args, out); err != nil {
		return err
	}
	password, err := readPassword(os.Stdin, out)
	if err != nil {
		return err
	}
	if *name == "" {
		*name = *email
	}
	return withPlatform(ctx, func(p *platform, _ Config) error {
		person, err := p.account.CreateAdministrator(ctx, account.Newcomer{Name: *name, Email: *email, Password: password, Language: *language})
		if err != nil {
			return inWords(err)
		}
		_, err = fmt.Fprintf(out, "%s is an administrator.\n", person.Email)
		return err
	})
}

// readPassword takes the password from the environment or the first line of the input, never from the command line,
// which others can read.
func readPassword(in io.Reader, out io.Writer) (string, error) {
	fmt.Fprint(out, "Password (empty: sign in by magic link only): ")
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	fmt.Fprintln(out)
	return strings.TrimRight(line, "\r\n"), nil
}

// inWords says what a form would say beside its fields.
func inWords(err error) error {
	wrong, ok := account.InvalidsOf(err)
	if !ok {
		return err
	}
	var lines []string
	for _, w := range wrong {
		var args []any
		for name, value := range w.Args {
			args = append(args, name, value)
		}
		lines = append(lines, w.Field+": "+web.Texts(time.UTC)("en", w.Key, args...))
	}
	return errors.New(strings.Join(lines, "; "))
}
