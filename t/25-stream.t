#!/usr/bin/perl

# Pages that come slowly leave as they come: what an upstream has sent is not
# held back until it sends more.  The upstream here waits until its last
# piece has been seen by the client, so that a piece held back would be a
# deadlock, and no test needs a clock.  (Where no header names the charset, the
# first 1024 bytes wait for one another, as they do in browsers.)

use lib 't/lib';
use Test::Consent;
use Test::Consent::Coding;

use IO::Compress::Gzip qw(:flush);
use IO::Select;

my $t = Test::Consent->new;

my $tracker = '<script src="https://www.google-analytics.com/a.js"></script>';
my $long = '<!doctype html><html><head><title>t</title></head><body>'
           . '<!-- ' . 'x' x 1024 . '-->';
my @pieces = ('<!doctype html><html><head><title>t</title></head><body><p>one',
              '<p>two' . $tracker, '<p>three<scr', 'ipt src="https://www.goo',
              'gle-analytics.com/b.js"></script><p>four', '<p>five</body></html>');

# what of each piece can be shown: a browser cannot act on half a tag

my @shown = ('<p>one', '<p>two', '<p>three', undef, '<p>four', '<p>five');

$t->file('key', 'a1' x 32 . "\n", 0600);
$t->file('html/index.html', join '', @pieces);
$t->file('html/long.html', '<!doctype html><title>t</title>'
         . ("<p>A paragraph of a long page.$tracker\n" x 20000));

sub wait_for {
    my ($n) = @_;
    for (1 .. 1000) {
        return 1 if -e $t->dir . "/go$n";
        select undef, undef, undef, 0.01;
    }
    return 0;
}

$t->upstream(sub {
    my ($c, $r) = @_;
    my ($how) = $r->{uri} =~ m{/(\w+)$};
    my $type = $how eq 'sse' ? 'text/event-stream'
               : $how eq 'unnamed' ? 'text/html' : 'text/html; charset=utf-8';
    my $gz;
    local $pieces[0] = "$long<p>one" if $how eq 'unnamed';

    print $c "HTTP/1.1 200 OK\r\nContent-Type: $type\r\n"
             . ($how eq 'gzip' ? "Content-Encoding: gzip\r\n" : '')
             . ($how eq 'accel' ? "X-Accel-Buffering: no\r\n" : '')
             . ($how eq 'length' ? 'Content-Length: '
                                   . length(join '', @pieces) . "\r\n" : '')
             . ($how eq 'chunked' ? "Transfer-Encoding: chunked\r\n" : '')
             . "Connection: close\r\n\r\n";

    my $out = '';
    $gz = IO::Compress::Gzip->new(\$out) if $how eq 'gzip';

    for my $i (0 .. $#pieces) {
        my $p = $pieces[$i];

        if ($gz) {
            $gz->print($p);
            $gz->flush(Z_SYNC_FLUSH);
            $gz->close if $i == $#pieces;
            ($p, $out) = ($out, '');
        }

        print $c $how eq 'chunked' ? sprintf("%x\r\n%s\r\n", length $p, $p)
                                   : $p;
        return unless $i == $#pieces || wait_for($i);
    }

    print $c "0\r\n\r\n" if $how eq 'chunked';
});

# an upstream that ends before it said it would

$t->upstream(sub {
    my ($c, $r) = @_;
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html; "
             . "charset=utf-8\r\nContent-Length: 5000\r\n\r\n$pieces[0]$pieces[1]";
}, 2);

my $locations = q{
    location /direct/ { proxy_pass http://127.0.0.1:%%PORT1%%/;
                        proxy_buffering off; }
    location /buffered/ { proxy_pass http://127.0.0.1:%%PORT1%%/; }
    location /short/ { proxy_pass http://127.0.0.1:%%PORT2%%/; }
    location /short-direct/ { proxy_pass http://127.0.0.1:%%PORT2%%/;
                              proxy_buffering off; }
};

$t->server("consent on; consent_secret_file %%DIR%%/key; charset utf-8;
            location /zip/ { proxy_pass http://127.0.0.1:%%PORT1%%/;
                             proxy_buffering off; gzip on; gzip_min_length 1; }
            $locations", 'proxy_http_version 1.1;');

my $accept = $t->choose('accept');
my $whole = $t->get('/index.html');


# reads until what is expected has come; lets the upstream go on then

sub stream {
    my ($uri, $what, %o) = @_;

    unlink glob($t->dir . '/go*');

    my $s = $t->connect;
    print $s $t->make_request('GET', $uri, %o);

    my ($buf, $sel) = ('', IO::Select->new($s));
    my @late;

    for my $i (0 .. $#pieces) {
        my $want = $o{want} ? $o{want}->($i) : $shown[$i];

        while (defined $want && index($buf, $want) < 0) {
            my $n = $sel->can_read(5) ? sysread($s, $buf, 65536, length $buf)
                                      : undef;
            if (!$n) {
                push @late, $i;
                last;
            }
        }

        $t->file("go$i", '');
    }

    while ($sel->can_read(5)) {
        last unless sysread($s, $buf, 65536, length $buf);
    }

    is(join(' ', @late), '', "$what: each piece leaves before the next comes");

    my ($head, $body) = split /\r\n\r\n/, $buf, 2;

    if ($head =~ /chunked/i) {
        my $out = '';
        while ($body =~ s/^([0-9a-f]+)\r\n//i && hex $1) {
            $out .= substr($body, 0, hex $1);
            substr($body, 0, 2 + hex $1) = '';
        }
        $body = $out;
    }

    return ($head, $body);
}

sub same {
    my ($body, $want) = @_;
    s{name="return" value="[^"]*"}{}g, s{return=[^"&]*}{}g for $body, $want;
    return $body eq $want;
}

for my $how (qw(plain length chunked gzip)) {
    my ($head, $body) = stream("/direct/$how", "$how, proxy_buffering off");
    ok(same($body, $whole->body), "$how: the page, gated");

    (undef, $body) = stream("/direct/$how", "$how, HTTP/1.0",
                            http => '1.0');
    ok(same($body, $whole->body), "$how, HTTP/1.0: the page, gated");

    ($head, $body) = stream("/direct/$how", "$how, agreed",
                            cookie => $accept);
    is($t->without_insertions($body), join('', @pieces),
       "$how, agreed: the page");
}

my ($head, $body) = stream('/direct/unnamed', 'no charset in the header');
like($body, qr/<p>five/, 'no charset in the header: the page');

($head, $body) = stream('/buffered/accel', 'X-Accel-Buffering: no');
ok(same($body, $whole->body), 'X-Accel-Buffering: no: the page, gated');

# events are none of our business, whoever asks

($head, $body) = stream('/direct/sse', 'server-sent events',
                        want => sub { $pieces[$_[0]] });
is($body, join('', @pieces), 'server-sent events: not a byte changed');
unlike($head, qr/Consent-State/, 'server-sent events: no header of ours');


# compressed for the client, the compressor's own flush is used

{
    unlink glob($t->dir . '/go*');
    $t->file("go$_", '') for 0 .. 9;

    my $r = $t->get('/zip/plain', headers => [ 'Accept-Encoding' => 'gzip' ]);
    is($r->header('Content-Encoding'), 'gzip', 'gzip on: compressed');
    ok(same($r->text, $whole->body), 'gzip on: the page, gated');
}


# broken off in the middle: what there was, and no end that looks like one

for my $uri ('/short/', '/short-direct/') {
    my $r = $t->get($uri);
    like($r->body, qr/<p>one.*<p>two/s, "$uri: what there was");
    ok(!$r->complete, "$uri: and no proper end");
    unlike($r->body, qr/<script src="https:/, "$uri: no tracker");
}


# HTTP/1.0 and its connections

my $r = $t->get('/index.html', http => '1.0');
is($r->header('Transfer-Encoding'), undef, 'HTTP/1.0: not chunked');
ok(same($r->body, $whole->body), 'HTTP/1.0: the page');
$r = $t->get('/index.html', http => '1.0',
             headers => [ Connection => 'keep-alive' ]);
isnt(lc($r->header('Connection') // ''), 'keep-alive',
     'HTTP/1.0, no length known: the connection ends the page');


# pipelined: each page whole, no state carried over

my @mix = ([ '/index.html' ], [ '/index.html', cookie => $accept ],
           [ '/long.html' ], [ '/nothing' ], [ '/_consent/state' ],
           [ '/index.html' ]);

for my $times (1, 20) {
    my @req = (@mix) x $times;
    my @r = $t->pipeline(map { my ($uri, @o) = @$_;
                               $t->make_request('GET', $uri, keepalive => 1,
                                                @o) } @req);
    my $ok = 0;

    for my $i (0 .. $#req) {
        my ($uri, @o) = @{$req[$i]};
        my $alone = $t->get($uri, @o);
        $ok++ if $r[$i]->complete && $r[$i]->status == $alone->status
                 && $r[$i]->body eq $alone->body;
    }

    is($ok, scalar(@req), scalar(@req) . ' pipelined: each as alone');
}

# a slow reader gets all of it

{
    my $s = $t->connect;
    print $s $t->make_request('GET', '/long.html');
    my $buf = '';
    for (1 .. 20) {
        sysread($s, $buf, 2000, length $buf);
        select undef, undef, undef, 0.01;
    }
    1 while sysread($s, $buf, 65536, length $buf);
    is(scalar(() = $buf =~ /data-consent="blocked"/g), 20000,
       'a slow reader: 20000 trackers withheld');
    unlike($buf, qr/<script src="https:/, 'a slow reader: none live');
}

# one that goes away is no trouble

for (1 .. 5) {
    my $s = $t->connect;
    print $s $t->make_request('GET', $_ % 2 ? '/long.html'
                                            : '/direct/plain');
    sysread($s, my $buf, 1000);
    close $s;
}

is($t->get('/index.html')->status, 200, 'clients that go away: still there');

done_testing();
