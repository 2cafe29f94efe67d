package Test::Consent;

# The harness of t/: a real nginx with the module, on free ports of loopback,
# in a directory of its own; a client on raw sockets; upstreams in Perl.
# Perl's core modules only.
#
#     use Test::Consent;
#
#     my $t = Test::Consent->new;
#     $t->file('html/index.html', '<!doctype html><p>hi');
#     $t->server('consent on;');           # or ->start($http_level_config)
#
#     my $r = $t->get('/');
#     is($r->status, 200, 'a page');
#     like($r->body, qr/privacy-choices/, 'with a notice');
#
#     done_testing();
#
# done_testing() stops nginx and makes two more tests: no [alert], [crit] or
# [emerg] in the error log, and no report of a sanitizer, nor a worker that a
# signal ended.
#
# In configurations %%DIR%%, %%PORT%%, %%PORT1%% ... %%PORT9%% are filled in;
# root is %%DIR%%/html where the config names none (->server does).
#
# Environment: TEST_NGINX_BINARY, TEST_NGINX_MODULE (a path; "static" for a
# binary that has it linked in), TEST_NGINX_LEAVE=1 keeps the directory,
# TEST_NGINX_VERBOSE=1 shows requests, CONSENT_BUILD, CONSENT_TEST_DATA.

use strict;
use warnings;

use Cwd qw(abs_path);
use Fcntl qw(:flock);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use POSIX qw(WNOHANG);
use Test::More ();
use Time::HiRes qw(sleep time);

use Test::Consent::Response;

our $ROOT = abs_path(dirname(__FILE__) . '/../../..');
our @ALL;

$SIG{PIPE} = 'IGNORE';


sub import {
    my $class = shift;
    my $caller = caller;

    strict->import;
    warnings->import;

    no strict 'refs';

    for my $f (@Test::More::EXPORT) {
        next if $f !~ /^\w+$/ || $f eq 'done_testing';
        *{"${caller}::$f"} = \&{"Test::More::$f"};
    }

    *{"${caller}::done_testing"} = \&done_testing;
    *{"${caller}::test_data"} = \&test_data;
    *{"${caller}::slurp"} = \&slurp;

    my $b = Test::More->builder;
    binmode $_, ':utf8' for $b->output, $b->failure_output;
}


# where things are

sub root { $ROOT }

sub build {
    my $b = $ENV{CONSENT_BUILD} || "$ROOT/build";
    return $b =~ m{^/} ? $b : "$ROOT/$b";
}

sub binary {
    my $b = $ENV{TEST_NGINX_BINARY};
    return $b if defined $b && length $b;

    for my $d (split(/:/, $ENV{PATH} || ''), '/usr/sbin', '/sbin') {
        return "$d/nginx" if -x "$d/nginx";
    }

    die "no nginx: set TEST_NGINX_BINARY\n";
}

# 1022001 for nginx 1.22.1, as nginx itself counts

sub version {
    my $out = __PACKAGE__->run(binary(), '-v');
    return $out =~ m{/(\d+)\.(\d+)\.(\d+)} ? $1 * 1000000 + $2 * 1000 + $3
                                             : 0;
}

sub module {
    my $m = $ENV{TEST_NGINX_MODULE};
    return $m if defined $m && length $m;
    return build() . '/ngx_http_consent_module.so';
}

# shared test data, that is not part of the repository; undef: not there

sub test_data {
    my ($name) = @_;

    my $d = $ENV{CONSENT_TEST_DATA} || "$ROOT/../shared/data";
    return -e "$d/$name" ? "$d/$name" : undef;
}

sub slurp {
    my ($file) = @_;

    open(my $f, '<:raw', $file) or die "$file: $!\n";
    local $/;
    my $s = <$f>;
    return defined $s ? $s : '';
}


sub new {
    my ($class, %opt) = @_;

    my $self = bless {
        dir     => tempdir('consent-test-XXXXXXXX', TMPDIR => 1),
        master  => 0,
        workers => 1,
        %opt,
        pids    => [],
        allowed => [],
        ports   => {},
        owner   => $$,
    }, $class;

    chmod 0755, $self->{dir};
    make_path("$self->{dir}/html", "$self->{dir}/logs");
    push @ALL, $self;

    return $self;
}

sub dir { $_[0]{dir} }


# a port that is free, kept from other test files by a lock

sub port {
    my ($self, $n) = @_;

    $n ||= 0;
    return $self->{ports}{$n}[0] if $self->{ports}{$n};

    my $dir = "/tmp/consent-test-ports.$>";
    mkdir $dir;

    my $p = 20000 + int(rand(10000));

    for my $try (0 .. 9999) {
        my $port = 20000 + ($p + $try) % 10000;

        open(my $lock, '>', "$dir/$port") or die "$dir/$port: $!\n";
        next unless flock($lock, LOCK_EX | LOCK_NB);

        my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                    LocalPort => $port, Listen => 1, ReuseAddr => 1);
        next unless $s;
        close $s;

        $self->{ports}{$n} = [ $port, $lock ];
        return $port;
    }

    die "no free port\n";
}


sub expand {
    my ($self, $s) = @_;

    $s =~ s/%%DIR%%/$self->{dir}/g;
    $s =~ s/%%ROOT%%/$ROOT/g;
    $s =~ s/%%PORT(\d?)%%/$self->port($1 || 0)/ge;

    return $s;
}


# writes a file below the test's directory; returns its path

sub file {
    my ($self, $name, $data, $mode) = @_;

    my $path = "$self->{dir}/$name";
    make_path(dirname($path));

    open(my $f, '>:raw', $path) or die "$path: $!\n";
    print $f $data;
    close $f or die "$path: $!\n";
    chmod $mode, $path if defined $mode;

    return $path;
}


# the configuration: "http" goes into http {}, "main" to the top

sub config {
    my ($self, $http, $main) = @_;

    my $d = $self->{dir};
    my $conf = '';

    my $module = module();
    my @load = $module eq 'static' ? () : ($module);
    @load = () if $self->{no_module};

    if ($self->{modules}) {
        # other modules, in the order given; '@' is the place of ours
        @load = map { $_ eq '@' ? $module : $_ } @{$self->{modules}};
    }

    $conf .= "load_module $_;\n" for @load;
    $conf .= "user " . ($self->{user} || 'root') . ";\n" if $> == 0;
    $conf .= "daemon off;\n";
    $conf .= "master_process off;\n" unless $self->{master};
    $conf .= "worker_processes $self->{workers};\n";
    $conf .= "pid $d/nginx.pid;\n";
    $conf .= "error_log $d/logs/error.log "
             . ($self->{log_level} || 'info') . ";\n";
    $conf .= $self->expand($main) . "\n" if defined $main;
    $conf .= "events { worker_connections 512; }\n";
    $conf .= "http {\n";
    $conf .= "    access_log " . ($self->{access_log} || 'off') . ";\n"
        unless $http =~ /^\s*access_log /m;
    $conf .= "    ${_}_temp_path $d/tmp_$_;\n"
        for qw(client_body proxy fastcgi uwsgi scgi);
    $conf .= "    types { text/html html htm; text/css css; "
             . "text/javascript js; image/gif gif; image/png png; "
             . "application/json json; application/xhtml+xml xhtml; }\n"
             . "    default_type application/octet-stream;\n"
        unless $http =~ /^\s*(types|include .*mime)/m;
    $conf .= $self->expand($http);
    $conf .= "\n}\n";

    return $conf;
}

sub server_conf {
    my ($self, $body, $http) = @_;

    return ($http // '') . "\nserver {\n    listen 127.0.0.1:%%PORT%%;\n"
           . "    server_name localhost;\n    root %%DIR%%/html;\n"
           . "    $body\n}\n";
}


# nginx -t: (1 or 0, what it said)

sub test_config {
    my ($self, $http, $main) = @_;

    my $conf = $self->file('test.conf', $self->config($http, $main));

    # nginx -t ends with all of its configuration in memory
    local $ENV{ASAN_OPTIONS} = ($ENV{ASAN_OPTIONS} // '') . ':detect_leaks=0';

    my $out = $self->run($self->binary, '-t', '-p', "$self->{dir}/",
                         '-e', "$self->{dir}/logs/test.log", '-c', $conf);

    return ($? == 0 ? 1 : 0, $out);
}

sub test_server {
    my ($self, $body, $http) = @_;
    return $self->test_config($self->server_conf($body, $http));
}


# runs a program; its output, both kinds; status in $?

sub run {
    my ($self, @cmd) = @_;

    my $pid = open(my $p, '-|');
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        open(STDERR, '>&', \*STDOUT);
        exec { $cmd[0] } @cmd or POSIX::_exit(127);
    }

    local $/;
    my $out = <$p>;
    close $p;

    return $out // '';
}


sub server {
    my ($self, $body, $http) = @_;
    return $self->start($self->server_conf($body, $http));
}


sub start {
    my ($self, $http, $main) = @_;

    my $conf = $self->file('nginx.conf', $self->config($http, $main));
    return $self->start_file($conf);
}


# starts nginx with a configuration file; dies with what it said

sub start_file {
    my ($self, $conf, @args) = @_;

    my $d = $self->{dir};

    $self->stop if $self->{nginx};

    my $pid = fork();
    die "fork: $!\n" unless defined $pid;

    if ($pid == 0) {
        open(STDIN, '<', '/dev/null');
        open(STDOUT, '>>', "$d/logs/stderr.log");
        open(STDERR, '>>', "$d/logs/stderr.log");
        my @cmd = ($self->binary, '-p', "$d/", '-e', "$d/logs/error.log",
                   '-c', $conf, @args);
        @cmd = (@{$self->{wrapper}}, @cmd) if $self->{wrapper};
        exec { $cmd[0] } @cmd or POSIX::_exit(127);
    }

    $self->{nginx} = $pid;

    for (1 .. 300) {
        if (waitpid($pid, WNOHANG) == $pid) {
            delete $self->{nginx};
            die "nginx did not start:\n" . $self->error_log . "\n"
                . slurp("$d/logs/stderr.log") . "\n";
        }

        last if -s "$d/nginx.pid" && $self->listening;
        sleep 0.02;
    }

    return $self;
}

sub listening {
    my ($self) = @_;

    my $p = $self->{ports}{0} or return 1;
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => $p->[0], Timeout => 2);
    return $s ? 1 : 0;
}


sub reload {
    my ($self) = @_;

    my $n = () = $self->error_log =~ /gracefully shutting down/g;
    kill 'HUP', $self->{nginx};

    for (1 .. 200) {
        my $m = () = $self->error_log =~ /gracefully shutting down/g;
        last if $m >= $n + $self->{workers};
        sleep 0.02;
    }

    sleep 0.1;
}


sub stop {
    my ($self) = @_;

    my $pid = delete $self->{nginx} or return;

    kill 'QUIT', $pid;

    for (1 .. 250) {
        return if waitpid($pid, WNOHANG) == $pid;
        sleep 0.02;
    }

    kill 'TERM', $pid;
    sleep 0.2;
    kill 'KILL', $pid unless waitpid($pid, WNOHANG) == $pid;
    waitpid($pid, 0);
}


sub error_log {
    my ($self) = @_;
    my $f = "$self->{dir}/logs/error.log";
    return -e $f ? slurp($f) : '';
}

# lines of the error log that match

sub log_lines {
    my ($self, $re) = @_;
    return grep { /$re/ } split /\n/, $self->error_log;
}

# these may be alerts: a test that provokes one says so

sub allow_log {
    my ($self, @re) = @_;
    push @{$self->{allowed}}, @re;
}


# An upstream: a process that answers by a Perl function.  It gets the
# socket and the request, { method, uri, version, headers => { lower case },
# head, body }, and prints what it likes, delays included.  Connections are
# closed after one request, unless the function returns 'keepalive'.

sub upstream {
    my ($self, $handler, $n) = @_;

    my $port = $self->port($n // 1);
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                     LocalPort => $port, Listen => 64, ReuseAddr => 1)
        or die "upstream: $!\n";

    my $pid = fork();
    die "fork: $!\n" unless defined $pid;

    if ($pid) {
        close $listen;
        push @{$self->{pids}}, $pid;
        return $port;
    }

    $SIG{CHLD} = 'IGNORE';
    $SIG{TERM} = 'DEFAULT';

    while (1) {
        my $c = $listen->accept or next;

        my $child = fork();
        if ($child) {
            close $c;
            next;
        }

        close $listen;
        $c->autoflush(1);
        binmode $c;

        while (my $req = read_request($c)) {
            last unless (eval { $handler->($c, $req) } // '') eq 'keepalive';
        }

        shutdown($c, 1);
        close $c;
        POSIX::_exit(0);
    }
}

sub read_request {
    my ($c) = @_;

    my $buf = '';

    while ($buf !~ /\r\n\r\n/) {
        my $n = sysread($c, $buf, 65536, length $buf);
        return undef unless $n;
    }

    my ($head, $body) = split /\r\n\r\n/, $buf, 2;
    my ($line, @lines) = split /\r\n/, $head;
    my ($method, $uri, $version) = split / /, $line;
    my %h;

    for (@lines) {
        my ($k, $v) = split /:\s*/, $_, 2;
        $k = lc $k;
        $h{$k} = exists $h{$k} ? "$h{$k}\n$v" : $v;
    }

    my $want = $h{'content-length'} || 0;
    while (length $body < $want) {
        my $n = sysread($c, $body, $want - length $body, length $body);
        last unless $n;
    }

    return { method => $method, uri => $uri, version => $version,
             headers => \%h, head => $head, body => $body };
}


# the client

sub connect {
    my ($self, $n) = @_;

    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                PeerPort => $self->port($n || 0), Timeout => 5)
        or die "connect: $!\n";
    $s->autoflush(1);
    binmode $s;
    return $s;
}


# request($method, $uri, %opt): headers => [ name => value, ... ], body,
# form => [ k => v ], cookie, http => '1.0', host, port (a number of ours),
# split => bytes a write, delay => seconds between writes, timeout

sub request {
    my ($self, $method, $uri, %o) = @_;

    my $raw = $self->make_request($method, $uri, %o);
    return $self->raw($raw, %o, method => $method);
}

sub get  { my $self = shift; $self->request('GET', @_) }
sub head { my $self = shift; $self->request('HEAD', @_) }

# post('/_consent/', [ choice => 'accept' ], %opt): as a form of this site is
# sent, unless the headers given say where from; origin => undef: not at all

sub post {
    my ($self, $uri, $form, %o) = @_;

    my @h = @{$o{headers} || []};
    my $told = grep { $h[2 * $_] =~ /^(origin|referer|sec-fetch-site)$/i }
                    0 .. $#h / 2 - 0.5;

    my $from = exists $o{origin} ? delete $o{origin}
                                 : 'http://' . ($o{host} || 'localhost');

    push @h, Origin => $from if defined $from && !$told;

    return $self->request('POST', $uri, form => $form, %o,
                          headers => \@h);
}


sub make_request {
    my ($self, $method, $uri, %o) = @_;

    my @h = @{$o{headers} || []};
    my %has = map { lc($h[2 * $_]) => 1 } 0 .. $#h / 2 - 0.5;
    my $body = $o{body};

    if ($o{form}) {
        my @f = @{$o{form}};
        my @p;
        while (my ($k, $v) = splice @f, 0, 2) {
            push @p, url_encode($k) . '=' . url_encode($v);
        }
        $body = join '&', @p;
        push @h, 'Content-Type', 'application/x-www-form-urlencoded'
            unless $has{'content-type'};
    }

    push @h, 'Content-Length', length $body
        if defined $body && !$has{'content-length'}
           && !$has{'transfer-encoding'};
    push @h, 'Cookie', $o{cookie} if defined $o{cookie};

    my $v = $o{http} || '1.1';
    my $raw = "$method $uri HTTP/$v\r\n";
    $raw .= 'Host: ' . ($o{host} || 'localhost') . "\r\n"
        unless $has{host} || $v eq '1.0' && !$o{host};
    $raw .= "Connection: close\r\n"
        unless $has{connection} || $o{keepalive} || $v eq '1.0';

    while (my ($k, $val) = splice @h, 0, 2) {
        $raw .= "$k: $val\r\n";
    }

    return $raw . "\r\n" . (defined $body ? $body : '');
}

sub url_encode {
    my ($s) = @_;
    $s =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ge;
    return $s;
}


# sends bytes as they are and reads one response

sub raw {
    my ($self, $raw, %o) = @_;

    my $s = $o{socket} || $self->connect($o{port});
    my $pid;

    if ($o{split}) {
        for (my $i = 0; $i < length $raw; $i += $o{split}) {
            print $s substr($raw, $i, $o{split});
            sleep($o{delay} || 0.01);
        }

    } else {
        print $s $raw;
    }

    Test::More::note($raw) if $ENV{TEST_NGINX_VERBOSE};

    my $buf = $o{rest} // '';
    my $r = Test::Consent::Response->read($s, \$buf, $o{method} || 'GET',
                                          $o{timeout} || 15);
    $r->{rest} = $buf;
    close $s unless $o{socket};

    Test::More::note($r->{head}) if $ENV{TEST_NGINX_VERBOSE};
    return $r;
}


# several requests in one write on one connection; their responses

sub pipeline {
    my ($self, @raw) = @_;

    my $s = $self->connect;
    print $s join '', @raw;

    my $buf = '';
    my @r;

    for my $raw (@raw) {
        my ($method) = $raw =~ /^(\S+)/;
        push @r, Test::Consent::Response->read($s, \$buf, $method, 15);
    }

    close $s;
    return @r;
}


# posts a choice; the cookie as "name=value" for later requests

sub choose {
    my ($self, $choice, %o) = @_;

    my @form = (choice => $choice);
    push @form, category => $_ for @{delete $o{categories} || []};

    my $r = $self->post('/_consent/', \@form, %o);
    my ($c) = $r->header('Set-Cookie') // '' =~ /^([^;]+)/;
    ($c) = ($r->header('Set-Cookie') // '') =~ /^([^;]+)/;

    return wantarray ? ($c, $r) : $c;
}


# one page with what the module inserted taken out

sub without_insertions {
    my ($self, $body) = @_;

    $body =~ s{<section\b[^>]*\bid="privacy-choices".*?</section>}{}s;
    $body =~ s{<nav\b[^>]*\bid="privacy-choices-links".*?</nav>}{}s;
    $body =~ s{<style\b[^>]*\bdata-privacy-choices\b.*?</style>}{}gs;
    $body =~ s{<(link|script|meta)\b[^>]*"(?:https?://[^"/]*)?/_consent/[^>]*>(</script>)?}{}gs;

    return $body;
}


sub done_testing {
    my @dirs;

    $_->stop for @ALL;

    my @alerts;
    my @reports;

    for my $t (@ALL) {
        my $log = $t->error_log;
        my $stderr = -e "$t->{dir}/logs/stderr.log"
                     ? slurp("$t->{dir}/logs/stderr.log") : '';

        for (grep { /\[(?:alert|crit|emerg)\]/ } split /\n/, $log) {
            my $line = $_;
            push @alerts, $line
                unless grep { $line =~ $_ } @{$t->{allowed}};
        }

        for (split /\n/, "$log\n$stderr") {
            my $line = $_;
            push @reports, $line
                if $line =~ /Sanitizer|runtime error:|exited on signal/
                   && !grep { $line =~ $_ } @{$t->{allowed}};
        }
    }

    Test::More::is(join("\n", splice(@alerts, 0, 10)), '',
                   'no alerts in the error log');
    Test::More::is(join("\n", splice(@reports, 0, 60)), '',
                   'no sanitizer report, no worker ended by a signal');
    Test::More::done_testing();
}


sub cleanup {
    my ($self) = @_;

    return if $self->{owner} != $$;

    $self->stop;
    kill 'TERM', @{$self->{pids}} if @{$self->{pids}};
    waitpid($_, 0) for @{$self->{pids}};
    $self->{pids} = [];

    if ($ENV{TEST_NGINX_LEAVE}) {
        Test::More::diag("left in $self->{dir}");

    } else {
        remove_tree($self->{dir});
    }
}

END {
    my $status = $?;
    $_->cleanup for @ALL;
    $? = $status;
}

1;
