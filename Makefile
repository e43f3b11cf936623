# Everything that is done with Kith on a developer's machine. `make help` lists it; `make demo` and `make test` set up a
# fresh machine by themselves.

SHELL := /bin/sh
# Go is often unpacked in /usr/local without being put on PATH; where there was none, it was fetched into bin.
export PATH := $(CURDIR)/bin/go/bin:$(PATH):/usr/local/go/bin
GO ?= go

# sqlite_fts5: the search index; no_emoji: the toolkit's own emoji font stays out, ours is in assets/fonts; no_animations: the
# blinking caret alone would redraw the window 60 times a second.
# shared_vpx: where the system has libvpx only as a shared library. Looked for when it is used: `deps` may have to install it first.
TAGS = sqlite_fts5,no_emoji,no_animations$(if $(wildcard $(shell cc -print-file-name=libvpx.a)),,$(comma)shared_vpx)
comma := ,
# ci: screens are drawn by the toolkit's software driver, without a display.
TEST = $(GO) test -tags $(TAGS),ci -timeout 40m
FUZZTIME ?= 30s
SOAK ?= 30m
LINTER := bin/golangci-lint

.DEFAULT_GOAL := help
.PHONY: help run demo test short race lint fmt fuzz bench soak peers interop cover check deps screenshots hooks clean \
	package-linux package-windows package-macos package-android package-ios release

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

run: deps-build ## build Kith and start it
	$(GO) run -tags $(TAGS) .

demo: deps ## two windows, two people, one private server: watch them talk; results in demo/out
	$(GO) run -tags $(TAGS) ./demo

test: deps ## all tests, with the race detector, against real servers
	$(GO) vet -race -tags $(TAGS) ./...
	@# What cannot be run here is compiled and vetted for its system: cameras and screens, tests with them.
	for system in windows darwin; do GOOS=$$system CGO_ENABLED=0 $(GO) vet -tags $(TAGS),ci ./calls/hardware || exit 1; done
	$(TEST) -race ./...
	@# The race detector makes curves twelve times slower; this is the full count of forged and mutated messages.
	$(TEST) ./crypto

short: ## only the tests that start no servers and no windows
	$(TEST) -short ./...

race: ## all tests three times over, in random order
	$(TEST) -race -count 3 -shuffle on ./...

lint: $(LINTER) ## what golangci-lint finds
	$(LINTER) run --build-tags $(TAGS)

fmt: $(LINTER) ## format the code
	$(LINTER) fmt

fuzz: ## each fuzz target for FUZZTIME (30s)
	@for package in $$($(GO) list -tags $(TAGS),ci ./...); do \
		for target in $$($(TEST) -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			$(TEST) -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x $$package || exit 1; \
		done; \
	done

bench: ## all benchmarks; docs/bench.md holds results
	$(TEST) -run '^$$' -bench . -benchmem ./...

soak: ## a call of 30 minutes (SOAK) over a bad line: memory, goroutines and figures each minute
	$(GO) test -tags $(TAGS),ci,soak -timeout 2h -run TestSoak -v ./calls/media -soak $(SOAK)

peers: deps ## start, memory and idle side by side with Dino (needs the package dino-im)
	$(GO) test -tags $(TAGS),peers -run '^$$' -bench Peers -benchtime 1x -count 3 ./e2e

interop: deps-build ## calls with Dino from Debian or Ubuntu on an invisible screen: who rings, hears and sees whom
	@sh assets/packaging/deps.sh interop
	$(GO) test -tags $(TAGS),ci,interop -timeout 40m -count 1 -v -run Dino ./e2e

cover: ## how much of the code the tests run, in bin/cover.html
	@mkdir -p bin
	$(TEST) -coverpkg ./... -coverprofile bin/cover.out ./...
	$(GO) tool cover -html bin/cover.out -o bin/cover.html
	@$(GO) tool cover -func bin/cover.out | tail -n 1

check: lint test fuzz ## what a release needs: lint, test, fuzz

deps: ## install what building and testing needs
	@sh assets/packaging/deps.sh test

.PHONY: deps-build
deps-build:
	@sh assets/packaging/deps.sh build

screenshots: deps ## run the demo without a display and keep its pictures in demo/out
	$(GO) run -tags $(TAGS) ./demo -hidden

hooks: ## let git run .githooks/pre-commit before each commit
	git config core.hooksPath .githooks

package-linux: deps-build ## bin/kith-VERSION-linux-ARCH.tar.xz and a .deb
	@sh assets/packaging/linux.sh

package-windows: ## not built yet: says what it needs
	@echo "The installer for Windows is not built yet: it needs mingw-w64 and NSIS, and tests on a real Windows." >&2; exit 1

package-macos: ## not built yet: says what it needs
	@echo "The disk image for macOS is not built yet: it needs a Mac with Xcode, a signing identity, and a bundle that says why camera and microphone are used." >&2; exit 1

package-android: ## not built yet: says what it needs
	@echo "The Android app is not built yet: it needs the Android SDK and NDK, and the Gradle project of mobile/android." >&2; exit 1

package-ios: ## not built yet: says what it needs
	@echo "The iOS app is not built yet: it needs a Mac with Xcode, and the project of mobile/ios." >&2; exit 1

release: check package-linux ## everything that is published for this version, with checksums
	cd bin && sha256sum kith-*.tar.xz kith_*.deb >SHA256SUMS && cat SHA256SUMS

clean: ## remove what was built
	rm -rf bin demo/out kith kith-headless

# The linter comes from its own module, so that go.mod stays free of it. It is built once.
$(LINTER): assets/packaging/lint/go.mod
	@mkdir -p bin
	cd assets/packaging/lint && $(GO) build -o ../../../$(LINTER) github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $(LINTER)
