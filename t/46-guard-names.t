#!/usr/bin/perl

# The page's guard knows hosts by fingerprints: none of the names that sites
# really have is taken for a tracker's by mistake.
#
# If one is, the catalog having grown, another seed is needed: see
# t/tools/guard-names.c, and CONSENT_GUARD_SEED.

use lib 't/lib';
use Test::Consent;

my $lists = test_data('lists');

Test::More::plan(skip_all => 'no test data: CONSENT_TEST_DATA names its folder')
    unless $lists;

my $t = Test::Consent->new;
my $tool = $t->build . '/tools/guard-names';
my $made = `make -s -C @{[ $t->root ]} BUILD=@{[ $t->build ]} $tool 2>&1`;

Test::More::BAIL_OUT("no $tool: $made") unless -x $tool;

# the sites that filter lists have rules for

my %sites;

for my $list (glob "$lists/*.txt") {
    for (split /\n/, slurp($list)) {
        my @names = /^([^#\s!]+)#[\@?\$%]*#/ ? split(/,/, $1)
                    : /[\$,](?:domain|from)=([^,\s]+)/ ? split(/\|/, $1) : ();

        s/^~//, /^[\w-]+(?:\.[\w-]+)*\.[a-z][\w-]+$/ && $sites{$_}++
            for @names;
    }
}

my @names = sort keys %sites;
my $file = $t->file('names', join '', map { "$_\nwww.$_\ncdn.$_\n" } @names);
my ($n, $known, $mistaken)
    = `$tool < $file` =~ /(\d+) names, (\d+) of the catalog, (\d+) mistaken/;

cmp_ok(@names, '>', 20_000, 'a large sample of names of sites');
is($n, 3 * @names, 'each is looked up, and with "www." and "cdn." before it');
cmp_ok($known, '>', 20, 'some are names that the catalog has');
is($mistaken, 0, 'none that it has not is taken for one that it has');

done_testing();
