#!/usr/bin/perl

# 103 Early Hints: what a browser may turn to before there is an answer is
# cleaned like the answer.  nginx passes them on since 1.29.

use lib 't/lib';
use Test::Consent;

Test::More::plan(skip_all => 'this nginx has no Early Hints')
    if Test::Consent->version < 1029000;

my $t = Test::Consent->new;

$t->file('key', 'b2' x 32 . "\n", 0600);

$t->upstream(sub {
    my ($c, $r) = @_;
    my $body = "<!doctype html><title>t</title><p>x\n";

    print $c "HTTP/1.1 103 Early Hints\r\n"
        . "Link: </a.css>; rel=preload; as=style, "
        . "<https://www.google-analytics.com/analytics.js>; rel=preload; "
        . "as=script\r\n"
        . "Link: <https://connect.facebook.net>; rel=preconnect\r\n\r\n"
        . "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
        . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
});

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    early_hints 1;
    location / { proxy_http_version 1.1;
                 proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /off { consent off; early_hints 1; proxy_http_version 1.1;
                    proxy_pass http://127.0.0.1:%%PORT1%%; }
});

sub hints {
    my ($uri, @cookie) = @_;

    my $s = $t->connect;
    print $s "GET $uri HTTP/1.1\r\nHost: localhost\r\n"
        . "Connection: close\r\n" . join('', map { "Cookie: $_\r\n" } @cookie)
        . "\r\n";

    local $/;
    my $all = <$s>;

    my ($head) = $all =~ /^HTTP\/1\.1 103 [^\r]*\r\n(.*?)\r\n\r\n/s;
    my ($rest) = $all =~ /\r\n\r\n(HTTP\/1\.1 200 .*)/s;

    return ($head // 'no 103', $rest // '');
}

my ($head, $rest) = hints('/');

is($head, 'Link: </a.css>; rel=preload; as=style',
   'hints lose their links to trackers, and those alone');
like($rest, qr/^HTTP\/1\.1 200 .*privacy-choices/s, 'the answer follows');

my $accept = $t->choose('accept');

for my $case ([ '/', 'after consent', $accept ], [ '/off', 'consent off' ]) {
    my ($uri, $what, @cookie) = @$case;
    ($head) = hints($uri, @cookie);
    like($head, qr/analytics\.js.*connect\.facebook\.net/s,
         "$what: all of the hints");
}

done_testing();
