#!/usr/bin/perl

# Where no notice belongs: AMP pages, fragments, feeds.  What is HTML of these
# is gated all the same.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;

my $tracker = '<img src="https://www.facebook.com/tr?id=1" width=1 height=1>';

my %amp = (
    'amp'       => '<html amp lang="en">',
    'bolt'      => "<html \xe2\x9a\xa1>",
    'bolt-lang' => "<html lang=en \xe2\x9a\xa1>",
);

for my $name (keys %amp) {
    $t->file("html/$name.html", "<!doctype html>\n$amp{$name}\n<head><meta "
             . "charset=\"utf-8\"><title>t</title></head>\n<body><h1>t</h1>"
             . "$tracker</body></html>\n");
}

$t->file('html/not-amp.html', "<!doctype html><html lang=\"amp\"><title>t"
         . "</title><body>$tracker</body></html>\n");
$t->file('html/fragment.html', "<p>A part of a page</p>$tracker\n");
$t->file('html/feed.rss', '<?xml version="1.0"?><rss version="2.0"><channel>'
         . "<title>t</title><item><description>$tracker</description></item>"
         . '</channel></rss>');
$t->file('html/feed.atom', '<?xml version="1.0"?>'
         . '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title></feed>');
$t->file('html/mail.eml', "Content-Type: text/html\n\n<html><body>$tracker");
$t->file('key', 'a1' x 32 . "\n", 0600);

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    types {
        text/html            html;
        application/rss+xml  rss;
        application/atom+xml atom;
        message/rfc822       eml;
    }
});

my $ours = qr{privacy-choices|/_consent/};

for my $name (sort(keys %amp), 'fragment') {
    my $b = $t->get("/$name.html")->body;
    unlike($b, $ours, "$name: nothing of ours is put in");
    like($b, qr{<img [^>]*data-src="https://www\.facebook\.com/tr\?id=1"},
         "$name: the tracker is withheld");
    unlike($b, qr{\ssrc="https://www\.facebook\.com},
           "$name: and not loaded");
}

like($t->get('/not-amp.html')->body, qr/<section id="privacy-choices"/,
     'a page that only looks like it has its notice');

for my $f (qw(feed.rss feed.atom mail.eml)) {
    my $r = $t->get("/$f");
    is($r->body, slurp($t->dir . "/html/$f"), "$f: as it was, byte for byte");
    is($r->header('Set-Cookie'), undef, "$f: no cookie");
}

done_testing();
