#!/usr/bin/perl

# Response headers: an auditor can read the state, no cache keeps what
# differs by visitor, nothing stale is shown after a choice.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;

my $page = '<!doctype html><html lang=en><title>t</title><body><p>x'
           . '<script src="https://www.google-analytics.com/a.js"></script>'
           . "</body></html>\n";

$t->file('html/index.html', $page);
$t->file('html/plain.html', '<!doctype html><title>t</title><p>x');
$t->file('html/x.txt', 'text');
$t->file('key', 'a1' x 32 . "\n", 0600);

$t->upstream(sub {
    my ($c, $r) = @_;
    my ($h) = $r->{uri} =~ /h=([^&]*)/;
    $h //= '';
    $h =~ s/%(..)/chr hex $1/ge;
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
             . "Content-Length: " . length($page) . "\r\n$h\r\n\r\n$page";
});

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_link Privacy /privacy rel=privacy-policy;
    consent_link Terms /terms rel=terms-of-service;
    error_page 404 /404.html;
    location /up { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /redirect { return 302 /; }
    location /text { default_type text/plain; return 200 "text"; }
    location = /status.txt { default_type text/plain;
        return 200 "$consent_mode|$consent_basis|$consent_allowed|$consent_revision|$consent_gpc|$consent_analytics|$consent_marketing|$consent_necessary"; }
});

my $r = $t->get('/');
is_deeply($r->state, { mode => 'opt-in', basis => 'none', functional => 0,
                       analytics => 0, marketing => 0, gpc => 0,
                       revision => '1' }, 'Consent-State before a choice');
like($r->header('Vary') // '', qr/\bCookie\b/i, 'Vary: Cookie');
like($r->header('Cache-Control') // '', qr/\bprivate\b/, 'private');
like($r->header('Cache-Control') // '', qr/\bno-cache\b/, 'no-cache');
is($r->header('Accept-Ranges'), undef, 'no ranges of what is made');

my @links = map { split /,\s*/ } $r->headers('Link');
is(scalar(grep { m{</privacy>;\s*rel="?privacy-policy} } @links), 1,
   'Link: the privacy policy');
is(scalar(grep { m{</terms>;\s*rel="?terms-of-service} } @links), 1,
   'Link: the terms of service');

my ($accept, $a) = $t->choose('accept');
my $reject = $t->choose('reject');

is($a->state->{basis}, 'grant', 'the 303 says the new state');
is($t->get('/', cookie => $accept)->state->{basis}, 'grant', 'basis=grant');
is($t->get('/', cookie => $accept)->state->{analytics}, 1, 'analytics=?1');
is($t->get('/', cookie => $reject)->state->{basis}, 'deny', 'basis=deny');
is($t->get('/', cookie => scalar $t->choose('save',
                                     categories => [ 'analytics' ]))
     ->state->{basis}, 'partial', 'basis=partial');

for my $case ([ '/nothing' => 404 ], [ '/plain.html' => 200 ]) {
    my ($uri, $status) = @$case;
    my $r = $t->get($uri);
    is($r->status, $status, "$uri: $status");
    is($r->state->{mode}, 'opt-in', "$uri: Consent-State");
}

is($t->head('/')->state->{mode}, 'opt-in', 'HEAD: Consent-State');
is($t->get('/x.txt')->header('Consent-State'), undef, 'not on other types');
ok(defined $t->get('/x.txt')->header('Accept-Ranges'),
   'which keep their ranges');


# GPC

$r = $t->get('/', headers => [ 'Sec-GPC' => '1' ]);
is($r->state->{gpc}, 1, 'Sec-GPC: 1 is heard');
is($t->get('/', headers => [ 'Sec-GPC' => '0' ])->state->{gpc}, 0,
   'Sec-GPC: 0 is not a signal');
is($t->get('/', cookie => $accept, headers => [ 'Sec-GPC' => '1' ])
     ->state->{marketing}, 0, 'a signal overrides a grant');
$r = $t->get('/.well-known/gpc.json');
is($r->status, 200, 'gpc.json');
like($r->body, qr/"gpc"\s*:\s*true/, 'says so');


# validators: no variant is shown to the wrong state

my ($etag, $date);

$r = $t->get('/');
$date = 'Tue, 24 Nov 2037 00:00:00 GMT';

is($t->get('/', headers => [ 'If-Modified-Since' => $date ])->status, 200,
   'an old copy, by date, is not called fresh');

$r = $t->get('/off', headers => []);
my @st = stat($t->dir . '/html/index.html');
my $nginx_etag = sprintf '"%x-%x"', $st[9], $st[7];
is($t->get('/', headers => [ 'If-None-Match' => $nginx_etag ])->status, 200,
   'a copy from before the module, by ETag, is not called fresh');

for my $pair ([ undef, $accept ], [ $accept, $reject ], [ $reject, undef ]) {
    my ($old, $new) = @$pair;
    my $e = $t->get('/', defined $old ? (cookie => $old) : ())
              ->header('ETag');

    SKIP: {
        skip 'no ETag is sent', 1 unless defined $e;
        is($t->get('/', defined $new ? (cookie => $new) : (),
                   headers => [ 'If-None-Match' => $e ])->status, 200,
           'the ETag of another state is not fresh');
    }
}

is($t->get('/', headers => [ Range => 'bytes=0-9' ])->status, 200,
   'a range of a page is the whole page');


# nor is the state what an upstream says it is: one that has this module, too,
# or that lies

{
    my $r = $t->get('/up?h=consent-state%3A+mode=none%0D%0A'
                    . 'Consent-State%3A+mode=none,+analytics=?1');
    my @said = $r->headers('Consent-State');
    is(scalar(@said), 1, 'one state, whatever an upstream says');
    is($r->state->{analytics}, 0, 'and it is ours');
}

# what an upstream says of caching is not what we say

for my $h ('Cache-Control: public, max-age=600',
           'Cache-Control: s-maxage=600', 'Expires: ' . $date)
{
    (my $e = $h) =~ s/([^A-Za-z0-9])/sprintf '%%%02x', ord $1/ge;
    my $r = $t->get("/up?h=$e");
    my $cc = join ', ', $r->headers('Cache-Control');
    is($r->status, 200, "upstream, $h");
    unlike($cc, qr/public|s-maxage|max-age=600/, "$h does not stay");
    like($cc, qr/private/, 'private stands in its place');
}

{
    my $h = 'Vary: Accept-Language';
    (my $e = $h) =~ s/([^A-Za-z0-9])/sprintf '%%%02x', ord $1/ge;
    my $v = join ', ', $t->get("/up?h=$e")->headers('Vary');
    like($v, qr/Accept-Language/i, 'an upstream\'s Vary stays');
    like($v, qr/Cookie/i, 'and ours is added');
}


# variables

is($t->get('/status.txt')->body, 'opt-in|none|necessary|1||||1',
   'variables before a choice');
is($t->get('/status.txt', cookie => $accept)->body,
   'opt-in|grant|necessary,functional,analytics,marketing|1||1|1|1',
   'variables after a grant');
is($t->get('/status.txt', cookie => $reject)->body,
   'opt-in|deny|necessary|1||||1', 'variables after a refusal');

done_testing();
