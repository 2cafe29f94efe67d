#!/bin/sh
# The tests of t/ on an nginx and a module built with AddressSanitizer and
# UBSan; NGX_DEBUG_PALLOC makes each allocation from a pool one of its own,
# so that one byte too far is seen.
#
#     asan.sh BUILD [TEST...]

set -e

cd "$(dirname "$0")/../.."

build=$1
shift
asan=$build/asan
src=$(src/build/source.sh "$build")

root=$(pwd)
san="-fsanitize=address,undefined"
san="$san -fsanitize-ignorelist=$root/src/build/ubsan.ignore"

# linked in: a module's own ngx_modules would hide nginx's from the sanitizer

CC=${CLANG:-clang-14} STATIC=yes \
NGX_CC_OPT="-O1 -fno-omit-frame-pointer $san -DNGX_DEBUG_PALLOC=1 -w" \
NGX_LD_OPT="$san" \
    src/build/module.sh "$asan" "$src"

export TEST_NGINX_BINARY="$root/$asan/nginx"
export TEST_NGINX_MODULE=static
export ASAN_OPTIONS=detect_odr_violation=0:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS="suppressions=$root/t/lib/lsan.supp:print_suppressions=0"
export CONSENT_SANITIZED=1
export CONSENT_FUZZ=5
export CONSENT_BUILD=${CONSENT_BUILD:-$root/$build}

[ $# != 0 ] || set -- -r t

exec prove -It/lib "$@"
