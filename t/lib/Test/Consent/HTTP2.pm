package Test::Consent::HTTP2;

# HTTP/2 without TLS, by curl: requests, one after the other; the answers as
# Test::Consent::Response has them.
#
#     my @r = http2($t, 2, [ GET => '/', Cookie => 'a=b' ], [ HEAD => '/' ]);
#
# http2_listen(N) is a listen directive for port N in the words of the nginx
# at hand.

use strict;
use warnings;

use Test::Consent ();
use Test::Consent::Response ();

use parent 'Exporter';

our @EXPORT = qw(http2 http2_listen http2_missing);


sub http2_missing {
    my $v = `curl --version 2> /dev/null`;
    return $v =~ /HTTP2/ ? undef : 'curl has no HTTP/2';
}

# since 1.25.1 it is a directive of its own, and the parameter warned of

sub http2_listen {
    my ($n) = @_;

    my $v = Test::Consent->version;

    return $v >= 1025001 ? "listen 127.0.0.1:%%PORT$n%%; http2 on;"
                         : "listen 127.0.0.1:%%PORT$n%% http2;";
}

sub http2 {
    my ($t, $port, @requests) = @_;

    return by_curl($t, 'http://127.0.0.1:' . $t->port($port),
                   [ '--http2-prior-knowledge' ], @requests);
}

# a method may come with a body, which curl is to send: [ POST => $body ]

sub by_curl {
    my ($t, $url, $options, @requests) = @_;

    my $file = $t->dir . '/curl';
    my @r;

    for my $r (@requests) {
        my ($method, $uri, @h) = @$r;

        unlink "$file.head", "$file.body";

        my $body;

        ($method, $body) = @$method if ref $method;

        my @cmd = ('curl', '-s', @$options,
                   '--max-time', 20, '-D', "$file.head",
                   '-o', "$file.body", '-H', 'Host: localhost',
                   '-H', 'User-Agent:', '-H', 'Accept:');

        push @cmd, $method eq 'HEAD' ? '-I' : ('-X', $method);
        push @cmd, '--data', $body if defined $body;

        while (my ($k, $v) = splice @h, 0, 2) {
            push @cmd, '-H', "$k: $v";
        }

        $t->run(@cmd, "$url$uri");
        push @r, response($file, $?, $method);
    }

    return @r;
}

sub response {
    my ($file, $status, $method) = @_;

    my $head = -e "$file.head" ? Test::Consent::slurp("$file.head") : '';
    my $body = $method ne 'HEAD' && -e "$file.body"
               ? Test::Consent::slurp("$file.body") : '';

    $head =~ s/\r\n\r\n\z//;
    my ($line, @lines) = split /\r\n/, $head;

    return bless {
        head     => $head,
        line     => $line // '',
        headers  => [ map { [ split /:\s*/, $_, 2 ] } @lines ],
        status   => ($line // '') =~ m{^HTTP/(?:[23]|1\.1) (\d+)} ? $1 : 0,
        body     => $body,
        raw      => $body,
        pieces   => [],
        complete => $status == 0 ? 1 : 0,
    }, 'Test::Consent::Response';
}

1;
