#!/usr/bin/perl

# What rules cost: a page is as dear with 100,000 rules as with ten, by
# instructions, and a list of 100,000 is read in less than one second's worth
# of them.

use lib 't/lib';
use Test::Consent;

Test::More::plan(skip_all => 'CONSENT_FULL is not set')
    unless $ENV{CONSENT_FULL};

my $pages = test_data('pages');

Test::More::plan(skip_all => 'no test data: CONSENT_TEST_DATA names its folder')
    unless $pages;
Test::More::plan(skip_all => 'no valgrind: "make deps-bench" gets it')
    if system('valgrind --version > /dev/null 2>&1');

my $t = Test::Consent->new;
my $cost = $t->build . '/tools/rules-cost';
my $made = `make -s -C @{[ $t->root ]} BUILD=@{[ $t->build ]} $cost 2>&1`;

Test::More::BAIL_OUT("no $cost: $made") unless -x $cost;

# instructions of -n runs over some pages, of very different kinds

my @pages = map { "$pages/$_.html" }
    qw(readability_ars-1 top1000_asahi.com readability_salon-1
       recipes_wyseguide_1 sab_359fee228518 gne_163-9);

sub instructions {
    my ($list, $n) = @_;

    my $out = $t->run('valgrind', '--tool=callgrind',
                      '--callgrind-out-file=/dev/null', $cost, '-catalog',
                      '-list', $list, '-n', $n, @pages);

    my ($i) = $out =~ /Collected\s*:\s*(\d+)/ or die $out;
    my ($blocked) = $out =~ /^(\d+) blocked/m;

    return ($i, $blocked / $n);
}

# lists of the shapes that lists have; as many of EasyList and EasyPrivacy,
# where they are

my %kinds = (made => [ map {
    my $i = $_;
    my @w = qw(ad banner track pixel stat click promo widget count beacon);
    my ($a, $b) = ($w[$i % 10], $w[$i / 10 % 10]);
    ("||$a$i.${b}host.example^", "||$b-$i.example^\$third-party",
     "/$a-$b/$i/*\$script", "-$a$i-$b.",
     "||cdn$i.example/$a/$b\$image,third-party")[$i % 5]
} 0 .. 99_999 ]);

if (my $lists = test_data('lists')) {
    my @all = grep { !/^[!\[]|^\s*$|#[@?\$%]*#/ } map { split /\n/, slurp($_) }
              "$lists/easyprivacy.txt", "$lists/easylist.txt";
    my $step = @all / 100_000;
    $kinds{real} = [ @all[map { $_ * $step } 0 .. 99_999] ];
}

for my $kind (sort keys %kinds) {
    my (%page, %blocked, $read);

    for my $n (10, 1_000, 100_000) {
        my $step = @{$kinds{$kind}} / $n;
        my @rules = @{$kinds{$kind}}[map { $_ * $step } 0 .. $n - 1];
        my $file = $t->file("$kind-$n.txt", join("\n", @rules) . "\n");

        my ($once) = instructions($file, 1);
        (my $twice, $blocked{$n}) = instructions($file, 2);

        $page{$n} = $twice - $once;
        $read = $once - $page{$n};

        note("$kind, $n rules: $page{$n} instructions for "
             . scalar @pages . " pages, $read to read the list, "
             . "$blocked{$n} elements withheld");
    }

    cmp_ok($blocked{10}, '>', 20, "$kind: trackers are found");

    for my $n (1_000, 100_000) {
        cmp_ok(abs($page{$n} / $page{10} - 1), '<', 0.03,
               "$kind: $n rules cost a page what 10 cost, within 3 %");
    }

    # a slow machine of today runs three thousand million in a second

    cmp_ok($read, '<', 1.5e9, "$kind: 100,000 rules are read at once");
}

done_testing();
