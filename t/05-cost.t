#!/usr/bin/perl

# What reading a page costs is part of what is promised: the instructions of
# the core on pages made up here, which are the same everywhere, are held
# against those recorded.  The quick way through a page is held against the
# slow one: where a page comes byte by byte there is no other.

use lib 't/lib', 't/bench';
use Test::Consent;
use Pages;

my $t = Test::Consent->new;
my $build = Test::Consent->build;
my $root = Test::Consent->root;

plan(skip_all => "no $build/libconsent.a: make units")
    unless -e "$build/libconsent.a";

my $bin = $t->dir . '/rewrite';
my $cc = $ENV{CC} || 'cc';
my $out = `$cc -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -I$root/src/core \\
    -I$root/src/ui -I$root/src/catalog -I$root/src -o $bin \\
    $root/t/bench/rewrite.c $build/libconsent.a \\
    -lpcre2-8 -lcrypto -lz -lpsl -lidn2 -lm 2>&1`;
is($out, '', 't/bench/rewrite.c compiles');

# the quick way as it is on a processor without AVX2

my $plain = $t->dir . '/plain';
$out = `$cc -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -DCONSENT_NO_AVX2 \\
    -I$root/src/core -I$root/src/ui -I$root/src/catalog -I$root/src \\
    -o $plain $root/t/bench/rewrite.c $root/src/core/consent_rewrite_quick.c \\
    $build/libconsent.a -lpcre2-8 -lcrypto -lz -lpsl -lidn2 -lm 2>&1`;
is($out, '', 'and without AVX2');

# instructions a byte, gcc 12 -O2, with a margin for other compilers: of a page
# that was never seen, of one whose scripts were, and of one that came before

my $margin = 1.15;
my @pages = (
    [ 'a page of text', 96, 8, 2, 11, 5.2, 3.43, 0.2 ],
    [ 'a page dense with tags', 256, 13, 0, 12, 6.4, 4.5, 0.2 ],
    [ 'a page of scripts', 256, 3, 81, 13, 6.0, 1.43, 0.2 ],
);

# a script that is read, because a tracker's words are in it

my $code = join('', '(function () {', map { "function f$_(a, b) { var s = 'text $_', t = [a, b];"
                          . " return a.value / b + (s ? t.length : 0); }\n" }
                        1 .. 1000) . '})();';

push @pages, [ "a tracker's script", $code, 66, 2.6, 0.2 ];

for (@pages) {
    my ($name, @how) = @$_;
    my @recorded = splice @how, -3;

    my $page = @how > 1 ? Pages::made(@how)
               : "<!DOCTYPE html><html><head></head><body><script>$how[0]"
                 . "_gaq.push(['_setAccount', 'UA-1']);</script></body></html>";

    my %way = map { $_ => rewritten($page, $_) } 0, 1, 1000;
    ok(length $way{0} > length $page, "$name: something was put in");
    ok($way{1} eq $way{0}, "$name: byte by byte it is what it is as a whole");
    ok($way{1000} eq $way{0}, "$name: and in pieces");
    ok(rewritten($page, 0, '', $plain) eq $way{0}
       && rewritten($page, 1000, '', $plain) eq $way{0},
       "$name: and on any processor");
    ok(rewritten($page, 1000, '-remember -n 3') eq $way{0},
       "$name: and when it was seen before");
    ok(rewritten($page, 1000, '-remember -again -n 4') eq $way{0},
       "$name: and when it came before as a whole");

    SKIP: {
        skip('no valgrind', 3) unless grep { -x "$_/valgrind" }
                                      split(/:/, $ENV{PATH});
        skip('another compiler or a sanitizer', 3) if $ENV{CONSENT_SANITIZED};

        my $is = cost($page, '', 1) / length $page;
        cmp_ok($is, '<=', $recorded[0] * $margin,
               sprintf('%s costs no more than it did: %.2f', $name, $is));

        $is = cost($page, '-remember', 2) / length $page;
        cmp_ok($is, '<=', $recorded[1] * $margin,
               sprintf('%s that was seen before: %.2f', $name, $is));

        $is = cost($page, '-remember -again', 3) / length $page;
        cmp_ok($is, '<=', $recorded[2] * $margin,
               sprintf('%s that came before: %.2f', $name, $is));
    }
}


sub rewritten {
    my ($page, $chunk, $how, $by) = @_;
    $by //= $bin;

    my $in = $t->file('in', length($page) . " $chunk 1\n$page");
    my $out = `$by -catalog @{[$how // '']} < $in`;
    $out =~ s/^\d+\n//;
    return $out;
}

sub cost {
    my ($page, $how, $from) = @_;

    my $in = $t->file('in', length($page) . " 32768 1\n$page");
    my @n;

    for my $n ($from, $from + 1) {
        my $out = `valgrind --tool=callgrind --callgrind-out-file=/dev/null \\
            $bin -catalog $how -q -n $n < $in 2>&1 > /dev/null`;
        push @n, $out =~ /Collected : (\d+)/;
    }

    return $n[1] - $n[0];
}

done_testing();
