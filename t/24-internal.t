#!/usr/bin/perl

# Pages that come by a detour: internal redirects of all kinds, subrequests
# that become part of a page, and subrequests that do not.  One notice a
# page, everything in it gated, no variant's validator wrong, and the
# visitor's own settings where the page is served.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;
my $dir = '/usr/lib/nginx/modules';

my %so = map { $_ => "$dir/$_.so" }
         grep { -f "$dir/$_.so" }
         qw(ndk_http_module ngx_http_lua_module ngx_http_js_module);

%so = () if $ENV{TEST_NGINX_BINARY} || Test::Consent->module eq 'static';
$t->{modules} = [ (sort values %so), '@' ] if %so;

my $ga = '<script src="https://www.google-analytics.com/a.js"></script>';
my $fb = '<img src="https://www.facebook.com/tr?id=1">';

sub page { "<!doctype html><html><head><title>t</title></head><body>"
           . "$_[0]</body></html>\n" }

$t->file('key', 'a1' x 32 . "\n", 0600);
$t->file('html/index.html', page("<p>index$ga"));
$t->file('html/e404.html', page("<p>not found$ga"));
$t->file('html/e502.html', page("<p>bad$ga"));
$t->file('html/part.html', "<p>part$fb");
$t->file('html/before.html', "<p>before$fb");
$t->file('html/after.html', "<p>after$fb");
$t->file('html/ssi.html',
         page('<p>a<!--#include virtual="/part.html" --><p>b'
              . '<!--#include virtual="/up/part" --><p>c'
              . '<!--#include virtual="/gzip/part" --><p>d'
              . '<!--#if expr="$consent_marketing" -->yes<!--#else -->no'
              . '<!--#endif -->' . $ga));
$t->file('html/private/file.html', page("<p>file$ga"));
$t->file('html/private/data.json', '{"a":1}');

use IO::Compress::Gzip ();

$t->upstream(sub {
    my ($c, $r) = @_;
    my ($h, $b) = ("Content-Type: text/html\r\n", page("<p>up$ga"));

    $b = "<p>part of the upstream$fb" if $r->{uri} =~ m{/part};

    if ($r->{uri} =~ m{^/gzip/}) {
        my $z;
        IO::Compress::Gzip::gzip(\$b => \$z);
        ($b, $h) = ($z, "${h}Content-Encoding: gzip\r\n");
    }

    $h =~ s{text/html}{application/json} if $r->{uri} =~ /json/;
    $h .= "X-Accel-Redirect: $1\r\n" if $r->{uri} =~ m{accel=(\S+)};

    my $status = $r->{uri} =~ /status=(\d+)/ ? $1 : 200;

    # what the mirror and the subrequest for authorisation saw

    if ($r->{uri} =~ m{^/(mirror|auth|post)}) {
        open(my $f, '>>', $t->dir . '/seen');
        print $f "$r->{uri} $r->{method} " . ($r->{headers}{cookie} // '-')
                 . "\n";
        close $f;
        $status = 403 if ($r->{headers}{'x-user'} // '') eq 'no';
    }

    print $c "HTTP/1.1 $status X\r\n$h"
             . 'Content-Length: ' . length($b) . "\r\n\r\n$b";
});

$t->file('js/a.js', q{
    async function sub(r) {
        let reply = await r.subrequest('/part.html');
        r.headersOut['Content-Type'] = 'text/html';
        r.return(200, '<!doctype html><p>njs' + reply.responseText);
    }
    function page(r) {
        r.headersOut['Content-Type'] = 'text/html';
        r.sendHeader();
        r.send('<!doctype html><p>njs');
        r.send('<script src="https://www.google-analytics');
        r.send('.com/a.js"></script>');
        r.finish();
    }
    function filter(r, data, flags) {
        r.sendBuffer(data.replace('</body>', '<p>njs'
            + '<img src="https://www.facebook.com/tr"></body>'), flags);
    }
    function clear(r) { delete r.headersOut['Content-Length']; }
    export default { sub, page, filter, clear };
}) if $so{ngx_http_js_module};

my $scripts = '';

$scripts .= q{
    location /lua-sub { default_type text/html;
        content_by_lua_block {
            local a = ngx.location.capture('/part.html')
            local b, c = ngx.location.capture_multi({ { '/up/part' },
                                                      { '/gzip/part' } })
            ngx.say('<!doctype html><p>lua' .. a.body .. b.body)
        } }
    location /lua-exec { content_by_lua_block { ngx.exec('/index.html') } }
    location /lua-exec-named { content_by_lua_block { ngx.exec('@named') } }
    location /lua-flush { default_type text/html;
        content_by_lua_block {
            ngx.print('<!doctype html><p>lua')
            ngx.flush(true)
            ngx.print('<script src="https://www.google')
            ngx.flush(true)
            ngx.print('-analytics.com/a.js"></script>')
        } }
    location /lua-read { default_type text/html;
        access_by_lua_block { ngx.req.read_body() }
        content_by_lua_block { ngx.say('<!doctype html><p>',
            ngx.req.get_body_data() or '-', '<img src="https://www.facebook.',
            'com/tr?x=1">') } }
    location /lua-var { default_type text/plain;
        content_by_lua_block { ngx.say(ngx.var.consent_basis) } }
} if $so{ngx_http_lua_module};

$scripts .= q{
    location /njs-sub { js_content a.sub; }
    location /njs-page { js_content a.page; }
    location /njs-filter/ { alias %%DIR%%/html/; js_header_filter a.clear;
                            js_body_filter a.filter; }
} if $so{ngx_http_js_module};

my $js = $so{ngx_http_js_module}
         ? 'js_path %%DIR%%/js/; js_import a from a.js;' : '';

$t->server(qq{
    consent on;
    consent_secret_file %%DIR%%/key;
    error_page 404 /e404.html;
    location /named-404/ { error_page 404 = \@named; }
    location /up404/ { proxy_pass http://127.0.0.1:%%PORT1%%;
                       proxy_intercept_errors on; }
    location /down/ { proxy_pass http://127.0.0.1:%%PORT9%%;
                      error_page 502 504 /e502.html; }
    location /down-named/ { proxy_pass http://127.0.0.1:%%PORT9%%;
                            error_page 502 504 = \@named; }
    location \@named { proxy_pass http://127.0.0.1:%%PORT1%%;
                       proxy_ignore_headers X-Accel-Redirect; }
    location /try/ { try_files \$uri /try\$uri/index.html \@named; }
    location /try-uri/ { try_files \$uri /index.html; }
    location /rewrite/ { rewrite ^ /index.html last; }
    location /rewrite-off/ { rewrite ^ /off/index.html last; }
    location /off/ { alias %%DIR%%/html/; consent off; }
    location /off-on/ { consent off; rewrite ^ /index.html last; }
    location /index/ { alias %%DIR%%/html/; }
    location /if/ { alias %%DIR%%/html/; index index.html;
                    if (\$arg_x) { add_header X-If 1; } }
    location /accel { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /private/ { internal; root %%DIR%%/html; }
    location /private-off/ { internal; alias %%DIR%%/html/private/;
                             consent off; }
    location /up/ { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /gzip/ { proxy_pass http://127.0.0.1:%%PORT1%%; gunzip on; }
    location /ssi { alias %%DIR%%/html/ssi.html; default_type text/html;
                    ssi on; }
    location /add/ { alias %%DIR%%/html/; index index.html;
        add_before_body /before.html; add_after_body /after.html; }
    location /auth/ { alias %%DIR%%/html/; index index.html;
        auth_request /auth-check; }
    location = /auth-check { internal;
        proxy_pass http://127.0.0.1:%%PORT1%%; proxy_pass_request_body off;
        proxy_set_header Content-Length ''; }
    location /mirrored/ { alias %%DIR%%/html/; index index.html;
        mirror /mirror; }
    location = /mirror { internal; proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /post/ { alias %%DIR%%/html/; index index.html;
        post_action /post-action; }
    location = /post-action { internal;
        proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /sub/ { alias %%DIR%%/html/; index index.html;
        sub_filter '</body>' '$fb</body>'; sub_filter_once on; }
    location /return { default_type text/html;
        return 200 '<!doctype html><p>returned$ga'; }
    location /charset/ { alias %%DIR%%/html/; index index.html;
        charset koi8-r; source_charset utf-8; override_charset on; }
    $scripts
}, $js . ' proxy_http_version 1.1; charset_map koi8-r utf-8 { C0 D18E; }');

my $accept = $t->choose('accept');

sub count { my ($b, $re) = @_; scalar(() = $b =~ /$re/g) }

# a page that is right: one notice, links once, so many trackers withheld,
# none live; and without consent's insertions what an agreeing visitor gets

sub right {
    my ($uri, $blocked, $what, %o) = @_;

    my $r = $t->get($uri, %o);
    my $b = $r->body;

    ok($r->complete, "$what: comes to its end");
    is(count($b, qr/<section[^>]*id="privacy-choices"/), 1,
       "$what: one notice");
    is(count($b, qr/<nav[^>]*id="privacy-choices-links"/), 1,
       "$what: links once");
    is(count($b, qr/data-consent="blocked"/), $blocked,
       "$what: $blocked withheld");
    is(count($b, qr/<(?:img|script) src="https:/), 0, "$what: none live");
    is(scalar(() = $r->headers('Consent-State')), 1,
       "$what: Consent-State once");
    is(scalar(() = $r->headers('Cache-Control')), 1,
       "$what: Cache-Control once");

    my $a = $t->get($uri, %o, cookie => $accept);

    is($a->state->{basis}, 'grant', "$what, agreed: basis");
    is(count($a->body, qr/<(?:img|script) src="https:/), $blocked,
       "$what, agreed: all live");

    my $e = $r->header('ETag');

    if (defined $e) {
        is($t->get($uri, headers => [ 'If-None-Match' => $e ])->status,
           $r->status == 200 ? 304 : $r->status, "$what: revalidation");
        is($t->get($uri, cookie => $accept,
                   headers => [ 'If-None-Match' => $e ])->status,
           $r->status, "$what, agreed: not by that tag");
    }

    return $r;
}


# redirects inside

is(right('/nothing', 1, 'error_page')->status, 404, 'error_page: 404');
is(right('/named-404/x', 1, 'error_page to a named location')->status, 200,
   'error_page to a named location: its status');
is(right('/up404/?status=404', 1, 'an upstream\'s 404, intercepted')->status,
   404, 'an upstream\'s 404, intercepted: 404');
is(right('/down/', 1, 'an upstream that is down')->status, 502,
   'an upstream that is down: 502');
right('/down-named/', 1, 'an upstream that is down, named location');
right('/try/x', 1, 'try_files to a named location');
right('/try-uri/x', 1, 'try_files to a URI');
right('/rewrite/x', 1, 'rewrite');
right('/index/', 1, 'index');
right('/off-on/x', 1, 'from off to on');
right('/accel?accel=/private/file.html', 1, 'X-Accel-Redirect');
right('/accel?accel=@named', 1, 'X-Accel-Redirect to a named location');
right('/return', 1, 'return');

my $r = $t->get('/rewrite-off/x');
is($r->body, page("<p>index$ga"), 'from on to off: the file as it is');
is($r->header('Consent-State'), undef, 'from on to off: no header');
$r = $t->get('/accel?accel=/private-off/file.html');
is($r->body, page("<p>file$ga"), 'X-Accel-Redirect to off: the same');
$r = $t->get('/accel?accel=/private/data.json');
is($r->body, '{"a":1}', 'X-Accel-Redirect to what is no page');
is($r->header('Consent-State'), undef, 'has no header of ours');

is(right('/if/?x=1', 1, 'in an "if" in a location')->header('X-If'), 1,
   'in an "if": it was there');
right('/if/', 1, 'beside it');


# parts of a page

$r = right('/ssi', 4, 'SSI with three parts');
like($r->body, qr{<p>a<p>part<img.*<p>b<p>part\ of\ the\ upstream<img.*
                  <p>c<p>part\ of\ the\ upstream<img.*<p>dno}xs,
     'SSI: in their order, compressed or not, and a variable in "if"');
like($t->get('/ssi', cookie => $accept)->body, qr/<p>dyes/,
     'SSI: which changes with the choice');

$r = right('/add/', 3, 'add_before_body and add_after_body');
like($r->body, qr{<p>before<img.*<p>index<script.*<p>after<img}s,
     'addition: in their order');

right('/sub/', 2, 'what sub_filter adds');
right('/charset/', 1, 'recoded');


# subrequests that are no part of it

sub seen {
    select undef, undef, undef, 0.1;
    my $f = $t->dir . '/seen';
    my $s = -e $f ? slurp($f) : '';
    unlink $f;
    return $s;
}

right('/auth/', 1, 'auth_request');
like(seen(), qr{^/auth-check GET}m, 'auth_request: was asked');
$r = $t->get('/auth/', headers => [ 'X-User' => 'no' ]);
is($r->status, 403, 'auth_request: refused');
is(count($r->body, qr/<section[^>]*id="privacy-choices"/), 1,
   'auth_request, refused: nginx\'s page with one notice');

$t->get('/mirrored/');
seen();
right('/mirrored/', 1, 'mirror');
like(seen(), qr{^/mirror GET}m, 'mirror: got it');

right('/post/', 1, 'post_action');
like(seen(), qr{^/post-action GET}m, 'post_action: was done');

# the endpoint is itself, wherever it lands

is($t->get('/_consent/')->status, 200, 'the endpoint answers');
is($t->get('/_consent/state')->status, 200, 'its state, too');


SKIP: {
    skip('no lua', 1) unless $so{ngx_http_lua_module};

    right('/lua-sub', 2, 'lua: subrequests');
    right('/lua-exec', 1, 'lua: exec');
    right('/lua-exec-named', 1, 'lua: exec to a named location');
    right('/lua-flush', 1, 'lua: flushed in the middle of a tag');
    $r = $t->request('POST', '/lua-read', body => 'hello');
    like($r->body, qr/<p>hello<img/, 'lua: the body was read before');
    is(count($r->body, qr/data-consent="blocked"/), 1, 'lua: and it withholds');
    like($t->get('/lua-var')->body, qr/^none/, 'lua: a variable');
}

SKIP: {
    skip('no njs', 1) unless $so{ngx_http_js_module};

    right('/njs-sub', 1, 'njs: a subrequest');
    right('/njs-page', 1, 'njs: a page in pieces');
    right('/njs-filter/', 2, 'njs: what its body filter adds');
}

done_testing();
