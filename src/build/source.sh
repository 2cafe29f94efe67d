#!/bin/sh
# The source of the nginx that is installed, from Debian's own archive.
#
#     source.sh BUILD
#
# Prints the folder it is in.  Nothing of apt's own configuration is changed.

set -e

mkdir -p "$1/source"
dir=$(cd "$1/source" && pwd)
version=$(dpkg-query -W -f '${source:Upstream-Version}' nginx)

if [ ! -e "$dir/nginx-$version/auto/module" ]; then
    mkdir -p "$dir/lists/partial" "$dir/parts"

    # the machine's own sources, as deb-src
    for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ ! -f "$f" ] || sed -n 's/^deb /deb-src /p' "$f"
    done > "$dir/parts/src.list"

    for f in /etc/apt/sources.list.d/debian.sources; do
        [ ! -f "$f" ] || sed 's/^Types:.*/Types: deb-src/' "$f" \
                         > "$dir/parts/src.sources"
    done

    opt="-o Dir::Etc::sourcelist=/dev/null
         -o Dir::Etc::sourceparts=$dir/parts
         -o Dir::State::lists=$dir/lists -o Acquire::Retries=3
         -o APT::Sandbox::User=$(id -un)"

    apt-get -q $opt update > "$dir/log" 2>&1 || true

    # only the upstream tarball is used, the same for each Debian revision
    cd "$dir"
    for v in $(apt-cache $opt showsrc --only-source nginx 2> /dev/null \
               | sed -n "s/^Version: \($version-.*\)/\1/p" | sort -uV)
    do
        apt-get -q $opt source --download-only --tar-only "nginx=$v" \
            >> "$dir/log" 2>&1 && break
    done

    tar=$(ls "$dir/nginx_$version.orig.tar."* 2> /dev/null \
          | grep -v '\.asc$' | head -1)
    if [ -z "$tar" ]; then
        tail -5 "$dir/log" >&2
        echo "$0: no source of nginx $version from Debian's archive" >&2
        exit 1
    fi

    tar -xf "$tar"
fi

echo "$dir/nginx-$version"
