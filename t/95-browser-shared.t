#!/usr/bin/perl

# consent_delivery shared behind Varnish, in Chromium: one stored page for
# every visitor; and the tests of the notice pass through it.  See
# t/browser/shared.mjs and notice.mjs.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;
use Test::Consent::Proxy;

plan(skip_all => browser_missing()) if browser_missing();
plan(skip_all => varnish_missing()) if varnish_missing();

my $t = Test::Consent->new;
my $site = Test::Consent->root . '/t/browser/site';

for my $f (glob("$site/*.html")) {
    my ($name) = $f =~ m{([^/]+)$};
    $t->file("html/$name", slurp($f));
}

my $page = slurp("$site/page.html");

for my $lang (qw(en de ar zh th el)) {
    (my $p = $page) =~ s/<html lang="en">/<html lang="$lang">/;
    $t->file("html/$lang.html", $p);
}

my $tracker = '<script async src="https://www.google-analytics.com/a.js">'
              . '</script>';

$t->file("html/$_.html", '<!doctype html><html lang="en"><head><title>' . $_
         . "</title></head><body><p>text</p>$tracker"
         . ($_ eq 'write' ? '<script data-category="marketing" '
                            . 'type="text/plain">document.write("<b>w")'
                            . '</script>' : '') . '</body></html>')
    for qw(other write);
$t->file('html/page.html', $page =~ s{</body>}{$tracker</body>}r);

$t->file('key', 'c3' x 32 . "\n", 0600);
$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_delivery shared;
    consent_controller "The Riverside Courier" contact=privacy@example.com;
    consent_link "Privacy statement" /privacy rel=privacy-policy;
    consent_link "Terms of use" /terms rel=terms-of-service;
    consent_block analytics trk.test;
    add_header Cache-Control "public, max-age=600";
});

varnish($t, 4, 0);

my $url = 'http://127.0.0.1:' . $t->port(4) . '/';

browser_test($t, 'shared.mjs', CONSENT_URL => $url);

# all that the notice promises, once more: minutes on a small machine

browser_test($t, 'notice.mjs', CONSENT_URL => $url, CONSENT_SHARED => 1)
    if $ENV{CONSENT_FULL};

done_testing();
