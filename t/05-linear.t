#!/usr/bin/perl

# Twice the bytes are twice the work, whatever they are: tags, attributes,
# nesting, scripts, style sheets, entities, comments, things never ended; filter
# lists, cookies, links.  Counted in instructions, which are the same each
# time.  Where little is read of what is long the work grows less.
#
# A bound that lies between both sizes may let it grow more, once.
#
# With CONSENT_FULL at more sizes, a million attributes and a tag of 10 MB too.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;
my $root = Test::Consent->root;
my $build = Test::Consent->build;
my $bin = "$build/tools/linear";

plan(skip_all => 'a sanitizer counts, too') if $ENV{CONSENT_SANITIZED};
plan(skip_all => 'no valgrind: "make deps-bench" gets it')
    unless grep { -x "$_/valgrind" } split(/:/, $ENV{PATH});

my $made = `make -s -C $root BUILD=$build $bin 2>&1`;
Test::More::BAIL_OUT("no $bin: $made") unless -x $bin;

# how deep nesting is kept, and all of it that can be forgotten, is between 3 KB
# and 8, what is held back of a page more than that and less than 32

twice(4000, 1.7);
twice(32768, 1.2);

if ($ENV{CONSENT_FULL}) {
    twice(65536, 1.1);
    twice(262144, 1.1);
}

# a tag of 10 MB, a million attributes

if ($ENV{CONSENT_FULL}) {
    twice(5 << 20, 1.1, $_) for 'text', 'tags', 'attributes, all short',
                           'attributes', 'a tag', 'a tag, never ended',
                           'tags, none ended', 'a script', 'a style sheet',
                           'a comment', 'entities', 'nesting';
}

done_testing();


# one run does them all: callgrind writes what measured() has cost each time

sub twice {
    my ($bytes, $most, @name) = @_;
    my $dump = $t->dir . '/callgrind';

    unlink glob "$dump.*";

    my $out = $t->run('valgrind', '--tool=callgrind', '-q',
                      "--callgrind-out-file=$dump",
                      '--toggle-collect=measured', '--dump-after=measured',
                      $bin, $bytes, @name);

    my @runs = map { [ split /\t/ ] } grep { /\t\d+$/ } split /\n/, $out;
    cmp_ok(scalar @runs, '>=', @name ? 2 : 150, "$bytes bytes: all are run")
        or diag($out);

    my ($one, $two) = (0, 0);

    for (my $i = 0; $i < $#runs; $i += 2) {
        my ($name, $len) = @{$runs[$i]};
        my @cost = map { cost("$dump." . ($i + $_)) } 1, 2;
        my $grew = $cost[1] / $cost[0] / ($runs[$i + 1][1] / $len);

        cmp_ok($grew, '<=', $most, sprintf('%s: %d bytes for %d instructions, '
               . '%d for %d', $name, $len, $cost[0], $runs[$i + 1][1],
               $cost[1]));

        $one += $cost[0];
        $two += $cost[1];
    }

    # a script that is too long to hold is not read any more, so that one
    # alone may cost less for twice as much

    my $all = $two / ($one || 1);
    ok(($all > 1.8 || @name) && $all < 2.2,
       sprintf('%d bytes: %.2f as much for twice as many', $bytes, $all));
}

sub cost {
    my ($file) = @_;
    my ($n) = slurp($file) =~ /^summary: (\d+)/m or die "$file: no summary";
    return $n;
}
