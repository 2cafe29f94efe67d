#!/usr/bin/perl

# The notice in Chromium: sizes, themes, languages, keyboard, axe, a hostile
# style sheet.  See t/browser/notice.mjs.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

plan(skip_all => browser_missing()) if browser_missing();

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

$t->file('html/base.html', $page =~ s{<head>}
    {<head><base href="https://cdn.example.net/x/">}r);

$t->file('key', 'c3' x 32 . "\n", 0600);
$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_controller "The Riverside Courier" contact=privacy@example.com;
    consent_link "Privacy statement" /privacy rel=privacy-policy;
    consent_link "Terms of use" /terms rel=terms-of-service;
    consent_block analytics trk.test;
});

browser_test($t, 'notice.mjs');

done_testing();
