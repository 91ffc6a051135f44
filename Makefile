# Halqa. `make help` says what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

# The build must not depend on who owns the work tree.
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo development)

# `make run` starts the demonstration. The program's other settings have their defaults in it: `bin/halqa --help`.
export DEMO ?= 1

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

##@ Everyday

.PHONY: run
run: deps-run build ## Start Halqa with the demonstration, installing what is missing; Ctrl-C stops it.
	@echo "make: starting Halqa"
	@exec bin/halqa serve

.PHONY: build
build: deps-go ## Build bin/halqa, or what of it is stale.
	@[ -x bin/halqa ] || echo "make: building bin/halqa; the first time this takes a minute or two"
	@go build -ldflags "-X main.version=$(VERSION)" -o bin/halqa ./cmd/halqa

.PHONY: test
test: deps-test ## Run every test; those without a browser with the race detector.
	go vet ./...
	go test -race -timeout 15m -skip '$(BROWSER)' ./...
	go test -timeout 15m -p 2 -run '$(BROWSER)' ./web ./cmd/halqa
	go test -tags nolock -run Oversell ./enrolment

.PHONY: lint
lint: deps-go ## Check format, vet, staticcheck, and that generated files are fresh.
	@unformatted=$$($(GO_FILES) -print0 | xargs -0 -r gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "gofmt -w these files:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go run $(STATICCHECK) ./...
	@before=$$($(GENERATED)); $(MAKE) generate; \
	if [ "$$before" != "$$($(GENERATED))" ]; then \
		echo "make: files generated from *.templ were stale and are fresh now: commit them"; exit 1; fi

.PHONY: generate
generate: deps-go ## Generate the Go files of the pages (*_templ.go) from *.templ.
	@if [ -n "$$(find web -name '*.templ' -not -path '*/node_modules/*' -print -quit)" ]; then \
		echo "make: generating pages"; go generate ./web; fi

##@ Measuring

.PHONY: bench
bench: deps-bench build ## Measure weights, speed, start time and memory of the running program.
	go run ./cmd/bench

.PHONY: soak
soak: deps-test ## Run the long tests: crashes, crowds, large files, and the browser's with the race detector.
	go test -race -timeout 30m -p 2 -run '$(BROWSER)' ./web ./cmd/halqa
	go test -tags soak -run Soak -count 1 -timeout 30m ./...

##@ Tidying

.PHONY: clean
clean: ## Remove what was built. The data folder stays.
	rm -rf bin web/node_modules

.PHONY: help
help: ## Show this.
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@printf '\nSettings come from the environment or the command line, such as\n'
	@printf '  make run ADDR=0.0.0.0:8080 PUBLIC_URL=https://halqa.example.org DATA=/srv/halqa DEMO=0\n'
	@printf 'and are explained by: bin/halqa --help\n'

# Tests that open a browser run alone: beside others Chromium is starved.
BROWSER := InABrowser$$|^TestJourneyIn|^TestPlaying|^TestRepliesArriveLive$$

# Helpers of lint.
GO_FILES := find . \( -name node_modules -o -name .git \) -prune -o -name '*.go'
GENERATED := find web -name '*_templ.go' -print0 | sort -z | xargs -0 -r sha256sum

# What a fresh machine lacks. Debian's packages are installed as root, or with sudo where it asks no password; otherwise
# the command to run is printed.

.PHONY: deps-go
deps-go:
	@command -v go >/dev/null || { echo "make: Go is not installed, or not in PATH (see go.mod for the version)"; exit 1; }

# $(call unless,TEST,PACKAGES): the packages if the test fails.
unless = $(shell { $(1); } >/dev/null 2>&1 || echo $(2))
HAS_POSTGRESQL := ls /usr/lib/postgresql/*/bin/initdb || command -v initdb
HAS_CHROMIUM := command -v chromium || command -v chromium-browser || command -v google-chrome
HAS_ARABIC := ls /usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf || fc-list :lang=ar | grep .
HAS_COMPILER := command -v gcc && ls /usr/include/stdlib.h

.PHONY: deps-run
deps-run:
	@$(call install,$(if $(DATABASE_URL),,$(call unless,$(HAS_POSTGRESQL),postgresql)))

.PHONY: deps-bench
deps-bench: deps-run
	@$(call install,$(call unless,$(HAS_POSTGRESQL),postgresql) $(call unless,ls /usr/sbin/nginx,nginx-light))

.PHONY: deps-test
deps-test: deps-go
	@$(call install,$(call unless,$(HAS_POSTGRESQL),postgresql) \
		$(call unless,$(HAS_CHROMIUM),chromium) \
		$(call unless,$(HAS_ARABIC),fonts-noto-core) \
		$(call unless,ls /usr/sbin/exim4,exim4-daemon-light) \
		$(call unless,$(HAS_COMPILER),gcc libc6-dev))
	@$(MAKE) deps-npm

# While PostgreSQL is installed, Debian is told not to start a cluster of its own: Halqa has one in its data folder.
CLUSTER_CONF := /etc/postgresql-common/createcluster.d/halqa.conf
define install
	missing="$(strip $(1))"; \
	[ -n "$$missing" ] || exit 0; \
	apt="apt-get install -y --no-remove --no-install-recommends $$missing"; \
	if ! command -v apt-get >/dev/null; then \
		echo "make: please install what Debian calls: $$missing"; exit 1; fi; \
	if [ "$$(id -u)" = 0 ]; then as_root=; \
	elif sudo -n true 2>/dev/null; then as_root="sudo -n"; \
	else echo "make: missing on this machine: $$missing. Run this, then make again:"; echo; \
		echo "    sudo apt-get update && sudo $$apt"; echo; exit 1; fi; \
	echo "make: installing $$missing"; \
	$$as_root mkdir -p $(dir $(CLUSTER_CONF)); \
	echo 'create_main_cluster = false' | $$as_root tee $(CLUSTER_CONF) >/dev/null; \
	trap "$$as_root rm -f $(CLUSTER_CONF)" EXIT; \
	$$as_root apt-get update -qq; \
	$$as_root env DEBIAN_FRONTEND=noninteractive $$apt -qq >/dev/null
endef

# The packages of npm, when the pages or their tests use some.
.PHONY: deps-npm
deps-npm: $(if $(wildcard web/package-lock.json),web/node_modules/.package-lock.json)
	@:

web/node_modules/.package-lock.json: web/package-lock.json
	@command -v npm >/dev/null || { echo "make: Node with npm is not installed, or not in PATH"; exit 1; }
	@echo "make: fetching the packages of npm"
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
