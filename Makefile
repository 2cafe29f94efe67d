# ngx_http_consent_module: build, try, test.  "make help" lists the targets.

BUILD     = build
NGINX_SRC =
CC        = gcc
CLANG     = clang-14
JOBS      = 2
PORT      = 8080

# what each task needs, by Debian's names

PKG_RUN   = nginx nginx-dev gcc libc6-dev dpkg-dev libpcre2-dev \
            libssl-dev zlib1g-dev libbrotli-dev libzstd-dev libpsl-dev \
            libidn2-dev
PKG_DEMO  = webext-ublock-origin-chromium
PKG_HTTP  = perl faketime curl openssl brotli zstd \
            libnginx-mod-http-brotli-filter libnginx-mod-http-brotli-static \
            libnginx-mod-http-subs-filter libnginx-mod-http-lua \
            libnginx-mod-http-js libnginx-mod-http-headers-more-filter \
            libnginx-mod-http-xslt-filter libnginx-mod-http-image-filter \
            varnish/vinyl-cache apache2
PKG_TEST  = $(PKG_HTTP) rsyslog node:nodejs npm:npm chromium firefox-esr
PKG_LINT  = clang-14 clang-tidy-14 cppcheck libclang-rt-14-dev
PKG_FUZZ  = clang-14 libclang-rt-14-dev libfuzzer-14-dev
PKG_BENCH = valgrind pkg-config:pkgconf libgumbo-dev libxml2-dev \
            libnginx-mod-http-subs-filter
PKG_ASAN  = $(PKG_FUZZ)
PKG_FULL  = debootstrap util-linux prometheus $(PKG_LINT) $(PKG_FUZZ) \
            $(PKG_BENCH)
PKG_DEB   = build-essential debhelper dpkg-dev fakeroot lintian

# src/sources.list is the one list of sources

src = $(shell sed -n 's/^$(1)  *//p' src/sources.list)

CORE_SRCS = $(call src,core) $(call src,ui)
CTL_SRCS  = $(call src,ctl)
HDRS      = $(shell find src -name '*.h')

CFLAGS    = -O2 -g
WARN      = -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror
INCS      = -Isrc/core -Isrc/ui -Isrc/catalog -Isrc
LIBS      = -lpcre2-8 -lcrypto -lz -lpsl -lidn2 -lm

CORE_OBJS = $(CORE_SRCS:src/%.c=$(BUILD)/obj/%.o)
CTL_OBJS  = $(CTL_SRCS:src/%.c=$(BUILD)/obj/%.o)
UNITS     = $(patsubst t/unit/%.c,$(BUILD)/unit/%,$(wildcard t/unit/test_*.c))
FUZZERS   = $(patsubst t/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard t/fuzz/fuzz_*.c))

PROVE     = prove -It/lib
export CONSENT_BUILD = $(abspath $(BUILD))


help:
	@echo 'make run        install what it takes, build, start the demo site'
	@echo '                on http://127.0.0.1:$(PORT)/ (PORT= for another)'
	@echo 'make stop       stop the demo site'
	@echo 'make test       install what the tests take and run them'
	@echo 'make test-full  also: lint, sanitizers, fuzzing, a clean Debian,'
	@echo '                every nginx that Debian has'
	@echo 'make build      $(BUILD)/ngx_http_consent_module.so, consentctl'
	@echo '                (NGINX_SRC= for another nginx, BUILD= where to)'
	@echo 'make unit       the unit tests of the core'
	@echo 'make lint       compilers'"'"' warnings, cppcheck, clang-tidy, style'
	@echo 'make asan       tests under AddressSanitizer and UBSan'
	@echo 'make valgrind   some of them under valgrind'"'"'s memcheck'
	@echo 'make fault      requests while each allocation fails in turn'
	@echo 'make coverage   lines of src/ that the tests run through'
	@echo 'make fuzz       fuzz the core (FUZZ_TIME= seconds a target)'
	@echo 'make bench      what a page costs'
	@echo 'make catalog    the tables of trackers anew, and what changed'
	@echo 'make deb        a Debian package for the nginx installed'
	@echo 'make deb-test   that package in empty Debians (SUITES= which)'
	@echo 'make versions   the tests on each nginx of Debian (SUITES=)'
	@echo 'make clean      remove $(BUILD)'


# building

build: module ctl

module:
	@CC= src/build/module.sh $(BUILD) $(NGINX_SRC)

ctl: $(if $(CTL_SRCS),$(BUILD)/consentctl)

$(BUILD)/consentctl: $(CTL_OBJS) $(BUILD)/libconsent.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(CTL_OBJS) $(BUILD)/libconsent.a \
	    $(LIBS)

$(BUILD)/libconsent.a: $(CORE_OBJS)
	@rm -f $@
	ar rcs $@ $(CORE_OBJS)

$(BUILD)/obj/%.o: src/%.c $(HDRS)
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) $(INCS) -c -o $@ $<

$(BUILD)/unit/%: t/unit/%.c $(wildcard t/unit/*.h) $(BUILD)/libconsent.a
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) $(INCS) -It/unit -o $@ $< \
	    $(BUILD)/libconsent.a $(LIBS)

units: $(UNITS)

# drivers that tests build for themselves

$(abspath $(BUILD))/tools/%: t/tools/%.c $(BUILD)/libconsent.a
	@mkdir -p $(@D)
	$(CC) $(WARN) -D_DEFAULT_SOURCE $(CFLAGS) $(INCS) -o $@ $< \
	    $(BUILD)/libconsent.a $(LIBS)

# the unit tests of the core

unit: units
	@prove --exec '' $(UNITS)

clean:
	rm -rf $(BUILD)


# fuzzing: each target for FUZZ_TIME seconds, two thirds of it on inputs of at
# most 256 bytes, since it is trying often that finds things; what it finds,
# and the corpus, stay in build/fuzz

FUZZ_TIME  = 60
FUZZ_FLAGS = -g -O2 -fno-omit-frame-pointer -fsanitize=address,undefined \
             -fno-sanitize-recover=undefined \
             -fsanitize-coverage=inline-8bit-counters,pc-table
FUZZ_OBJS  = $(CORE_SRCS:src/%.c=$(BUILD)/fuzz/obj/%.o)

fuzz: deps-fuzz fuzzers
	@src/build/fuzz.sh $(FUZZ_TIME) $(FUZZERS)

fuzzers: $(FUZZERS)

$(BUILD)/fuzz/obj/%.o: src/%.c $(HDRS)
	@mkdir -p $(@D)
	@$(CLANG) $(WARN) $(FUZZ_FLAGS) $(INCS) -c -o $@ $<

$(BUILD)/fuzz/libconsent.a: $(FUZZ_OBJS)
	@rm -f $@
	@ar rcs $@ $(FUZZ_OBJS)

$(BUILD)/fuzz/%: t/fuzz/%.c $(wildcard t/fuzz/*.h) $(BUILD)/fuzz/libconsent.a
	$(CLANG) $(WARN) $(FUZZ_FLAGS) -fsanitize=fuzzer $(INCS) -o $@ $< \
	    $(BUILD)/fuzz/libconsent.a $(LIBS)


# what can be said of the code without running it

lint: deps-lint deps-run module
	@BUILD=$(BUILD) CLANG=$(CLANG) JOBS=$(JOBS) src/build/lint.sh


# the tests of t/ on an nginx with AddressSanitizer and UBSan, in which each
# allocation from a pool is one of its own

asan: deps-run deps-test deps-asan browser-deps ctl
	@src/build/asan.sh $(BUILD)


# some of them under valgrind's memcheck

valgrind: deps-run deps-test deps-bench ctl
	@src/build/valgrind.sh $(BUILD)


# each allocation of a request fails in turn

fault: deps-run deps-test ctl
	@src/build/fault.sh $(BUILD)


# which lines the tests run through

coverage: deps-run deps-test deps-coverage browser-deps
	@src/build/coverage.sh $(BUILD)


# what a page costs: instructions by callgrind, and the processor's time

bench: deps-run deps-bench build
	@src/build/bench.sh $(BUILD) $(BENCH)


# a Debian package

deb: deps-run deps-deb
	@src/build/deb.sh $(BUILD)

# and it tried in empty Debians

deb-test: deps-full
	@src/build/deb-test.sh $(BUILD) $(SUITES)


# all there is: the above, a clean Debian 12, every nginx of Debian's

test-full: deps-full lint
	@CONSENT_FULL=1 $(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory asan
	@$(MAKE) --no-print-directory valgrind
	@$(MAKE) --no-print-directory fault
	@$(MAKE) --no-print-directory fuzz FUZZ_TIME=1800
	@$(MAKE) --no-print-directory chroot
	@$(MAKE) --no-print-directory versions
	@$(MAKE) --no-print-directory deb-test

# both commands of the README in an empty Debian 12, from a fresh clone

chroot: deps-full
	@src/build/chroot.sh $(BUILD)


# the module on each nginx that Debian has, in a tree of its own

versions: deps-full
	@src/build/versions.sh $(BUILD) $(SUITES)


# the tables of src/catalog anew; prints what changed.  TPW=latest takes the
# newest third-party-web, COOKIES= a newer open-cookie-database.csv

TPW     =
COOKIES =

catalog: deps-catalog
	@cd src/catalog && { [ -z "$(TPW)" ] \
	    && npm ci --silent --no-audit --no-fund \
	    || npm install --silent --no-audit --no-fund --save-exact \
	           third-party-web@$(or $(TPW),latest); } \
	    && node generate.mjs $(if $(COOKIES),--cookies $(abspath $(COOKIES)))
	@node src/ui/generate.mjs


# the demo site

run: deps-run deps-demo build
	@src/build/demo.sh start $(BUILD) $(PORT)

stop:
	@src/build/demo.sh stop $(BUILD) $(PORT)


# tests

# one after the other, and beside them the fuzz targets

ORDER = -j2 --rules 'par=t/60-fuzz.t' --rules 'seq=**'

test: deps-test build units browser-deps
	@$(PROVE) $(ORDER) -r t $(UNITS)

# those that need no browser

test-http: deps-http build units
	@$(PROVE) t/0*.t t/1*.t t/2*.t t/4*.t $(UNITS)

# playwright-core and axe-core, pinned by the lock; Debian's Chromium

browser-deps: t/browser/node_modules/.package-lock.json

t/browser/node_modules/.package-lock.json: t/browser/package-lock.json
	@cd t/browser && npm ci --silent --no-audit --no-fund \
	    || { echo 'npm could not install what t/browser/package.json' \
	              'names' >&2; exit 1; }
	@touch $@


deps-run:
	@src/build/deps.sh 'building and running' $(PKG_RUN)

deps-demo:
	@src/build/deps.sh "the demo's filter lists" $(PKG_DEMO) \
	    || echo 'The demo goes without filter lists, then.'

deps-test: deps-run
	@src/build/deps.sh 'the tests' $(PKG_TEST)

deps-http: deps-run
	@src/build/deps.sh 'the tests' $(PKG_HTTP)

deps-lint:
	@src/build/deps.sh 'the checks' $(PKG_LINT)

deps-fuzz:
	@src/build/deps.sh 'fuzzing' $(PKG_FUZZ)

deps-asan:
	@src/build/deps.sh 'the sanitizers' $(PKG_ASAN)

deps-coverage:
	@src/build/deps.sh 'coverage' lcov

deps-catalog:
	@src/build/deps.sh 'the catalog' node:nodejs npm:npm

deps-bench:
	@src/build/deps.sh 'measuring' $(PKG_BENCH)

deps-deb:
	@src/build/deps.sh 'packaging' $(PKG_DEB)

deps-full: deps-test
	@src/build/deps.sh 'the full tests' $(PKG_FULL)


.PHONY: help run stop test test-http test-full build module ctl unit units \
        lint asan valgrind fault coverage fuzz fuzzers bench deb deb-test \
        chroot versions \
        clean browser-deps deps-run deps-demo deps-test deps-http deps-lint \
        deps-fuzz deps-asan deps-coverage deps-bench deps-deb deps-full

.PHONY: catalog deps-catalog
