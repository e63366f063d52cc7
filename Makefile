# What a contributor runs. `make check` is the fast loop; `make test` and `make lint` must pass. CI runs
# .ci/run, which is these two and `make conformance`.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
GO ?= go
FUZZTIME ?= 30s
BENCH ?= .
COUNT ?= 1
# Where lint asks for known vulnerabilities, and which fuzz targets run: a regular expression.
VULNDB ?= https://vuln.go.dev
TARGETS ?= .
PARTS ?= editor packs cdk sam risk iam-simulate page script playground release

.PHONY: all build check test lint lint-format lint-go lint-vulnerabilities lint-templates lint-docs conformance bench cover golden fuzz fuzz-targets licenses sbom playground clean

all: build test lint

# One static binary.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/secretctl ./cmd/secretctl

# The fast loop: formatting, vet, and the tests that take no time. -short leaves out properties of
# generated inputs and the contexts of golden cases; each test that is left out says why. The tools
# of this Makefile and the program as a process are for `make test`. GOGC trades memory for time.
check: lint-format
	$(GO) vet ./...
	GOGC=400 $(GO) test -short -vet=off $$($(GO) list ./... | grep -Ev '/(cmd|tools)/|/(action|gitlab)$$')

# All tests, which take some minutes.
test:
	$(GO) test ./...

lint: lint-go lint-vulnerabilities lint-templates lint-docs

lint-format:
	@unformatted="$$(gofmt -l .)"; if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi

lint-go: lint-format
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) run ./internal/tools/columns
	$(GO) vet -tags release ./conformance/release
	GOOS=windows $(GO) vet ./...
	GOOS=js GOARCH=wasm $(GO) vet ./playground # and with it the package that people import, which works in a browser, too

# govulncheck: a known vulnerability that the program can reach fails. Without the database, which is on the network, nothing is
# checked, and it says so; VULNDB=file:///… is a copy of it.
lint-vulnerabilities:
	$(GO) run ./internal/tools/vulncheck -db '$(VULNDB)' ./...

# cfn-lint over what every example compiles to and over every template that a golden case expects. Warnings fail. One call
# for all of them, because cfn-lint takes seconds to start.
lint-templates:
	@if ! command -v cfn-lint >/dev/null 2>&1; then \
		echo "############ cfn-lint is not installed: NO TEMPLATE WAS CHECKED (pip install cfn-lint) ############"; exit 0; fi; \
	set -e; dir="$$(mktemp -d)"; trap 'rm -rf "$$dir"' EXIT; \
	$(GO) build -o "$$dir/secretctl" ./cmd/secretctl; \
	for spec in $$(find examples -mindepth 1 -maxdepth 1 \( -type d -o -name '*.yaml' \) 2>/dev/null | sort); do \
		"$$dir/secretctl" compile --quiet "$$spec" -o "$$dir/examples/$${spec//\//_}.d" || { echo "$$spec does not compile"; exit 1; }; \
	done; \
	{ find "$$dir" -path '*.d/*' -name '*.json' ! -name plan.json; \
	  find testdata/golden -path '*/want/*' \( -name '*.json' -o -name '*.yaml' \) ! -name plan.json -exec grep -lE '(^|[{, ])"?Resources"?:' {} +; } \
		2>/dev/null | sort > "$$dir/templates" || true; \
	echo "cfn-lint: $$(wc -l < "$$dir/templates") templates"; \
	[ -s "$$dir/templates" ] || exit 0; \
	xargs -d '\n' -n 2000 cfn-lint --format parseable --regions us-east-1 -- < "$$dir/templates"

# The spelling of pages, of comments and of messages; their style is for internal/archtest. The checker is installed when its lock file changes.
lint-docs:
	@if ! command -v node >/dev/null 2>&1; then \
		echo "############ node is not installed: NO SPELLING WAS CHECKED (install Node.js 20.18 or later) ############"; exit 0; fi; \
	set -e; spelling=internal/tools/spelling; \
	if ! cmp -s $$spelling/package-lock.json $$spelling/node_modules/installed; then \
		npm ci --prefix $$spelling --loglevel=error; cp $$spelling/package-lock.json $$spelling/node_modules/installed; fi; \
	node $$spelling/node_modules/cspell/bin.mjs lint --no-progress --no-summary --config $$spelling/cspell.json || \
		{ echo "If a word is right, add it to $$spelling/words.txt."; exit 1; }

# What others say of the same situations: conformance/README.md. PARTS=editor runs one of them. It fails for whatever reason but one: no node.
conformance:
	@if ! command -v node >/dev/null 2>&1; then \
		echo "############ node is not installed: NOTHING WAS COMPARED WITH WHAT OTHERS SAY (install Node.js 20 or later) ############"; exit 0; fi; \
	set -e; dir="$$(mktemp -d)"; trap 'rm -rf "$$dir"' EXIT; \
	$(GO) build -o "$$dir/secretctl" ./cmd/secretctl; \
	npm ci --prefix conformance --loglevel=error; \
	case " $(PARTS) " in *" iam-simulate "*) \
		export EVALUATIONS="$$dir/evaluations"; mkdir "$$EVALUATIONS"; \
		$(GO) test ./internal/compile -run '^TestWriteEvaluations$$' -count=1;; esac; \
	case " $(PARTS) " in *" risk "*) \
		export RISKS="$$dir/risks"; mkdir "$$RISKS"; \
		$(GO) test ./internal/change -run '^TestWriteRisks$$' -count=1;; esac; \
	case " $(PARTS) " in *" playground "*) npm ci --prefix playground --loglevel=error;; esac; \
	failed=; for part in $(PARTS); do SECRETCTL="$$dir/secretctl" node "conformance/$$part/run.mjs" || failed="$$failed $$part"; done; \
	[ -z "$$failed" ] || { echo "conformance: failed:$$failed; conformance/README.md says how to read it"; exit 1; }

bench:
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./...

# The coverage of internal, by all tests together, and the functions that no test enters.
cover:
	$(GO) test -coverpkg=./internal/... -coverprofile=coverage.out ./...
	@$(GO) tool cover -func=coverage.out | awk '$$NF == "0.0%" { print "never entered: " $$1 " " $$2 } END { print }'

# Writes what the golden cases expect, and the pages that are made from them. Read the difference as a
# user would before you commit it.
golden:
	$(GO) test ./internal/golden -run '^Test(Golden|Matrix|Shelves)$$' -update
	$(GO) test ./internal/archtest -run '^Test(DiagnosticPages|ReferenceIsMadeFromTheSchema)$$' -update
	$(GO) test ./internal/docstest -run '^TestPages$$' -update

# Every fuzz target for FUZZTIME, 1,000 runs that are killed, every fault that properties and generated estates must find, and the answers about 10,000 generated
# estates, which an independent simulator checks with 1,000,000 calls: the last takes half an hour of CPU and prints what decided the calls.
fuzz:
	FAULTS=all $(GO) test ./internal/policy -run '^(TestPropertiesFindPlantedFaults|TestExceedingFindsPlantedFaults)$$' -timeout 60m
	FAULTS=all $(GO) test ./internal/access -run '^(TestGeneratedEstatesFindPlantedFaults|TestComparingFindsPlantedFaults)$$' -timeout 60m
	KILLS=1000 $(GO) test ./internal/cli -run '^TestKilledRunsLeaveASet$$' -v -timeout 60m
	SECRECY=all $(GO) test ./internal/golden -run '^(TestNoPasswordIsShown|TestNoEditShowsAPassword)$$' -v -timeout 60m
	SOUNDNESS=full $(GO) test ./internal/access -run '^(TestAnswersAreSound|TestDifferencesAreThoseOfTheMatrices)$$' -v -timeout 3h
	SOUNDNESS=full $(GO) test ./internal/compile -run '^(TestTheSameInOtherWordsIsNoChange|TestEveryWideningIsFound)$$' -v -timeout 60m
	$(MAKE) fuzz-targets

# Every fuzz target for FUZZTIME, and how many inputs each of them mutated: one that mutated none fails.
fuzz-targets:
	$(GO) run ./internal/tools/fuzz -time '$(FUZZTIME)' -targets '$(TARGETS)' </dev/null

# The licences of all that is linked into the binary. Run it when a dependency changes, and read the difference; a test fails until then.
# A licence that is not allowed is an error: internal/tools/supply/licence.go.
licenses:
	$(GO) run ./internal/tools/supply licenses > THIRD_PARTY_LICENSES.new
	mv THIRD_PARTY_LICENSES.new THIRD_PARTY_LICENSES

# What is linked into bin/secretctl, for programs: CycloneDX 1.6. The same binary always gives the same list.
sbom: build
	GOOS= GOARCH= $(GO) run ./internal/tools/supply sbom bin/secretctl > bin/secretctl.cdx.json.new
	mv bin/secretctl.cdx.json.new bin/secretctl.cdx.json
	@echo "bin/secretctl.cdx.json"

# The page that compiles in the browser, in one file: bin/playground.html. It needs Node.js.
playground:
	npm ci --prefix playground --loglevel=error
	GO='$(GO)' node playground/build.mjs bin/playground.html

clean:
	rm -rf bin coverage.out
