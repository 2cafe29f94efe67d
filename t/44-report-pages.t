#!/usr/bin/perl

# consent report on real pages: each leaves byte for byte, and what it says
# would be withheld is what "on" withholds.  (CONSENT_PAGES=n takes every
# n-th page only.)

use lib 't/lib';
use Test::Consent;
use JSON::PP;

my $dir = test_data('pages');
plan(skip_all => 'no test data: CONSENT_TEST_DATA names its folder')
    unless $dir;

my @pages = sort map { m{([^/]+)$} } glob "$dir/*.html";
my $every = $ENV{CONSENT_PAGES} || 1;
@pages = @pages[grep { $_ % $every == 0 } 0 .. $#pages];

my (%t, %seen, %blocked);

for my $enable (qw(report on)) {
    my $t = $t{$enable} = Test::Consent->new;

    symlink $dir, "$t->{dir}/html/pages";
    $t->server("consent $enable; consent_third_party marketing;
                location = /status { consent_status; }",
               'consent_zone consent:4m;');
}

my @changed;

for my $page (@pages) {
    my $r = $t{report}->get("/pages/$page");
    push @changed, $page if $r->body ne slurp("$dir/$page");

    $t{on}->get("/pages/$page");
}

cmp_ok(scalar @pages, '>=', 3, scalar(@pages) . ' pages');
is(join(' ', @changed), '', 'each leaves byte for byte');

for my $enable (qw(report on)) {
    my $r = $t{$enable}->get('/status?format=json');
    my $s = decode_json($r->body);

    for my $e (@{$s->{inventory}{entries}}) {
        $seen{$enable}{"$e->{kind} $e->{name} " . ($e->{category} // '-')
                       . " $e->{source} $e->{rule}"}
            = "$e->{count} $e->{blocked} $e->{page} @{$e->{types}}";
    }

    for my $e (@{$s->{blocked}}) {
        is($e->{consent}, $enable, "counted as $enable")
            if $e->{consent} ne $enable;
        $blocked{$enable}{"$e->{category} $e->{type}"} = $e->{count};
    }

    is($s->{inventory}{evicted}, 0, 'the inventory holds all of them');
}

cmp_ok(scalar keys %{$seen{on}}, '>', @pages, 'there is something to compare: '
       . keys(%{$seen{on}}) . ' rows');
is_deeply($seen{report}, $seen{on}, 'the inventory is what "on" finds');
is_deeply($blocked{report}, $blocked{on}, 'and so are the counters');

done_testing();
