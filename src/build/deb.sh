#!/bin/bash
# A Debian package for the nginx that is installed, in BUILD/deb.
#
#     deb.sh BUILD
#
# src/build/debian is what stands in debian/; the changelog is made of
# CHANGES.  DEB_SUFFIX is added to the version, for a rebuild: +b1.

set -e

cd "$(dirname "$0")/../.."

root=$(pwd)
mkdir -p "$1"
build=$(cd "$1" && pwd)
out=$build/deb
version=$(sed -n 's/^Changes with .* \([0-9.]*\)$/\1/p' CHANGES | head -1)
tree=$out/libnginx-mod-http-consent-$version

[ -n "$version" ] || { echo "$0: no version in CHANGES" >&2; exit 1; }

# whose package it is: DEBFULLNAME and DEBEMAIL, else who wrote last

name=$(git log -1 --format=%an 2> /dev/null) || name=$(id -un)
mail=$(git log -1 --format=%ae 2> /dev/null) || mail=$(id -un)@$(hostname -f)
maintainer="${DEBFULLNAME:-$name} <${DEBEMAIL:-$mail}>"

rm -rf "$out"
mkdir -p "$tree"

# what is in git, as it stands; a tree without git as it stands, too

if git rev-parse HEAD > /dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard \
        | while IFS= read -r -d '' f; do
              [ ! -e "$f" ] || printf '%s\0' "$f"
          done | tar -c --null -T - | tar -x -C "$tree"
else
    tar -c --exclude=./build --exclude=node_modules . | tar -x -C "$tree"
fi

cp -r "$tree/src/build/debian" "$tree/debian"
cd "$tree"

sed -i "s/@MAINTAINER@/$(printf '%s' "$maintainer" | sed 's/[&\\/]/\\&/g')/" \
    debian/control

{
    echo "libnginx-mod-http-consent ($version$DEB_SUFFIX) unstable;" \
         "urgency=medium"
    echo
    sed -n "/^Changes with .* $version\$/,/^Changes with .* /p" CHANGES \
        | sed -n 's/^    \*) /  * /p; s/^       \([^ ]\)/    \1/p'
    echo
    echo " -- $maintainer  $(date -R -d "@${SOURCE_DATE_EPOCH:-$(
        git -C "$root" log -1 --format=%ct 2> /dev/null || date +%s)}")"
} > debian/changelog

echo "building libnginx-mod-http-consent $version$DEB_SUFFIX for nginx" \
     "$(dpkg-query -W -f '${Version}' nginx 2> /dev/null)"

dpkg-buildpackage -b -us -uc > "$out/build.log" 2>&1 \
    || { tail -30 "$out/build.log"; echo "see $out/build.log" >&2; exit 1; }

cd "$out"

# a package that somebody built at home closes no bug of Debian's

if command -v lintian > /dev/null; then
    runuser=
    [ "$(id -u)" != 0 ] || runuser=--allow-root
    lintian $runuser --fail-on error,warning \
        --suppress-tags initial-upload-closes-no-bugs ./*.deb
fi

ls "$out"/*.deb
