# What a contributor runs. `make test` and `make lint` must pass; CI runs .ci/run, which is both and
# `make conformance`.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
GO ?= go
FUZZTIME ?= 30s
BENCH ?= .
COUNT ?= 1
PARTS ?= editor packs cdk iam-simulate page

.PHONY: all build test lint lint-go lint-templates conformance bench cover golden fuzz clean

all: build test lint

# One static binary.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/secretctl ./cmd/secretctl

test:
	$(GO) test ./...

lint: lint-go lint-templates

lint-go:
	@unformatted="$$(gofmt -l .)"; if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# cfn-lint over what every example compiles to and over every template that a golden case expects. Warnings fail. One call
# for all of them, because cfn-lint takes seconds to start.
lint-templates:
	@if ! command -v cfn-lint >/dev/null 2>&1; then \
		echo "############ cfn-lint is not installed: NO TEMPLATE WAS CHECKED (pip install cfn-lint) ############"; exit 0; fi; \
	set -e; dir="$$(mktemp -d)"; trap 'rm -rf "$$dir"' EXIT; \
	$(GO) build -o "$$dir/secretctl" ./cmd/secretctl; \
	for spec in $$(find examples -mindepth 1 -maxdepth 1 \( -type d -o -name '*.yaml' \) 2>/dev/null | sort); do \
		"$$dir/secretctl" compile "$$spec" -o "$$dir/examples/$${spec//\//_}.d" || { echo "$$spec does not compile"; exit 1; }; \
	done; \
	{ find "$$dir" -path '*.d/*' -name '*.json' ! -name plan.json; \
	  find testdata/golden -path '*/want/*' \( -name '*.json' -o -name '*.yaml' \) ! -name plan.json -exec grep -lE '(^|[{, ])"?Resources"?:' {} +; } \
		2>/dev/null | sort > "$$dir/templates" || true; \
	echo "cfn-lint: $$(wc -l < "$$dir/templates") templates"; \
	[ -s "$$dir/templates" ] || exit 0; \
	xargs -d '\n' -n 2000 cfn-lint --format parseable --regions us-east-1 -- < "$$dir/templates"

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
	failed=; for part in $(PARTS); do SECRETCTL="$$dir/secretctl" node "conformance/$$part/run.mjs" || failed="$$failed $$part"; done; \
	[ -z "$$failed" ] || { echo "conformance: failed:$$failed; conformance/README.md says how to read it"; exit 1; }

bench:
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./...

# The coverage of internal, by all tests together, and the functions that no test enters.
cover:
	$(GO) test -coverpkg=./internal/... -coverprofile=coverage.out ./...
	@$(GO) tool cover -func=coverage.out | awk '$$NF == "0.0%" { print "never entered: " $$1 " " $$2 } END { print }'

# Writes what the golden cases expect. Read the difference as a user would before you commit it.
golden:
	$(GO) test -run '^TestGolden$$' . -update

# Every fuzz target for FUZZTIME, 1,000 runs that are killed, every fault that properties and generated estates must find, and the answers about 10,000 generated
# estates, which an independent simulator checks with 1,000,000 calls: the last takes half an hour of CPU and prints what decided the calls.
fuzz:
	FAULTS=all $(GO) test ./internal/policy -run '^TestPropertiesFindPlantedFaults$$' -timeout 60m
	FAULTS=all $(GO) test ./internal/access -run '^TestGeneratedEstatesFindPlantedFaults$$' -timeout 60m
	KILLS=1000 $(GO) test ./internal/cli -run '^TestKilledRunsLeaveASet$$' -v -timeout 60m
	SOUNDNESS=full $(GO) test ./internal/access -run '^TestAnswersAreSound$$' -v -timeout 3h
	@set -e; { grep -rl --include='*_test.go' '^func Fuzz' . || true; } | sort | while read -r file; do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
			echo "$$file: $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$(dirname "$$file")" </dev/null; \
		done; \
	done

clean:
	rm -rf bin coverage.out
