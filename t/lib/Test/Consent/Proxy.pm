package Test::Consent::Proxy;

# Varnish and Apache, as they come with Debian, before or behind the nginx of
# a test, on ports of loopback.
#
#     varnish($t, 4, 0);       # on %%PORT4%%, for nginx on %%PORT%%
#     apache($t, 5, q{...});   # on %%PORT5%%, with that configuration
#
# varnish_missing() and apache_missing() say what is not there, or undef.

use strict;
use warnings;

use IO::Socket::INET;
use POSIX ();

use parent 'Exporter';

our @EXPORT = qw(varnish varnish_missing apache apache_missing
                 consent_vcl);

sub program {
    my ($name) = @_;
    my ($p) = grep { -x } map { "$_/$name" }
              split(/:/, $ENV{PATH} || ''), '/usr/sbin';
    return $p;
}

sub varnish_missing { program('varnishd') ? undef : 'no varnish' }
sub apache_missing  { program('apache2') ? undef : 'no apache2' }


# what the README has: a page is for everyone, the endpoint is not, and neither
# our cookie nor a tracker's is a reason to ask for a page again

sub consent_vcl {
    my ($host, $port) = @_;

    return qq{vcl 4.1;

backend default { .host = "$host"; .port = "$port"; }

sub vcl_recv {
    if (req.url ~ "^/_consent/") {
        return (pass);
    }

    set req.http.Cookie = regsuball(req.http.Cookie,
        "(^|; *)((__Host-)?ngx_consent|_ga|_fbp)=[^;]*", "");

    if (req.http.Cookie ~ "^[; ]*\$") {
        unset req.http.Cookie;
    }
}
};
}

sub varnish {
    my ($t, $n, $to) = @_;

    my $vcl = $t->file('default.vcl', consent_vcl('127.0.0.1',
                                                  $t->port($to)));

    spawn($t, $n, program('varnishd'), '-F', '-T', 'none', '-a',
          '127.0.0.1:' . $t->port($n), '-f', $vcl,
          '-n', $t->dir . '/varnish', '-s', 'malloc,16m', '-j', 'none',
          '-p', 'thread_pool_min=5', '-p', 'thread_pools=1',
          '-p', 'vsl_space=1M');
}

sub apache {
    my ($t, $n, $conf) = @_;

    my $d = $t->dir;
    my $dir = '/usr/lib/apache2/modules';
    my $head = '';

    for my $m (qw(mpm_event authz_core mime dir deflate filter headers proxy
                  proxy_http cache cache_disk))
    {
        $head .= "LoadModule ${m}_module $dir/mod_$m.so\n"
            if -f "$dir/mod_$m.so";
    }

    mkdir "$d/apache";
    mkdir "$d/apache/cache";

    if ($> == 0) {
        $head .= "User www-data\nGroup www-data\n";
        my $uid = getpwnam 'www-data';
        chown $uid, -1, "$d/apache/cache" if defined $uid;
    }

    $head .= "ServerRoot $d/apache\nPidFile $d/apache/pid\n"
             . "ErrorLog $d/apache/error.log\nServerName localhost\n"
             . "DefaultRuntimeDir $d/apache\n"
             . 'Listen 127.0.0.1:' . $t->port($n) . "\n"
             . "StartServers 1\nThreadsPerChild 8\nMaxRequestWorkers 8\n"
             . "MinSpareThreads 1\nMaxSpareThreads 8\n"
             . "TypesConfig /dev/null\nAddType text/html .html\n";

    my $f = $t->file('apache/apache.conf', $head . $t->expand($conf));

    spawn($t, $n, program('apache2'), '-f', $f, '-DFOREGROUND');
}

sub spawn {
    my ($t, $n, @cmd) = @_;

    my $pid = fork();
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        open(STDIN, '<', '/dev/null');
        open(STDOUT, '>>', $t->dir . '/logs/proxy.log');
        open(STDERR, '>&', \*STDOUT);
        exec { $cmd[0] } @cmd or POSIX::_exit(127);
    }

    push @{$t->{pids}}, $pid;

    for (1 .. 1500) {
        my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                      PeerPort => $t->port($n));
        return 1 if $s;
        last if waitpid($pid, POSIX::WNOHANG()) == $pid;
        select undef, undef, undef, 0.02;
    }

    die "$cmd[0] did not start:\n"
        . Test::Consent::slurp($t->dir . '/logs/proxy.log');
}

1;
