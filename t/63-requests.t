#!/usr/bin/perl

# Requests as nobody sends them, by the thousand: each gets an answer, none
# that was not a well-formed choice from this site is consent, nothing of a
# request comes back as markup, nginx lives on.  The same seed, the same
# requests; CONSENT_SEED and CONSENT_REQUESTS make others and more.

use lib 't/lib';
use Test::Consent;

my $seed = $ENV{CONSENT_SEED} || 20261126;
my $count = $ENV{CONSENT_REQUESTS} || ($ENV{CONSENT_FULL} ? 200_000 : 4000);

srand($seed);

my $t = Test::Consent->new(master => 1);

$t->file('key', 'a1' x 32 . "\n", 0600);
$t->file('html/index.html', '<!doctype html><html><head><title>t</title>'
    . '</head><body><script src="https://tracker.test/a.js"></script>'
    . '</body></html>');

$t->server(q{
    client_header_timeout 2s;
    client_body_timeout 2s;
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block marketing tracker.test;
    consent_log %%DIR%%/ledger.jsonl;
    consent_link Privacy /privacy;
    merge_slashes off;
    location /named/ { try_files /none @named; }
    location @named { return 200 "named $consent_basis"; }
    location = /status { consent_status; }
}, 'consent_zone consent:256k;');

# an attack that came back would be seen as this

my $mark = '"\'><zq onx=1>';

my @path = ('/', '/index.html', '/_consent/', '/_consent/state',
    '/_consent/vendors?format=json', '/_consent/receipt', '/_consent/notice/',
    '/_consent/notice/' . 'ab' x 32, '/_consent/frame?c=marketing&u=https://x/',
    '/_consent/nothing.css', '//_consent/', '/_consent', '/_consent//',
    '/_CONSENT/', '/%5fconsent/', '/_consent%2f', '/_consent/;x', '/x/../_consent/',
    '/_consent/../_consent/state', '/_consent/./state', '/_consent/state/',
    '/_consent/frame?c=' . $mark, '/_consent/frame?u=javascript:alert(1)',
    '/_consent/frame?c=marketing&u=' . $mark, '/status', '/status?format=json',
    '/.well-known/gpc.json', '/named/x', '/_consent/?lang=' . $mark);
my @method = (('GET') x 6, ('POST') x 8, qw(HEAD PUT OPTIONS TRACE DELETE));
my @word = ('choice', 'accept', 'reject', 'save', 'category', 'analytics',
    'marketing', 'return', '/', '//', '\\', '=', '&', ';', '%', '%00', '%0d%0a',
    '+', ',', '"', "\0", "\x80\xff", 'v1.', '.', 'A' x 300, '=' x 50, $mark,
    '?1', 'same-origin', 'https://localhost', 'null', 'document', '1', '0',
    'gzip', 'br;q=0', '*', '-1', '99999999999999999999', 'W/"x"', 'bytes=0-9');
my @header = ('Cookie', 'Origin', 'Referer', 'Sec-Fetch-Site',
    'Sec-Fetch-Mode', 'Sec-Fetch-Dest', 'Sec-Fetch-User', 'Sec-Purpose',
    'Sec-GPC', 'Accept-Language', 'Accept', 'Accept-Encoding', 'Host',
    'If-None-Match', 'If-Modified-Since', 'If-Range', 'Range', 'X-Requested-With',
    'HX-Request', 'Content-Type', 'Content-Encoding', 'X-Forwarded-Proto');

sub pick { $_[rand @_] }
sub some { join '', map { pick(@word) } 0 .. rand $_[0] }

my ($grant) = $t->choose('accept');
my ($refusal) = $t->choose('reject');

sub header_value {
    my ($name) = @_;

    return pick($grant, $refusal, "$grant; $refusal", substr($grant, 0, -1),
                'ngx_consent=' . some(6), '_ga=1; ' . some(4))
        if $name eq 'Cookie';
    return pick('localhost', 'evil.example', 'localhost:1', some(2))
        if $name eq 'Host';
    return pick('application/x-www-form-urlencoded', some(2))
        if $name eq 'Content-Type' && rand() < .8;
    return some(4) =~ s/[\0\r\n]//gr;
}

# a request and whether it is a choice that this site's own form may make

sub request {
    my $method = pick(@method);
    my $path = rand() < .9 ? pick(@path) : '/' . some(5) =~ s/[\0 \r\n]//gr;
    my $http = rand() < .9 ? '1.1' : pick('1.0', '1.2', '9', '');
    my @h = map { my $n = pick(@header); [ $n, header_value($n) ] }
            0 .. rand 5;
    my $body = '';

    if ($method eq 'POST' || rand() < .1) {
        $body = rand() < .5 ? 'choice=' . pick(qw(accept save reject)) . some(2)
                            : some(8);
        push @h, [ 'Content-Type', 'application/x-www-form-urlencoded' ]
            if rand() < .7;
    }

    # no request of these is from this site
    @h = grep { !($_->[0] eq 'Sec-Fetch-Site' && $_->[1] =~ /^same-origin$/i)
                && !($_->[0] eq 'Origin' && $_->[1] =~ m{^https?://localhost$}i) }
         @h;

    my $raw = "$method $path" . ($http ? " HTTP/$http" : '') . "\r\n";
    $raw .= "Host: localhost\r\n" unless grep { $_->[0] eq 'Host' } @h;
    $raw .= "Connection: close\r\n";
    $raw .= "$_->[0]: $_->[1]\r\n" for @h;

    if (length $body) {
        my $how = rand();
        $raw .= $how < .6 ? 'Content-Length: ' . length($body) . "\r\n\r\n$body"
            : $how < .8 ? "Transfer-Encoding: chunked\r\n\r\n"
                . sprintf("%x\r\n%s\r\n0\r\n\r\n", length $body, $body)
            : 'Content-Length: ' . int(rand 2 * length $body) . "\r\n\r\n$body";

    } else {
        $raw .= "\r\n";
    }

    # now and then a byte of it is another

    if (rand() < .2) {
        substr($raw, rand(length $raw), 1) = chr rand 256;
    }

    return ($method, $raw);
}

my (@granted, @marked, @broken);

for my $i (1 .. $count) {
    my ($method, $raw) = request();

    my $s = $t->connect;
    print $s $raw;
    shutdown($s, 1);

    my $answer = '';
    while (sysread($s, my $buf, 65536)) {
        $answer .= $buf;
    }
    close $s;

    my ($head, $body) = split /\r\n\r\n/, $answer, 2;
    $head //= '';
    $body //= '';

    # of allowed categories: letters in upper case, field 4

    push @granted, $raw
        if $head =~ /^Set-Cookie: [\w-]*ngx_consent=v1\.\w+\.[^.]*\.([^.]*)\./mi
           && $1 =~ /[A-Z+]/ && index($raw, $grant) < 0;
    push @marked, $raw if $body =~ /<zq/ || $head =~ /^(?:zq|X-Zq)/mi;

    # HTTP/0.9 has no head
    push @broken, $raw if length $answer && $raw =~ m{^[^\r\n]* HTTP/1\.\d\r\n}
                          && $head !~ m{^HTTP/1\.[01] [2345]\d\d };
}

is(scalar @granted, 0, "$count requests: none of them is consent")
    or diag($granted[0]);
is(scalar @marked, 0, 'nothing of a request comes back as markup')
    or diag($marked[0]);
is(scalar @broken, 0, 'each answer is one') or diag($broken[0]);
is(scalar $t->log_lines(qr/exited on signal/), 0, 'no worker has died');
is($t->get('/')->status, 200, 'the site is there');

my $n = () = slurp($t->dir . '/ledger.jsonl') =~ /"ev":"given"/g;
is($n, 1, 'the ledger has the one grant that was made');

done_testing();
