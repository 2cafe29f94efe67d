#!/bin/sh
# Which lines of src/ the tests run through: all of t/ on an nginx, a module,
# unit tests and a consentctl built for gcov.
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

find "$cov" -name '*.gcda' -delete 2> /dev/null || true

STATIC=yes NGX_CC_OPT="-O0 --coverage -w" NGX_LD_OPT=--coverage \
    src/build/module.sh "$cov" "$src"

make -s BUILD="$cov/plain" CFLAGS="-O0 -g --coverage" ctl units

# workers, who run as somebody else, write what they counted when they end

chmod -R a+rwX "$cov"

export TEST_NGINX_BINARY="$root/$cov/nginx"
export TEST_NGINX_MODULE=static
export CONSENT_BUILD="$root/$cov/plain"

# tools that tests make count, too; those that count instructions have others

export MAKEFLAGS='-- CFLAGS=-O0\ -g\ --coverage'

[ $# != 0 ] || set -- $(ls t/*.t | grep -v t/05-) \
    $(find "$cov/plain/unit" -name 'test_*' -perm -u+x)

status=0
prove -It/lib "$@" > "$cov/prove.log" 2>&1 || status=$?
tail -3 "$cov/prove.log"

# of nginx only what is ours: its own sources are called src/..., too

lcov --quiet --capture --directory "$cov/ngx/addon" --directory "$cov/plain" \
    --base-directory "$root" --output-file "$cov/all.info" > "$cov/lcov.log" 2>&1
lcov --quiet --extract "$cov/all.info" "$root/src/*" \
    --output-file "$cov/src.info" >> "$cov/lcov.log" 2>&1
genhtml --quiet --output-directory "$cov/html" "$cov/src.info" \
    >> "$cov/lcov.log" 2>&1

lcov --list "$cov/src.info" 2> /dev/null
exit $status
