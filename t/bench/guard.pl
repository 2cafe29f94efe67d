#!/usr/bin/perl

# What the guard costs a page: main-thread time of its script in Chromium's
# trace, beside the page's own scripts, on real pages.
#
#     perl -It/lib t/bench/guard.pl
#
# Pages come from CONSENT_TEST_DATA; what they ask other hosts for is answered
# empty, so that their own scripts are those in the page.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

plan(skip_all => browser_missing()) if browser_missing();

my $pages = test_data('pages');
plan(skip_all => 'no pages: see CONSENT_TEST_DATA') unless $pages;

my $t = Test::Consent->new;
my @names;

for my $f (sort { -s $b <=> -s $a } glob("$pages/*.html")) {
    my $html = slurp($f);
    my $n = () = $html =~ /<script/g;
    next if $n < 20;
    push @names, "p$#names.html";
    $t->file("html/$names[-1]", $html);
    last if @names == 10;
}

$t->file('key', 'c3' x 32 . "\n", 0600);
$t->server('consent on; consent_secret_file %%DIR%%/key;');

browser_test($t, '../bench/guard.mjs', GUARD_PAGES => "@names");

done_testing();
