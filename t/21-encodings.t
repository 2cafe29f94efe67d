#!/usr/bin/perl

# A page that comes compressed is read all the same: every coding, several on
# top of each other, in pieces of any size.  One that cannot be read is
# closed, or passed if "consent_undecodable pass" says so; never silently
# open.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Coding;

my $t = Test::Consent->new;

my $page = "<!doctype html><html lang=en><head><title>t</title></head><body>"
           . ("<p>A line of text, of which there are many.\n" x 800)
           . '<script src="https://www.google-analytics.com/a.js"></script>'
           . ("<p>" . join(' ', map { $_ * 7919 % 1000 } 1 .. 4000) . "\n")
           . '<img src="https://www.facebook.com/tr?id=1">'
           . "</body></html>\n";

$t->file('key', 'a1' x 32 . "\n", 0600);
$t->file("html/plain/page.html", $page);

# what the upstream sends: by name, [ headers, body ]

my %answer;

sub answer {
    my ($name, $ce, $body, %o) = @_;

    $answer{$name} = [ join('', map { "$_\r\n" }
                            "Content-Type: " . ($o{type} || 'text/html'),
                            map { "Content-Encoding: $_" }
                                ref $ce ? @$ce : $ce),
                       $body ];
}

my @codings = grep { has_coding($_) } qw(gzip deflate br zstd);

answer($_, $_, encode($_, $page)) for @codings;
answer('x-gzip', 'X-GZip', encode('gzip', $page));
answer('raw', 'deflate', encode('raw-deflate', $page));
answer('identity', 'identity', $page);
answer('members', 'gzip', encode('gzip', substr($page, 0, 5000))
                          . encode('gzip', substr($page, 5000)));
answer('padding', 'gzip', encode('gzip', $page) . "\0" x 512);
answer('frames', 'zstd', encode('zstd', substr($page, 0, 5000))
                         . encode('zstd', substr($page, 5000)))
    if has_coding('zstd');

my @stacked;

for my $a (@codings) {
    for my $b (@codings) {
        answer("$a-$b", "$a, $b", encode("$a, $b", $page));
        push @stacked, "$a-$b";
    }
}

answer('two-lines', [ 'gzip', 'deflate' ], encode('gzip, deflate', $page));
answer('three', 'gzip, identity ,deflate,gzip',
       encode('gzip, deflate, gzip', $page));

# that cannot be read

answer('unknown', 'rot13', $page);
answer('compress', 'gzip, compress', encode('gzip', $page));
answer('five', 'gzip, gzip, gzip, gzip, gzip', $page);

# that is broken: not what it says, an error in the middle, the end missing

answer('not-gzip', 'gzip', $page);
answer('not-br', 'br', $page);
answer('not-zstd', 'zstd', $page);

for my $c (@codings) {
    my $z = encode($c, $page);
    answer("cut-$c", $c, substr($z, 0, length($z) / 2));
    substr($z, length($z) / 3, 40) = "\xff" x 40;
    answer("bad-$c", $c, $z);
}

# a bomb: 200 MB of a page in 200 KB

answer('bomb', 'gzip', encode('gzip', '<!doctype html><p>' . ' ' x 50_000_000
                              . '<img src="https://www.facebook.com/tr">'));

$t->upstream(sub {
    my ($c, $r) = @_;
    my ($name) = $r->{uri} =~ m{/([\w-]+)\.html};
    my ($step) = $r->{uri} =~ /step=(\d+)/;
    my ($head, $body) = @{$answer{$name}};

    $step ||= length $body;

    print $c "HTTP/1.1 200 OK\r\n$head" . "Connection: close\r\n\r\n";

    for (my $i = 0; $i < length $body; $i += $step) {
        print $c substr($body, $i, $step);
        select undef, undef, undef, 0.0002 if $step < 1000;
    }
});

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    gzip on; gzip_min_length 1;
    location / { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /stream/ { proxy_pass http://127.0.0.1:%%PORT1%%;
                        proxy_buffering off; }
    location /pass/ { proxy_pass http://127.0.0.1:%%PORT1%%;
                      consent_undecodable pass; }
    location /gunzip/ { proxy_pass http://127.0.0.1:%%PORT1%%; gunzip on; }
    location /small/ { proxy_pass http://127.0.0.1:%%PORT1%%;
                       proxy_buffer_size 1k; proxy_buffers 2 1k;
                       proxy_busy_buffers_size 1k; }
    location /plain/ { }
});

# as the plain file, but for the address to go back to

sub same {
    my ($body, $want) = @_;
    s{name="return" value="[^"]*"}{}g, s{return=[^"&]*}{}g for $body, $want;
    return $body eq $want;
}

my $want = $t->get('/plain/page.html')->body;
is(scalar(() = $want =~ /data-consent="blocked"/g), 2,
   'the plain page: two trackers withheld');

sub readable {
    my ($uri, $what) = @_;

    my $r = $t->get($uri);
    ok($r->complete && same($r->body, $want), "$what: as the plain page")
        or diag(substr($r->head, 0, 500));
    is($r->header('Content-Encoding'), undef, "$what: sent plain to who takes"
                                              . ' no coding');
}

for my $name (@codings, qw(x-gzip raw identity members padding two-lines
                           three), grep { $answer{frames} } 'frames')
{
    readable("/$name.html", $name);
}

for my $name (@stacked) {
    my $r = $t->get("/$name.html");
    ok($r->complete && same($r->body, $want), "$name, stacked: as the plain"
                                              . ' page');
}

for my $name (@codings, 'gzip-deflate') {
    readable("/$name.html?step=97", "$name, 97 bytes at a time");
    readable("/stream/$name.html?step=97", "$name, unbuffered");
    readable("/small/$name.html", "$name, small buffers");
    readable("/gunzip/$name.html", "$name, gunzip on");

    my $r = $t->get("/$name.html", headers => [ 'Accept-Encoding' => 'gzip' ]);
    is($r->header('Content-Encoding'), 'gzip', "$name: compressed again");
    ok(same($r->text, $want), "$name: with the same page in it");
    is($t->head("/$name.html")->header('Content-Encoding'), undef,
       "$name: HEAD says the same");
}


# one after the other on one connection: nothing of one is left in the next

{
    my @r = $t->pipeline(map { $t->make_request('GET', "/$_.html",
                                                keepalive => 1) }
                         @codings, 'identity', @codings);
    ok(same($_->body, $want), 'pipelined: each as the plain page') for @r;
}


# undecodable

my $csp = qr/^default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:/;
my $n = 0;

for my $name (qw(unknown compress five)) {
    my $r = $t->get("/$name.html");
    is($r->body, $answer{$name}[1], "$name: the body as it came");
    ok(defined $r->header('Content-Encoding'), "$name: with its coding");
    ok((grep { /$csp/ } $r->headers('Content-Security-Policy')),
       "$name: closed by a policy");
    is($r->state->{basis}, 'none', "$name: Consent-State all the same");

    $r = $t->get("/pass/$name.html");
    is($r->body, $answer{$name}[1], "$name, pass: the body as it came");
    is($r->header('Content-Security-Policy'), undef,
       "$name, pass: no policy");
}

my @said = $t->log_lines(qr/unknown content coding/);
is(scalar(@said), 2, 'logged once for each place, not for each request');
like($said[0] // '', qr/\[warn\].*policy that lets nothing/,
     'as a warning that says what was done');

my $accept = $t->choose('accept');
my $r = $t->get('/unknown.html', cookie => $accept);
is($r->header('Content-Security-Policy'), undef,
   'all agreed to: an unknown coding is nobody\'s matter');
is($r->body, $answer{unknown}[1], 'and its body');


# broken: what can be read is gated, and nothing of the rest gets out

for my $name (qw(not-gzip not-br not-zstd),
              map { ("cut-$_", "bad-$_") } @codings)
{
    next if !$answer{$name} || ($name =~ /-(br|zstd)$/ && !has_coding($1));

    my $r = $t->get("/$name.html");
    is($r->status, 200, "$name: 200");
    unlike($r->body, qr/<(script|img) src="https:/, "$name: no tracker");
    like($r->body, qr/A line of text/, "$name: what was before is there")
        unless $name =~ /^not|-br|-zstd/;
    is($t->get('/gzip.html')->status, 200, "$name: and on it goes");
}

ok(scalar($t->log_lines(qr/broken compressed page/)), 'and it is logged');


# a bomb goes through as a stream

my ($worker) = slurp($t->dir . '/nginx.pid') =~ /(\d+)/;

$r = $t->get('/bomb.html', timeout => 60);
ok($r->complete, 'a bomb: comes to its end');
cmp_ok(length $r->body, '>', 50_000_000, 'unpacked');
like(substr($r->body, -2000), qr{<img [^>]*data-src="https://www.facebook},
     'and read to its end');
my ($peak) = slurp("/proc/$worker/status") =~ /VmHWM:\s*(\d+) kB/;
cmp_ok($peak, '<', 100_000, 'in less than 100 MB of memory, all told');

done_testing();
