#!/bin/bash
# Builds the module out of tree for one nginx.
#
#     module.sh BUILD [NGX_SRC]
#
# NGX_SRC is Debian's nginx-dev tree (default), into which nothing is
# written, or a plain nginx source tree: that one is mirrored by symbolic
# links, and nginx itself is built from it too, as BUILD/nginx.  NGX_CC_OPT
# and NGX_LD_OPT add to the flags, NGX_CONF to configure's arguments;
# CONSENT_WITHOUT is for the file "config".
# configure runs again only when something it depends on has changed.

set -e

fail() {
    echo "$0: $*" >&2
    exit 1
}

root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
build=$(cd "$1" && pwd)
src=${2:-/usr/share/nginx/src}
ngx=$build/ngx
jobs=${JOBS:-2}

[ -e "$src/auto/module" ] || fail "no nginx source in $src." \
    "Debian's is in the package nginx-dev: \"make deps-run\" installs it;" \
    "NGINX_SRC= names another one."

plain=
[ -e "$src/conf_flags" ] || plain=yes

# what configure's result depends on

want=$(
    echo "$src" "$NGX_CC_OPT" "$NGX_LD_OPT" "$NGX_CONF" "$CC" \
        "$CONSENT_WITHOUT"
    cat "$root/config" "$root/config.make" "$root/src/sources.list" \
        "$root/src/build/module.sh" "$src/src/core/nginx.h"
    find "$root/src" -name '*.h' | sort
    [ -n "$plain" ] || cat "$src/conf_flags"
)
want=$(printf '%s' "$want" | cksum)

if [ ! -f "$ngx/Makefile" ] \
    || [ "$want" != "$(cat "$build/.configured" 2>/dev/null)" ]
then
    echo "configuring for $(sed -n \
        's/.*define NGINX_VERSION *"\(.*\)"/nginx \1/p' \
        "$src/src/core/nginx.h")"

    rm -rf "$ngx" "$build/.configured"
    mkdir -p "$ngx"

    if [ -n "$plain" ]; then
        rm -rf "$build/nginx-src"
        cp -as "$(cd "$src" && pwd)" "$build/nginx-src"
        cd "$build/nginx-src"
        [ -x configure ] || [ ! -x auto/configure ] \
            || ln -s auto/configure configure

        args=(--prefix="$build/prefix" --with-compat --with-debug
              --with-threads --with-pcre-jit
              --with-http_ssl_module --with-http_v2_module
              --with-http_realip_module --with-http_addition_module
              --with-http_sub_module --with-http_dav_module
              --with-http_gunzip_module
              --with-http_gzip_static_module --with-http_slice_module
              --with-http_auth_request_module
              --with-http_stub_status_module)
        cc_opt="-g -O2"
        ld_opt=
    else
        cd "$src"
        . ./conf_flags
        args=("${NGX_CONF_FLAGS[@]}")
        cc_opt="$(dpkg-buildflags --get CFLAGS) -fPIC"
        cc_opt="$cc_opt $(dpkg-buildflags --get CPPFLAGS)"
        ld_opt="$(dpkg-buildflags --get LDFLAGS) -fPIC"
    fi

    link=--add-dynamic-module
    [ -z "$STATIC" ] || link=--add-module

    ./configure ${CC:+--with-cc="$CC"} \
        --with-cc-opt="$cc_opt $NGX_CC_OPT" \
        --with-ld-opt="$ld_opt $NGX_LD_OPT" \
        "${args[@]}" $NGX_CONF $link="$root" --builddir="$ngx" \
        > "$build/configure.log" 2>&1 \
    || {
        tail -20 "$build/configure.log" >&2
        fail "configure failed; all it said is in $build/configure.log"
    }

    echo "$want" > "$build/.configured"
fi

if [ -n "$plain" ]; then
    cd "$build/nginx-src"
    target=binary
    [ -n "$STATIC" ] || target="binary modules"
    make -s -j"$jobs" -f "$ngx/Makefile" $target
    cp -f "$ngx/nginx" "$build/nginx"
else
    make -s -j"$jobs" -f "$ngx/Makefile" -C "$src" modules
fi

if [ -z "$STATIC" ] \
    && ! cmp -s "$ngx/ngx_http_consent_module.so" \
               "$build/ngx_http_consent_module.so"
then
    cp -f "$ngx/ngx_http_consent_module.so" "$build/.new.so"
    mv -f "$build/.new.so" "$build/ngx_http_consent_module.so"
fi
