#!/usr/bin/perl

# The core alone, without nginx: instructions a byte, counted by callgrind,
# and GB/s of processor's time, beside memchr('<') and what parses HTML.
#
#     core.pl FOLDER          where "rewrite" and "others" were built

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", $FindBin::Bin;
use Test::Consent;
use Pages;
use File::Temp qw(tempdir);

my $bin = shift or die "core.pl FOLDER\n";
my $dir = tempdir(CLEANUP => 1);
my %page = Pages::all();

$| = 1;


sub page {
    my ($name, $data, $how) = @_;

    open(my $f, '>:raw', "$dir/$name") or die "$name: $!\n";
    print $f length($data) . " 32768 1\n" if $how =~ /^rewrite/;
    print $f $data;
    close $f;
}

sub command {
    my ($how, $name, $n) = @_;
    return ($how =~ /^rewrite(.*)/ ? "$bin/rewrite -catalog$1 -q -n $n"
                                   : "$bin/others $how $n")
           . " < $dir/$name";
}

sub instructions {
    my ($how, $name, $len) = @_;
    my @n;

    for my $n (3, 5) {
        my $out = `valgrind --tool=callgrind --callgrind-out-file=/dev/null @{[
                   command($how, $name, $n)]} 2>&1 > /dev/null`;
        return undef unless $out =~ /Collected : (\d+)/;
        push @n, $1;
    }

    return ($n[1] - $n[0]) / 2 / $len;
}

sub speed {
    my ($how, $name, $len, $n) = @_;
    my @t;

    for my $k ($n, 2 * $n) {
        my @a = times;
        system(command($how, $name, $k) . ' > /dev/null') == 0
            or return undef;
        my @b = times;
        push @t, $b[2] - $a[2] + $b[3] - $a[3];
    }

    return $t[1] > $t[0] ? $n * $len / ($t[1] - $t[0]) / 1e9 : undef;
}

printf "%-36s %12s %12s\n", 'the core alone', 'instr/byte', 'GB/s';

for my $name (qw(median large script)) {
    my $len = length $page{$name};

    for my $how ('memchr', 'rewrite', 'rewrite -remember',
                 'rewrite -remember -again', 'libxml2', 'gumbo')
    {
        page($name, $page{$name}, $how);
        system(command($how, $name, 1) . ' > /dev/null') == 0 or next;

        my $n = int(3e8 / $len / ($how =~ /memchr|again/ ? 0.05
                                  : $how =~ /^rewrite/ ? 1 : 30)) || 1;

        printf "%-36s %12s %12s\n", "$how, $name",
               map { defined $_ ? sprintf('%.2f', $_) : '-' }
                   instructions($how, $name, $len),
                   speed($how, $name, $len, $n);
    }
}
