#!/usr/bin/perl

# Chromium's own copies of a page after each change of state: Back, reload,
# revalidation.  See t/browser/cache.mjs.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

plan(skip_all => browser_missing()) if browser_missing();

my $t = Test::Consent->new;

my $page = sub {
    "<!doctype html><html lang=\"en\"><head><title>$_[0]</title></head>"
    . '<body><p>text<script async src="https://www.google-analytics.com/'
    . 'a.js"></script></body></html>' };

$t->{access_log} = $t->dir . '/logs/access.log';
$t->file("html/$_.html", $page->($_)) for qw(page other);
$t->file('key', 'c3' x 32 . "\n", 0600);

# an upstream that knows its own tags and would have its pages kept

$t->upstream(sub {
    my ($c, $r) = @_;
    my ($name) = $r->{uri} =~ m{/(\w+)\.html};
    my $tag = qq{"$name-1"};
    my $h = "ETag: $tag\r\nCache-Control: public, max-age=600\r\n"
            . "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n";

    if (($r->{headers}{'if-none-match'} // '') eq $tag) {
        print $c "HTTP/1.1 304 Not Modified\r\n$h\r\n";
        return;
    }

    my $b = $page->($name);
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n$h"
             . 'Content-Length: ' . length($b) . "\r\n\r\n$b";
});

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    location /up/ { proxy_pass http://127.0.0.1:%%PORT1%%; }
});

browser_test($t, 'cache.mjs');
browser_test($t, 'cache.mjs', CONSENT_BFCACHE => 1);

# copies were used where they were right

my $log = slurp($t->dir . '/logs/access.log');

for my $uri ('/page.html', '/up/page.html') {
    my $n = () = $log =~ /"GET \Q$uri\E HTTP[^"]*" 304 /g;
    cmp_ok($n, '>', 0, "$uri: the browser's copy was good $n times");
}

done_testing();
