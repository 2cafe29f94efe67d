#!/usr/bin/perl

# Methods, statuses and ranges: HEAD says what GET says, an answer without a
# body stays without, a part of a page is never sent as if it were read, and
# an error or a redirect is what it was.

use lib 't/lib';
use Test::Consent;
use Test::Consent::HTTP2;

my $t = Test::Consent->new;

my $page = '<!doctype html><html><head><title>t</title></head><body><p>x'
           . '<script src="https://www.google-analytics.com/a.js"></script>'
           . "</body></html>\n";

$t->file('key', 'a1' x 32 . "\n", 0600);
$t->file('html/index.html', $page);
$t->file('html/e404.html', $page);
$t->file('html/empty.html', '');
$t->file('html/data.json', '{"a": "' . 'x' x 1000 . '"}');

# an upstream that answers what the query says

$t->upstream(sub {
    my ($c, $r) = @_;
    my %q = $r->{uri} =~ /[?&](\w+)=([^&]*)/g;

    s/%(..)/chr hex $1/ge for values %q;

    my $b = $q{body} // $page;
    my $len = exists $q{nolen} ? '' : 'Content-Length: ' . length($b) . "\r\n";

    print $c "HTTP/1.1 $q{first}\r\n\r\n" if $q{first};
    print $c 'HTTP/1.1 ' . ($q{status} // '200 OK') . "\r\n"
             . 'Content-Type: ' . ($q{type} // 'text/html') . "\r\n"
             . ($q{more} ? "$q{more}\r\n" : '')
             . 'X-Method: ' . $r->{method} . "\r\n"
             . 'X-Range: ' . ($r->{headers}{range} // '-') . "\r\n"
             . "${len}Connection: close\r\n\r\n";
    print $c $b unless $r->{method} eq 'HEAD' || exists $q{nobody};
});

my $h2 = http2_missing();

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    gzip on; gzip_min_length 1;
    error_page 404 /e404.html;
    location /up { proxy_pass http://127.0.0.1:%%PORT1%%;
                   proxy_http_version 1.1; }
    location /convert { proxy_pass http://127.0.0.1:%%PORT1%%;
        proxy_cache c; proxy_cache_valid 200 1m; }
    location /none { return 204; }
    location /gone { return 410; }
    location /teapot { return 418 "$consent_basis"; default_type text/html; }
    location /moved { return 301 /index.html; }
    location /away { return 302 https://www.google-analytics.com/collect; }
    location /text { default_type text/html; return 200 "$request_method"; }
    location /dav { dav_methods PUT DELETE; client_body_temp_path %%DIR%%/b; }
    location /zero { default_type text/html; return 200 ""; }
}, q{proxy_cache_path %%DIR%%/cache keys_zone=c:1m;});

my $accept = $t->choose('accept');
my $csp = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:";

sub gated { $_[0] =~ /data-consent="blocked"/ ? 1 : 0 }
sub quote { my ($s) = @_; $s =~ s/([^A-Za-z0-9])/sprintf '%%%02x', ord $1/ge;
            $s }


# HEAD

for my $uri ('/', '/up', '/convert', '/nothing', '/teapot', '/text',
             '/moved', '/_consent/', '/data.json', '/up?nolen=1')
{
    for my $cookie (undef, $accept) {
        my @c = defined $cookie ? (cookie => $cookie) : ();
        my $get = $t->get($uri, @c);
        my $head = $t->head($uri, @c);
        my $who = defined $cookie ? 'agreed' : 'not asked yet';

        my @names = grep { !/^(Date|Transfer-Encoding|Content-Length|X-Method)$/i }
                    map { $_->[0] } @{$get->{headers}};
        is(join("\n", map { "$_: " . ($head->header($_) // '-') } @names),
           join("\n", map { "$_: " . ($get->header($_) // '-') } @names),
           "HEAD $uri, $who: the headers of GET");
        is($head->status, $get->status, "HEAD $uri, $who: its status");
        is($head->body, '', "HEAD $uri, $who: no body");
        ok(!defined $head->header('Content-Length')
           || $head->header('Content-Length')
              eq ($get->header('Content-Length') // length $get->body),
           "HEAD $uri, $who: no other length");
    }
}

SKIP: {
    skip($h2, 2) if $h2;

    my $s = Test::Consent->new;
    $s->file('html/index.html', $page);
    my $listen = http2_listen(3);
    $s->start("server { $listen root %%DIR%%/html; consent on; }");
    my ($get, $head) = http2($s, 3, [ GET => '/' ], [ HEAD => '/' ]);
    is($head->state->{mode}, 'opt-in', 'HEAD, HTTP/2: Consent-State');
    is($head->header('ETag'), $get->header('ETag'), 'HEAD, HTTP/2: the ETag');
}


# what has no body gets none, and no notice

my $r = $t->get('/none');
is($r->status, 204, 'nginx\'s own 204');
is($r->body, '', '204: no body');
is($t->get('/empty.html')->body, '', 'an empty page stays empty');
is($t->get('/zero')->body, '', 'one that nginx makes, too');

for my $status ('204 No Content', '304 Not Modified') {
    $r = $t->get('/up?nobody=1&nolen=1&status=' . quote($status));
    is($r->status, substr($status, 0, 3), "upstream's $status");
    is($r->body, '', "$status: no body");
    is($r->header('Transfer-Encoding'), undef, "$status: nor the start of one");
}

$r = $t->get('/up?body=');
is($r->body, '', 'an upstream\'s empty page stays empty');
is($r->header('Content-Length'), 0, 'and says so');


# 1xx: nginx before 1.29 takes one for the answer and would send what follows,
# a page that nobody has read, as its body

for my $first ('100 Continue', '102 Processing', "103 Early Hints\r\nLink: "
               . '<https://www.google-analytics.com/a.js>; rel=preload')
{
    my ($name) = $first =~ /^(\d+)/;

    $r = $t->get('/up?first=' . quote($first));
    ok($r->status == 502 || $r->status == 200 && gated($r->body),
       "$name before a page: gated, or not sent at all")
        or diag($r->head, $r->body);
    ok(!(grep { /analytics/ } @{$r->{interim} || []}),
       "$name: no tracker in an interim answer");
    $r = $t->get('/up?first=' . quote($first), cookie => $accept);
    ok($r->status == 502 || $r->status == 200, "$name: the same once agreed");
}


# statuses: every page with a body is read

for my $status ('200 OK', '201 Created', '203 Non-Authoritative',
                '300 Multiple Choices', '400 Bad Request', '401 Unauthorized',
                '403 Forbidden', '410 Gone', '418 Teapot', '451 Legal',
                '500 Error', '503 Unavailable', '599 None')
{
    $r = $t->get('/up?status=' . quote($status));
    is($r->status, substr($status, 0, 3), "$status stays");
    ok(gated($r->body), "$status: trackers withheld");
    is($r->state->{mode}, 'opt-in', "$status: Consent-State");
}

$r = $t->get('/nothing');
is($r->status, 404, 'error_page: 404');
ok(gated($r->body), 'error_page: trackers withheld');
is(scalar(() = $r->body =~ /<section[^>]*id="privacy-choices"/g), 1,
   'error_page: one notice');

$r = $t->get('/gone');
is($r->status, 410, 'nginx\'s own error page');
like($r->body, qr/id="privacy-choices"/, 'with a notice');
like($r->body, qr/410 Gone/, 'and what it says');

$r = $t->raw("GET / HTTP/1.1\r\nHost: a b\r\n\r\n");
is($r->status, 400, 'a request that is none: 400');

$r = $t->get('/moved');
is($r->status, 301, 'a redirect');
like($r->header('Location'), qr{/index.html$}, 'goes where it went');
is($r->header('Content-Length') // -1, length $r->body, 'as long as it was')
    if defined $r->header('Content-Length');
unlike($r->body, qr/privacy-choices/, 'and has no notice, which nobody sees');

$r = $t->get('/away');
is($r->status, 302, 'a redirect to a tracker\'s page');
is($r->header('Location'), 'https://www.google-analytics.com/collect',
   'may be where a person wants to go');


# other methods

for my $method (qw(POST PUT PATCH DELETE OPTIONS)) {
    $r = $t->request($method, '/up', body => 'a=b');
    is($r->header('X-Method'), $method, "$method arrives");
    ok(gated($r->body), "$method: the page that answers is gated");
}

is($t->request('TRACE', '/up')->status, 405, 'TRACE is refused by nginx');


# ranges: of pages, none

for my $range ('bytes=0-9', 'bytes=-10', 'bytes=0-0,5-9', 'bytes=9999-') {
    for my $uri ('/', '/convert', '/teapot') {
        $r = $t->get($uri, headers => [ Range => $range ]);
        isnt($r->status, 206, "$uri, $range: no 206");
        isnt($r->status, 416, "$uri, $range: no 416");
        is($r->header('Content-Range'), undef, "$uri, $range: whole");
    }
}

is($t->get('/data.json', headers => [ Range => 'bytes=0-9' ])->status, 206,
   'of other files, yes');
is($t->get('/up?type=application/json', headers => [ Range => 'bytes=0-9' ])
     ->header('X-Range'), 'bytes=0-9', 'and asked of the upstream');
is($t->get('/up', headers => [ Range => 'bytes=0-9',
                               'Sec-Fetch-Dest' => 'document' ])
     ->header('X-Range'), '-',
   'where the browser opens a page, the upstream is asked for all of it');
is($t->get('/up', headers => [ Range => 'bytes=0-9', 'If-Range' => '"a"',
                               'Sec-Fetch-Dest' => 'iframe' ])
     ->header('X-Range'), '-', 'in a frame, too');

# an upstream's 206

my $part = '/up?status=' . quote('206 Partial Content') . '&more='
           . quote('Content-Range: bytes 9-99/1000');

$r = $t->get($part, headers => [ Range => 'bytes=9-99' ]);
is($r->status, 206, 'an upstream\'s part of a page');
is($r->body, $page, 'goes as it came');
is($r->header('Content-Range'), 'bytes 9-99/1000', 'with its range');
ok((grep { $_ eq $csp } $r->headers('Content-Security-Policy')),
   'closed by a policy');
is($r->header('Cache-Control'), 'private, no-cache', 'for nobody else');
$r = $t->get($part, headers => [ Range => 'bytes=9-99' ], cookie => $accept);
is($r->header('Content-Security-Policy'), undef, 'all agreed to: open');
is(scalar($t->log_lines(qr/\[warn\].*a part of a page \(206\)/)), 1,
   'and one line in the log');

$r = $t->get("$part&type=image/png", headers => [ Range => 'bytes=9-99' ]);
is($r->header('Content-Security-Policy'), undef, 'a part of an image: as ever');


# an upstream that breaks off

$r = $t->get('/up?body=x&more=' . quote('X-Len: 1') . '&nolen=1');
is($r->status, 200, 'an answer without a length');
like($r->body, qr/^x|x/, 'comes');

done_testing();
