#!/bin/sh
# The test in which each allocation fails in turn, on an nginx in which each
# allocation from a pool is one of its own (NGX_DEBUG_PALLOC).
#
#     fault.sh BUILD [TEST...]

set -e

cd "$(dirname "$0")/../.."

build=$1
shift
fault=$build/fault
src=$(src/build/source.sh "$build")

STATIC=yes NGX_CC_OPT="-DNGX_DEBUG_PALLOC=1 -w" \
    src/build/module.sh "$fault" "$src"

${CC:-gcc} -O1 -g -shared -fPIC -Wall -Wextra -Werror -fno-builtin \
    -o "$fault/failalloc.so" t/tools/failalloc.c

root=$(pwd)
export TEST_NGINX_BINARY="$root/$fault/nginx"
export TEST_NGINX_MODULE=static
export CONSENT_FAULT="$root/$fault/failalloc.so"

[ $# != 0 ] || set -- t/61-faults.t t/61-faults-start.t

exec prove -It/lib "$@"
