#!/usr/bin/perl

# A filter list means here what it means in a visitor's own blocker: the same
# addresses, types and pages as @ghostery/adblocker's, on EasyPrivacy and
# EasyList.

use lib 't/lib';
use Test::Consent;

my $lists = test_data('lists');
my $pages = test_data('pages');
my $root = Test::Consent->root;
my $batch = Test::Consent->build . '/tools/rules-batch';

Test::More::plan(skip_all => 'no test data: CONSENT_TEST_DATA names its folder')
    unless $lists && $pages;
Test::More::plan(skip_all => 'no packages: "make browser-deps" gets them')
    unless -d "$root/t/browser/node_modules/\@ghostery/adblocker";

my $made = `make -s -C $root BUILD=@{[ Test::Consent->build ]} $batch 2>&1`;
Test::More::BAIL_OUT("no $batch: $made") unless -x $batch;

$ENV{CONSENT_LISTS} = "$lists/easyprivacy.txt:$lists/easylist.txt";
$ENV{CONSENT_PAGES_DIR} = $pages;
$ENV{CONSENT_RULES} = $batch;
$ENV{CONSENT_CTL} = Test::Consent->build . '/consentctl';

exec 'node', "$root/t/browser/lists.mjs" or die "node: $!\n";
