# Everything a person or a machine does with this repository. `make` lists the targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)
TOOLS := .tools/bin

# What `make test` runs beside the end-to-end tests: every package but those.
UNIT = $$(go list ./... | grep -v '/e2e')
# How the last line of a step is told from what the step says.
say = @printf '\n== %s\n'

.PHONY: help demo build test unit e2e e2e-sqlite e2e-postgres install lint vet format generate generated bench conformance clean

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | while IFS=$$'\t' read -r name text; do
		printf '  make %-11s %s\n' "$$name" "$$text"
	done

demo: ## build, then run the SecureCart organization, ready to sign in (DEMO="--data DIR" keeps it)
	@CGO_ENABLED=0 go build -trimpath -o bin/gatehouse ./cmd/gatehouse
	exec bin/gatehouse demo $(DEMO)

build: ## bin/gatehouse, static and stamped with the version
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/gatehouse ./cmd/gatehouse

# The order is cheapest first, so that a mistake is told early.
test: install vet format lint unit e2e ## all checks and tests; installs what they need; fails if a part is missing

install: ## the programs that tests and lint use (Debian packages, npm packages, Go programs)
	@scripts/install/debian.sh
	scripts/install/npm.sh
	scripts/install/gotools.sh

vet:
	$(say) 'go vet'
	go vet ./...

format:
	$(say) 'gofmt'
	@files=$$(git ls-files --cached --others --exclude-standard '*.go' | while read -r f; do [[ -f $$f ]] && echo "$$f"; done)
	wrong=$$(gofmt -l $$files)
	if [[ -n $$wrong ]]; then printf 'not formatted; run gofmt -w:\n%s\n' "$$wrong" >&2; exit 1; fi

lint: ## golangci-lint
	@scripts/install/gotools.sh golangci-lint
	printf '\n== golangci-lint\n'
	$(TOOLS)/golangci-lint run --allow-parallel-runners ./...

unit: ## the tests of every package (storage tests on SQLite and PostgreSQL)
	$(say) 'unit tests'
	@scripts/with-postgres.sh go test -timeout 20m $(UNIT)

e2e: e2e-sqlite e2e-postgres ## the product from outside, on both databases

e2e-sqlite:
	$(say) 'end-to-end tests on SQLite'
	@GATEHOUSE_E2E_REQUIRE=1 GATEHOUSE_E2E_DATABASE=sqlite go test -count=1 -timeout 25m ./e2e/...

e2e-postgres:
	$(say) 'end-to-end tests on PostgreSQL'
	@GATEHOUSE_E2E_REQUIRE=1 GATEHOUSE_E2E_DATABASE=postgres go test -count=1 -timeout 25m ./e2e/...

generate: ## generated code and documents, from models/
	go generate ./...

generated: generate ## fails when generated files differ from what is committed
	@git diff --exit-code --stat || { echo 'generated files are not up to date: commit what make generate made' >&2; exit 1; }

bench: ## micro-benchmarks, then policy decisions and the load test beside their peers, then the largest organization (LOAD="-json")
	go test -run '^$$' -bench . -benchmem ./...
	go run ./bench/policy
	go run ./bench/load $(LOAD)
	go run ./bench/scale $(LOAD)

# ENDPOINT, ACCESS_KEY, SECRET, SESSION_TOKEN, ACCESS_TOKEN and START_URL name another endpoint than a demo of its own.
conformance: ## AWS's models and rules against a demo or ENDPOINT=http://... (CONFORMANCE="-json"; PUBLISH=1 writes the page, beside moto)
	@go run ./conformance $(if $(PUBLISH),-peer -o docs/conformance.md) $(CONFORMANCE)

clean: ## what was built or installed here
	rm -rf bin .tools e2e/node/node_modules
	go clean ./...
