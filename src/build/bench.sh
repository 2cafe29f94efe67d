#!/bin/sh
# What a page costs: the core alone, then nginx with what comes with Debian
# beside it.
#
#     bench.sh BUILD [PART...]     parts: core, and those of t/bench/nginx.pl

set -e

cd "$(dirname "$0")/../.."

build=$1
shift
bench=$build/bench
mkdir -p "$bench"

CC=${CC:-cc}
flags="-std=c11 -D_POSIX_C_SOURCE=200809L -O2 -g"
incs="-Isrc/core -Isrc/ui -Isrc/catalog -Isrc"
libs="-lpcre2-8 -lcrypto -lz -lpsl -lidn2 -lm"

# shellcheck disable=SC2086
$CC $flags $incs -o "$bench/rewrite" t/bench/rewrite.c \
    "$build/libconsent.a" $libs

with=
for l in gumbo:GUMBO libxml-2.0:LIBXML2; do
    if pkg-config --exists "${l%%:*}" 2> /dev/null; then
        with="$with -DWITH_${l#*:} $(pkg-config --cflags --libs "${l%%:*}")"
    fi
done

# shellcheck disable=SC2086
$CC $flags -o "$bench/others" t/bench/others.c $with

echo "$(nginx -v 2>&1 | sed 's/.*: //'), $(nproc) x $(sed -n \
    's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -sr)"

case " $* " in
    "  "|*" core "*) perl t/bench/core.pl "$bench" ;;
esac

[ "$*" != core ] || exit 0

# shellcheck disable=SC2046
exec perl t/bench/nginx.pl $(echo "$*" | sed 's/\bcore\b//')
