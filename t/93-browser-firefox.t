#!/usr/bin/perl

# The visitor's path in Debian's Firefox.  See t/browser/firefox.mjs.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

plan(skip_all => browser_missing()) if browser_missing();
plan(skip_all => 'no Firefox: apt-get install firefox-esr')
    unless -x ($ENV{FIREFOX} || '/usr/bin/firefox-esr');

# playwright-core speaks to it by WebDriver BiDi's data collectors

my ($version) = `firefox-esr --version` =~ / (\d+)\./;
plan(skip_all => "Firefox $version: playwright-core takes 143 or newer")
    if $version && $version < 143;

my $t = Test::Consent->new;
my $site = Test::Consent->root . '/t/browser/site';

$t->file('html/en.html', slurp("$site/page.html"));
$t->file("html/$_.html", slurp("$site/$_.html")) for qw(order hostile);
$t->file('key', 'c3' x 32 . "\n", 0600);
$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block analytics trk.test;
});

browser_test($t, 'firefox.mjs');

done_testing();
