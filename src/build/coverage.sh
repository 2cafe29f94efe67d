#!/bin/sh
# Which lines of src/ the tests run through: all of t/ on an nginx, a module,
# unit tests, fuzz targets, tools and a consentctl built for gcov, failing
# allocations too.  Tables that a generator has made have no lines to count.
#
#     coverage.sh BUILD [TEST...]
#
# The summary is printed; BUILD/coverage/html/index.html has each line.

set -e

cd "$(dirname "$0")/../.."

root=$(pwd)
build=$1
shift
cov=$build/coverage
src=$(src/build/source.sh "$build")
flags="-O0 -g --coverage"

# workers, who run as somebody else, write what they counted when they end,
# into files that others have made

umask 0

find "$cov" -name '*.gcda' -delete 2> /dev/null || true

STATIC=yes NGX_CC_OPT="-O0 --coverage -w -DNGX_DEBUG_PALLOC=1" \
NGX_LD_OPT=--coverage \
    src/build/module.sh "$cov" "$src"

make -s BUILD="$cov/plain" CFLAGS="$flags" ctl units

${CC:-gcc} -O1 -g -shared -fPIC -fno-builtin -o "$cov/failalloc.so" \
    t/tools/failalloc.c

chmod -R a+rwX "$cov"

export TEST_NGINX_BINARY="$root/$cov/nginx"
export TEST_NGINX_MODULE=static
export CONSENT_BUILD="$root/$cov/plain"
export CONSENT_FAULT="$root/$cov/failalloc.so"
export CONSENT_FUZZ_FLAGS="$flags"
export CONSENT_FUZZ=5

# tools that tests make count, too; tests that count instructions are left out

export MAKEFLAGS='-- CFLAGS=-O0\ -g\ --coverage'

[ $# != 0 ] || set -- $(ls t/*.t | grep -v t/05-) \
    $(find "$cov/plain/unit" -name 'test_*' -perm -u+x)

status=0
prove -It/lib "$@" > "$cov/prove.log" 2>&1 || status=$?
tail -3 "$cov/prove.log"

# of nginx only what is ours: its own sources are called src/..., too

lcov --quiet --capture --directory "$cov/ngx/addon" --directory "$cov/plain" \
    --base-directory "$root" --output-file "$cov/all.info" \
    > "$cov/lcov.log" 2>&1
lcov --quiet --extract "$cov/all.info" "$root/src/*consent*" \
    --output-file "$cov/src.info" >> "$cov/lcov.log" 2>&1
genhtml --quiet --output-directory "$cov/html" "$cov/src.info" \
    >> "$cov/lcov.log" 2>&1

lcov --list "$cov/src.info" 2> /dev/null
exit $status
