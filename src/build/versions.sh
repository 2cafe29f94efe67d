#!/bin/bash
# The module on every nginx that Debian has: for each suite a tree of its own,
# the module built in it against that suite's nginx-dev, and all tests that
# need no browser run with that suite's nginx.
#
#     versions.sh BUILD [SUITE...]
#
# Takes root.  Packages are kept in BUILD/versions for the next time.

cd "$(dirname "$0")/../.." || exit 1

build=$1
shift
[ $# != 0 ] || set -- bookworm trixie sid

mkdir -p "$build/versions" || exit 1
build=$(cd "$build/versions" && pwd)
failed=
table=

for suite; do
    log=$build/$suite.log

    src/build/chroot.sh "$build/$suite" "$suite" "CONSENT_FUZZ=5 make test-http" 2>&1 \
        | tee "$log"
    status=${PIPESTATUS[0]}

    nginx=$(sed -n 's/^configuring for //p' "$log" | tail -1)
    tests=$(sed -n 's/^\(Files=[0-9]*, Tests=[0-9]*\),.*/\1/p' "$log" | tail -1)
    result=good

    if [ "$status" != 0 ]; then
        result=FAILED
        failed="$failed $suite"
    fi

    table="$table$(printf '%-10s %-14s %-22s %s' "$suite" "${nginx:-?}" \
                   "${tests:-no tests}" "$result")
"
    rm -rf --one-file-system "$build/$suite/chroot"
done

printf '\n%s' "$table"

[ -z "$failed" ]
