#!/usr/bin/perl

# The notice on real pages of very different styles, in Chromium; and that
# those look as they do without it.  See t/browser/pages.mjs.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

my @pages = qw(
    gne_wechat-2 readability_wikia top1000_hotels.com top1000_indeed.com
    recipes_itdoesnttastelikechicken_3
);

plan(skip_all => browser_missing()) if browser_missing();
plan(skip_all => 'no pages: CONSENT_TEST_DATA') unless test_data('pages');

my $t = Test::Consent->new;

for my $page (@pages) {
    my $file = test_data("pages/$page.html");
    plan(skip_all => "no $page.html") unless $file;
    $t->file("html/$page.html", slurp($file));
}

$t->file('key', 'c3' x 32 . "\n", 0600);
$t->server(qq{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_controller "The Riverside Courier" contact=privacy\@example.com;
    consent_link "Privacy statement" /privacy rel=privacy-policy;
    consent_link "Terms of use" /terms rel=terms-of-service;

    location /off/ {
        alias %%DIR%%/html/;
        consent_banner off;
        consent_links off;
    }
});

browser_test($t, 'pages.mjs', CONSENT_PAGE_NAMES => "@pages");

done_testing();
