#!/usr/bin/perl

# A little of what "make fuzz" does, with what every machine has: the fuzz
# targets, under gcc's AddressSanitizer and UBSan, on inputs made of their
# seeds and dictionaries.  The same inputs each time; CONSENT_FULL has more.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;
my $root = Test::Consent->root;
my $san = Test::Consent->build . '/fuzz-gcc';
my $runs = $ENV{CONSENT_FULL} ? 200_000 : 4_000;

my $flags = $ENV{CONSENT_FUZZ_FLAGS}
            || '-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all';
my $made = `make -s -C $root BUILD=$san CFLAGS='$flags' $san/libconsent.a 2>&1`;
Test::More::BAIL_OUT("no $san/libconsent.a: $made")
    unless -f "$san/libconsent.a";

$ENV{ASAN_OPTIONS} = 'malloc_context_size=4:detect_leaks=0';
delete $ENV{LD_PRELOAD};

for my $source (sort glob "$root/t/fuzz/fuzz_*.c") {
    my ($name) = $source =~ /(fuzz_\w+)\.c$/;
    (my $base = $source) =~ s/\.c$//;

    my $out = `\${CC:-gcc} -std=c11 -D_POSIX_C_SOURCE=200809L $flags \\
        -I$root/src/core -I$root/src/ui -I$root/src/catalog -I$root/src \\
        -o $san/$name $source $root/t/fuzz/main.c $san/libconsent.a \\
        -lpcre2-8 -lcrypto -lz -lpsl -lidn2 -lm 2>&1`;

    $out .= $t->run("$san/$name", $runs, "$base.dict",
                    sort glob "$base.seeds/*") if $? == 0;
    is($?, 0, "$name: $runs inputs, nothing found") or diag($out);
}

done_testing();
