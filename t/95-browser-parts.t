#!/usr/bin/perl

# What else a visitor meets, in Chromium: what stands in the place of a frame,
# a letter that would be lost, what Google's and Microsoft's tags are told,
# hide lists.  See t/browser/parts.mjs.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

plan(skip_all => browser_missing()) if browser_missing();

my $t = Test::Consent->new;
my $site = Test::Consent->root . '/t/browser/site';

for my $name (qw(page frame tags)) {
    $t->file("html/$name.html", slurp("$site/$name.html"));
}

$t->file('html/optout.html', slurp("$site/page.html"));
$t->file('key', 'c3' x 32 . "\n", 0600);
$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_controller "The Riverside Courier" contact=privacy@example.com;
    consent_link "Privacy statement" /privacy rel=privacy-policy;
    consent_block analytics trk.test;
    consent_block functional film.test;

    location = /optout.html {
        consent_mode opt-out;
    }

    location = /tags.html {
        consent_google_consent_mode on;
    }
});

browser_test($t, 'parts.mjs',
             CONSENT_LIST => test_data('lists/easylist-cookie.txt') // '');

done_testing();
