#!/usr/bin/perl

# Pages made at random to get past a reader of HTML, in Chromium: markup,
# style sheets and scripts, damaged.  None reaches the tracker.  See
# t/browser/hostile-page.mjs.
#
#     CONSENT_HOSTILE=seconds    so long, with new pages
#     HOSTILE_SEED=number        these; else the same ones each time

use lib 't/lib';
use Test::Consent;
use Test::Consent::Browser;

plan(skip_all => browser_missing()) if browser_missing();

my $seconds = $ENV{CONSENT_HOSTILE} || ($ENV{CONSENT_FULL} ? 300 : 0);
my $seed = $ENV{HOSTILE_SEED} || ($seconds ? time : 1);

my $t = Test::Consent->new;
my $dir = $t->dir . '/html/hostile';

mkdir $t->dir . '/html';
mkdir $dir or die "$dir: $!";

$t->file('key', 'c3' x 32 . "\n", 0600);
$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block marketing tracker.test;

    location /off/ {
        alias %%DIR%%/html/hostile/;
        consent off;
    }
});

local $ENV{CONSENT_TIMEOUT} = $seconds + 400;

browser_test($t, 'hostile.mjs', HOSTILE_DIR => $dir, HOSTILE_SEED => $seed,
             HOSTILE_SECONDS => $seconds,
             HOSTILE_PAGES => $seconds ? 'Infinity' : 200);

done_testing();
