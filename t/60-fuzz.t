#!/usr/bin/perl

# A minute of each fuzz target, with what every machine has: gcc's
# AddressSanitizer and UBSan, and inputs made of the target's seeds and
# dictionary, the same ones each time.  As many targets at once as there are
# processors.  "make fuzz" does it with libFuzzer, for as long as one likes.
#
# CONSENT_FUZZ=seconds for another time.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;
my $root = Test::Consent->root;
my $san = Test::Consent->build . '/fuzz-gcc';
my $seconds = $ENV{CONSENT_FUZZ} // 60;
my $flags = $ENV{CONSENT_FUZZ_FLAGS}
            || '-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all';
my ($processors) = `getconf _NPROCESSORS_ONLN` =~ /(\d+)/;

delete $ENV{LD_PRELOAD};
$ENV{ASAN_OPTIONS} = 'malloc_context_size=4:detect_leaks=0';
my $made = `make -s -j$processors -C $root BUILD=$san CFLAGS='$flags' \\
                 $san/libconsent.a 2>&1`;
Test::More::BAIL_OUT("no $san/libconsent.a: $made")
    unless -f "$san/libconsent.a";

my @targets = map { /(fuzz_\w+)\.c$/ } sort glob "$root/t/fuzz/fuzz_*.c";
my %status;


sub fuzz {
    my ($name) = @_;
    my $base = "$root/t/fuzz/$name";

    open(STDOUT, '>', $t->dir . "/$name.out") or return 1;
    open(STDERR, '>&', \*STDOUT) or return 1;

    system("\${CC:-gcc} -std=c11 -D_POSIX_C_SOURCE=200809L $flags \\
            -I$root/src/core -I$root/src/ui -I$root/src/catalog -I$root/src \\
            -o $san/$name $base.c $root/t/fuzz/main.c $san/libconsent.a \\
            -lpcre2-8 -lcrypto -lz -lpsl -lidn2 -lm") == 0 or return 1;

    exec "$san/$name", $seconds, "$base.dict", sort glob "$base.seeds/*";
}

sub ended {
    my $pid = wait;
    $status{$pid} = $?;
}

my %pid;

for my $name (@targets) {
    ended() if keys(%pid) - keys(%status) >= $processors;

    $pid{$name} = fork;
    die "fork: $!\n" unless defined $pid{$name};
    POSIX::_exit(fuzz($name)) if $pid{$name} == 0;
}

ended() while keys(%status) < keys %pid;

for my $name (@targets) {
    my $out = slurp($t->dir . "/$name.out");
    my ($n) = $out =~ /^(\d+) inputs$/m;

    is($status{$pid{$name}}, 0, "$name: nothing found in its time")
        ? note("$name: $n inputs") : diag($out);
}

done_testing();
