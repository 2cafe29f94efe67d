package Test::Consent::FastCGI;

# A FastCGI responder: one process a connection, one request each, answered
# by a Perl function.  It gets a reference to a function that sends bytes of
# standard output, and the request's parameters (REQUEST_URI and the like,
# HTTP_... for headers).
#
#     fastcgi($t, sub {
#         my ($send, $p) = @_;
#         $send->("Status: 200\r\nContent-Type: text/html\r\n\r\n");
#         $send->('<!doctype html><p>x');
#     }, 2);                                # listens on %%PORT2%%

use strict;
use warnings;

use IO::Socket::INET;
use POSIX ();

use parent 'Exporter';

our @EXPORT = qw(fastcgi);

# record types (FastCGI 1.0, 8)

use constant {
    BEGIN_REQUEST => 1,
    END_REQUEST   => 3,
    PARAMS        => 4,
    STDIN_DATA    => 5,
    STDOUT_DATA   => 6,
};


sub fastcgi {
    my ($t, $handler, $n) = @_;

    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                     LocalPort => $t->port($n), Listen => 64,
                     ReuseAddr => 1)
        or die "fastcgi: $!\n";

    my $pid = fork();
    die "fork: $!\n" unless defined $pid;

    if ($pid) {
        close $listen;
        push @{$t->{pids}}, $pid;
        return;
    }

    $SIG{CHLD} = 'IGNORE';
    $SIG{TERM} = 'DEFAULT';

    while (1) {
        my $c = $listen->accept or next;

        if (fork()) {
            close $c;
            next;
        }

        close $listen;
        $c->autoflush(1);
        binmode $c;
        serve($c, $handler);
        close $c;
        POSIX::_exit(0);
    }
}

sub serve {
    my ($c, $handler) = @_;

    my ($id, $params) = (1, '');

    while (1) {
        my $head = read_n($c, 8) // return;
        my (undef, $type, $rid, $len, $pad) = unpack 'CCnnC', $head;
        my $data = $len ? read_n($c, $len) // return : '';
        read_n($c, $pad) if $pad;

        $id = $rid if $type == BEGIN_REQUEST;
        $params .= $data if $type == PARAMS;
        last if $type == STDIN_DATA && $len == 0;
    }

    my $record = sub {
        my ($type, $data) = @_;
        print $c pack('CCnnCx', 1, $type, $id, length $data, 0), $data;
    };

    my $send = sub {
        my ($data) = @_;
        for (my $i = 0; $i < length $data; $i += 32768) {
            $record->(STDOUT_DATA, substr($data, $i, 32768));
        }
    };

    eval { $handler->($send, parse_params($params)) };

    $record->(STDOUT_DATA, '');
    $record->(END_REQUEST, "\0" x 8);
}

sub read_n {
    my ($c, $n) = @_;

    my $buf = '';

    while (length $buf < $n) {
        sysread($c, $buf, $n - length $buf, length $buf) or return undef;
    }

    return $buf;
}

# name-value pairs (3.4): lengths of one byte, or of four with the top bit set

sub parse_params {
    my ($s) = @_;

    my %p;

    while (length $s) {
        my @len;

        for (0, 1) {
            my $n = unpack 'C', $s;
            if ($n & 0x80) {
                $n = unpack('N', $s) & 0x7fffffff;
                substr($s, 0, 4) = '';
            } else {
                substr($s, 0, 1) = '';
            }
            push @len, $n;
        }

        my ($k, $v) = unpack "a$len[0] a$len[1]", $s;
        substr($s, 0, $len[0] + $len[1]) = '';
        $p{$k} = $v;
    }

    return \%p;
}

1;
