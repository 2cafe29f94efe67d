package Test::Consent::Response;

# One HTTP/1 response as it came over the wire: status, headers, body without
# its transfer coding, and when each piece arrived.

use strict;
use warnings;

use IO::Select;
use IO::Uncompress::Gunzip ();
use Time::HiRes qw(time);


# reads one response from a socket; $$buf has what is there already and keeps
# what comes after

sub read {
    my ($class, $s, $buf, $method, $timeout) = @_;

    my $self = bless { head => '', headers => [], body => '', raw => '',
                       pieces => [], status => 0, complete => 0 }, $class;
    my $sel = IO::Select->new($s);
    my $end = time() + $timeout;
    my $eof = 0;

    my $more = sub {
        return 0 if $eof;
        my $left = $end - time();
        if ($left <= 0 || !$sel->can_read($left)) {
            $self->{timeout} = 1;
            $eof = 1;
            return 0;
        }
        my $n = sysread($s, my $data, 65536);
        if (!$n) {
            $eof = 1;
            return 0;
        }
        push @{$self->{pieces}}, [ time(), $data ];
        $$buf .= $data;
        return 1;
    };

    # 1xx answers are kept apart

    while (1) {
        while ($$buf !~ /\r\n\r\n/) {
            if (!$more->()) {
                $self->{raw} = $$buf;
                $$buf = '';
                return $self;
            }
        }

        ($self->{head}, $$buf) = split /\r\n\r\n/, $$buf, 2;
        my ($line, @lines) = split /\r\n/, $self->{head};
        $self->{status} = $line =~ m{^HTTP/1\.\d (\d+)} ? $1 : 0;
        $self->{line} = $line;
        $self->{headers} = [ map { [ split /:\s*/, $_, 2 ] } @lines ];

        last unless $self->{status} =~ /^1/ && $self->{status} != 101;
        push @{$self->{interim}}, $self->{head};
    }

    my $te = $self->header('Transfer-Encoding') // '';
    my $cl = $self->header('Content-Length');

    if ($method eq 'HEAD' || $self->{status} == 204
        || $self->{status} == 304)
    {
        $self->{complete} = 1;

    } elsif ($te =~ /chunked/i) {
        $self->{chunks} = [];

        while (1) {
            while ($$buf !~ /\r\n/) {
                return $self unless $more->();
            }

            $$buf =~ s/^([0-9a-fA-F]+)[^\r\n]*\r\n// or return $self;
            my $n = hex $1;

            while (length $$buf < $n + 2) {
                return $self unless $more->();
            }

            if ($n == 0) {
                $$buf =~ s/^\r\n//;
                $self->{complete} = 1;
                last;
            }

            my $data = substr($$buf, 0, $n);
            substr($$buf, 0, $n + 2) = '';
            push @{$self->{chunks}}, [ time(), $data ];
            $self->{body} .= $data;
        }

    } elsif (defined $cl) {
        while (length $$buf < $cl) {
            last unless $more->();
        }

        $self->{complete} = length $$buf >= $cl ? 1 : 0;
        $cl = length $$buf if length $$buf < $cl;
        $self->{body} = substr($$buf, 0, $cl);
        substr($$buf, 0, $cl) = '';

    } else {
        1 while $more->();
        $self->{body} = $$buf;
        $$buf = '';
        $self->{complete} = $self->{timeout} ? 0 : 1;
    }

    return $self;
}


sub status   { $_[0]{status} }
sub body     { $_[0]{body} }
sub head     { $_[0]{head} }
sub complete { $_[0]{complete} }
sub chunks   { $_[0]{chunks} || [] }

# the first header of a name; all of them

sub header {
    my ($self, $name) = @_;
    my ($h) = grep { lc $_->[0] eq lc $name } @{$self->{headers}};
    return $h ? $h->[1] // '' : undef;
}

sub headers {
    my ($self, $name) = @_;
    return map { $_->[1] // '' }
           grep { lc $_->[0] eq lc $name } @{$self->{headers}};
}

# Consent-State (or another dictionary) as a hash

sub state {
    my ($self, $name) = @_;

    my %d;
    for (split /,\s*/, $self->header($name || 'Consent-State') // '') {
        my ($k, $v) = split /=/, $_, 2;
        $v = '?1' unless defined $v;
        $v =~ s/^"(.*)"$/$1/;
        $v = $v eq '?1' ? 1 : $v eq '?0' ? 0 : $v;
        $d{$k} = $v;
    }
    return \%d;
}

# the body without its content coding (gzip)

sub text {
    my ($self) = @_;

    my $ce = lc($self->header('Content-Encoding') // '');
    return $self->{body} if $ce eq '' || $ce eq 'identity';

    if ($ce eq 'gzip') {
        my $out;
        IO::Uncompress::Gunzip::gunzip(\$self->{body}, \$out,
                                       MultiStream => 1)
            or die "gunzip: $IO::Uncompress::Gunzip::GunzipError\n";
        return $out;
    }

    die "cannot decode $ce\n";
}

1;
