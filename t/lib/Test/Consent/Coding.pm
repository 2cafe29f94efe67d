package Test::Consent::Coding;

# Content codings for tests: gzip and deflate by Perl's core, br and zstd by
# Debian's tools of that name.
#
#     encode('gzip', $data), decode('br', $data), has_coding('zstd')
#
# encode('gzip, br', $data) stacks them in that order, as Content-Encoding
# would say it.

use strict;
use warnings;

use File::Temp ();
use IO::Compress::Deflate ();
use IO::Compress::Gzip ();
use IO::Compress::RawDeflate ();
use IO::Uncompress::Gunzip ();
use IO::Uncompress::Inflate ();

use parent 'Exporter';

our @EXPORT = qw(encode decode has_coding);

my %tool = (br => 'brotli', zstd => 'zstd');


sub has_coding {
    my ($coding) = @_;

    my $tool = $tool{$coding} or return 1;
    return scalar grep { -x "$_/$tool" } split /:/, $ENV{PATH} || '';
}

sub encode {
    my ($codings, $data) = @_;

    for my $coding (split /,\s*/, $codings) {
        my $out = '';

        if ($coding eq 'identity') {
            next;

        } elsif ($coding =~ /^(x-)?gzip$/) {
            IO::Compress::Gzip::gzip(\$data => \$out, -Minimal => 1);

        } elsif ($coding eq 'deflate') {
            IO::Compress::Deflate::deflate(\$data => \$out);

        } elsif ($coding eq 'raw-deflate') {
            IO::Compress::RawDeflate::rawdeflate(\$data => \$out);

        } else {
            $out = pipe_through($data, $tool{$coding}, '-c', '-q')
                if $coding eq 'zstd';
            $out = pipe_through($data, $tool{$coding}, '-c')
                if $coding eq 'br';
        }

        $data = $out;
    }

    return $data;
}

# what is no such data gives undef

sub decode {
    my ($coding, $data) = @_;

    return $data if !defined $coding || $coding eq 'identity'
                    || $coding eq '';
    return undef unless defined $data && length $data;

    my $out = '';

    if ($coding eq 'gzip') {
        return IO::Uncompress::Gunzip::gunzip(\$data => \$out,
                                              MultiStream => 1)
               ? $out : undef;
    }

    if ($coding eq 'deflate') {
        return IO::Uncompress::Inflate::inflate(\$data => \$out)
               ? $out : undef;
    }

    $out = pipe_through($data, $tool{$coding}, '-d', '-c');
    return $? == 0 ? $out : undef;
}

sub pipe_through {
    my ($data, @cmd) = @_;

    my $f = File::Temp->new;
    binmode $f;
    print $f $data;
    close $f;

    my $pid = open(my $p, '-|');
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        open(STDIN, '<', $f->filename);
        open(STDERR, '>', '/dev/null');
        exec { $cmd[0] } @cmd or POSIX::_exit(127);
    }

    binmode $p;
    local $/;
    my $out = <$p>;
    close $p;

    return $out // '';
}

1;
