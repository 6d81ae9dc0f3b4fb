# The one list of tasks. `make help` prints it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
NODE := node_modules/.bin/node
export CLUSTER ?= local
export NODES ?= 3

.PHONY: help deps check types lint format unit test e2e sweep demo cluster cluster-down image generate golden bench

help: ## print this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  \1|\2/' | column -t -s '|'

demo: deps ## a cluster, the operator, a failover, its master killed: watched from the terminal
	@$(NODE) demo/demo.ts

test: check e2e ## every test: `make check`, then end to end on a real Kubernetes

check: types lint format unit ## types, lint, format, unit tests (under a minute)

types: deps
	@npx tsc

lint: deps
	@npx oxlint --type-aware --deny-warnings

format: deps
	@npx biome ci --log-level=warn

unit: deps
	@$(NODE) --test --test-reporter=dot 'src/**/*.test.ts' 'sim/**/*.test.ts' 'cluster/**/*.test.ts' 'images/**/*.test.ts' 'demo/**/*.test.ts' 'test/e2e/harness/*.test.ts' 'test/structure/*.test.ts' 'test/golden/*.test.ts' 'test/sweep/schema/*.test.ts' 'test/sweep/live/*.test.ts' 'bench/**/*.test.ts'

fix: deps ## format the code and mend what lint can
	@npx biome check --write --log-level=warn
	@npx oxlint --type-aware --fix

cluster: deps ## start the local Kubernetes (NODES=3); kubectl --kubeconfig .cluster/kubeconfig
	@$(NODE) cluster/main.ts up

cluster-down: deps ## stop it and remove every trace
	@$(NODE) cluster/main.ts down

e2e: deps ## end to end tests on a real Kubernetes (CLUSTER=current: the kubeconfig's)
	@$(NODE) test/e2e/main.ts

sweep: deps ## every property of the spec set, changed, unset and broken on a real Kubernetes, and reverted (20 minutes)
	@SWEEP=full $(NODE) test/e2e/main.ts sweep-

image: deps ## the operator's image, loaded into the local cluster
	@$(NODE) cluster/main.ts images

generate: deps ## the CRD from src/api, into the chart
	@$(NODE) src/api/generate.ts

golden: deps ## the objects of the current template version, for test/golden
	@$(NODE) test/golden/golden.ts

bench: deps ## measure the targets (OPERATOR_COMMAND=…, CRD=…: another operator beside ours)
	@$(NODE) bench/main.ts

deps: node_modules/.package-lock.json

# Not `npm ci`: it refuses the lock file where a registry does not serve the optional packages of other platforms.
node_modules/.package-lock.json: package.json package-lock.json
	@command -v npm >/dev/null || { echo 'npm is missing: install Node.js 20 or newer (Debian: apt-get install npm)' >&2; exit 1; }
	@echo 'installing npm packages' && npm install --no-save --no-audit --no-fund --loglevel=error && touch $@
