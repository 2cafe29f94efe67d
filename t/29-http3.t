#!/usr/bin/perl

# HTTP/3: what a visitor gets, may choose and has chosen is what it is by TLS
# over TCP, byte for byte.  (Each way a page can come: t/20-matrix.t.)

use lib 't/lib';
use Test::Consent;
use Test::Consent::Coding;
use Test::Consent::HTTP3;

plan(skip_all => http3_missing()) if http3_missing();

my $t = Test::Consent->new;

my $page = '<!DOCTYPE html><html lang="en"><head><title>t</title></head><body>'
           . ("<p>Some text of the page, <b>bold</b>.\n" x 20000)
           . '<script src="https://www.google-analytics.com/a.js"></script>'
           . '</body></html>';

$t->file('html/index.html', $page);
$t->file('html/x.txt', 'text' x 50000);
$t->file('key', 'a1' x 32 . "\n", 0600);

my $conf = q{
    consent_secret_file %%DIR%%/key;
    consent_log %%DIR%%/ledger.jsonl;
    consent on;
    gzip on;
    location /off/ { consent off; alias %%DIR%%/html/; }
    location /up/ { proxy_pass http://127.0.0.1:%%PORT1%%; }
};

$t->upstream(sub {
    my ($c, $r) = @_;
    my $b = encode('gzip', $page);

    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
             . "Content-Encoding: gzip\r\nContent-Length: " . length($b)
             . "\r\nSet-Cookie: _ga=GA1.2.3\r\nX-Got: "
             . ($r->{headers}{cookie} // '-') . "\r\n\r\n$b";
});

$t->start(http3_server($t, 2, $conf));

# a request by both; what HTTP/3 gave, held against the other

my %differs = map { $_ => 1 } qw(date connection keep-alive content-length
                                 transfer-encoding set-cookie);

sub head_of {
    my ($r) = @_;
    return join "\n", sort map { lc($_->[0]) . ": $_->[1]" }
                      grep { !$differs{lc $_->[0]} } @{$r->{headers}};
}

sub both {
    my ($name, @request) = @_;

    my ($three) = http3($t, 2, [ @request ]);
    my ($one) = https($t, 2, [ @request ]);

    like($three->{line}, qr{^HTTP/3 }, "$name: by HTTP/3");
    is($three->status, $one->status, "$name: the same status");
    is($three->complete, 1, "$name: comes to its end");
    is(head_of($three), head_of($one), "$name: the same headers");
    ok($three->body eq $one->body, "$name: the same body");

    return $three;
}

my $r = both('nobody asked yet', GET => '/');
like($r->body, qr/<section[^>]*id="privacy-choices"/, 'with a notice');
like($r->body, qr/data-consent="blocked"/, 'and the tracker withheld');
is($r->state->{basis}, 'none', 'Consent-State');
my $etag = $r->header('ETag');

both('HEAD', HEAD => '/');
is(both('its own ETag', GET => '/', 'If-None-Match' => $etag)->status, 304,
   'is answered by 304');
is(both('a range', GET => '/', Range => 'bytes=0-9')->status, 200,
   'of a page that is read is not to be had');
is(both('a range of another type', GET => '/x.txt',
        Range => 'bytes=0-9')->status, 206, 'is');
is(both('consent off', GET => '/off/')->body, $page, 'is the page');
is(both('state', GET => '/_consent/state')->status, 200, 'JSON');
like(both('preferences', GET => '/_consent/')->body, qr/<form/, 'a form');

my @assets = $r->body =~ m{"(/_consent/[\w-]+\.(?:js|css))"}g;
ok(scalar(@assets), 'the page names assets');
both("the asset $_", GET => $_) for @assets;

my $z = both('gzip', GET => '/', 'Accept-Encoding' => 'gzip');
is(decode('gzip', $z->body), $r->body, 'gzip holds the same');

$r = both('an upstream that compresses', GET => '/up/');
like($r->body, qr/data-consent="blocked"/, 'is read');
is(scalar(grep { /_ga=/ } $r->headers('Set-Cookie')), 0,
   'a tracker\'s cookie does not pass');

# the choice

sub post {
    my ($form, @headers) = @_;
    my ($r) = http3($t, 2, [ [ POST => $form ], '/_consent/', @headers ]);
    return $r;
}

my $own = 'https://localhost';

is(post('choice=accept', Origin => 'https://localhost:4433')->status, 403,
   'a page of another port cannot agree');
is(post('choice=accept', Origin => 'https://evil.example')->status, 403,
   'another site\'s page cannot agree');
is(post('choice=accept', Origin => 'https://evil.example')
       ->header('Set-Cookie'), undef, 'and nothing is set');

my %cookie;

for my $choice (qw(accept reject)) {
    my $r = post("choice=$choice&return=/x.txt", Origin => $own);

    is($r->status, 303, "$choice: 303") or diag($r->body);
    is($r->header('Location'), '/x.txt', "$choice: back to the page");
    like($r->header('Set-Cookie'),
         qr/^__Host-ngx_consent=(?=.*; HttpOnly)(?=.*; Secure)/,
         "$choice: a cookie of this host, for TLS only");
    ($cookie{$choice}) = $r->header('Set-Cookie') =~ /^([^;]+)/;
}

$r = both('granted', GET => '/', Cookie => $cookie{accept});
is($r->state->{basis}, 'grant', 'is known by the cookie');
is($t->without_insertions($r->body), $page, 'the page, and the links');
is(both('the ETag of another state', GET => '/', Cookie => $cookie{accept},
        'If-None-Match' => $etag)->status, 200, 'is not its own');

$r = both('refused', GET => '/', Cookie => $cookie{reject});
is($r->state->{basis}, 'deny', 'is known by the cookie');
unlike($r->body, qr/<section[^>]*id="privacy-choices"/, 'and not asked again');

# of which HTTP/3 makes a field of each

$r = both('a cookie among others', GET => '/up/',
          Cookie => "a=1; $cookie{reject}; _ga=GA1.2.3; b=2");
is($r->state->{basis}, 'deny', 'is found');
unlike($r->header('X-Got'), qr/_ga/, 'a tracker\'s is hidden from upstreams');
like($r->header('X-Got'), qr/a=1.*b=2/, 'the others are not');

my @lines = split /\n/, slurp($t->dir . '/ledger.jsonl');
is(scalar(grep { /"accept|"given/ } @lines), 1,
   'the ledger has the grant');

done_testing();
