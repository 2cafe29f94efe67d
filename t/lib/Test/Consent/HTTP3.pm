package Test::Consent::HTTP3;

# HTTP/3 by curl, where it and nginx have it (Debian's have since nginx 1.26
# and curl 8.14): requests and answers as Test::Consent::HTTP2 has them.
#
#     my $server = http3_server($t, 4, 'consent on; ...');   # for http {}
#     my @r = http3($t, 4, [ GET => '/' ], [ [ POST => 'a=b' ], '/c' ]);
#
# A busy machine loses datagrams: what did not come is asked for again.
#
# http3_server() makes a certificate, and has the same server by TLS over TCP
# on the same port.

use strict;
use warnings;

use Test::Consent ();
use Test::Consent::HTTP2 ();

use parent 'Exporter';

our @EXPORT = qw(http3 http3_server http3_missing https);


sub http3_missing {
    my $curl = `curl --version 2> /dev/null`;
    my $nginx = Test::Consent->run(Test::Consent->binary, '-V');

    return 'this nginx has no HTTP/3' if $nginx !~ /http_v3_module/;
    return 'curl has no HTTP/3' if $curl !~ /HTTP3/;
    return undef;
}

sub http3_server {
    my ($t, $n, $body) = @_;

    my $d = $t->dir;

    $t->run('openssl', qw(req -x509 -newkey rsa:2048 -nodes -days 2 -subj
            /CN=localhost -keyout), "$d/tls.key", '-out', "$d/tls.crt");

    return "server { listen 127.0.0.1:%%PORT$n%% quic;
                     listen 127.0.0.1:%%PORT$n%% ssl;
                     server_name localhost; root %%DIR%%/html;
                     ssl_certificate %%DIR%%/tls.crt;
                     ssl_certificate_key %%DIR%%/tls.key; $body }";
}

sub http3 {
    my ($t, $port, @requests) = @_;

    return Test::Consent::HTTP2::by_curl($t,
               'https://127.0.0.1:' . $t->port($port),
               [ '-k', '--http3-only', '--retry', 2,
                 '--retry-all-errors' ], @requests);
}

# the same by TLS over TCP

sub https {
    my ($t, $port, @requests) = @_;

    return Test::Consent::HTTP2::by_curl($t,
               'https://127.0.0.1:' . $t->port($port),
               [ '-k', '--http1.1' ], @requests);
}

1;
