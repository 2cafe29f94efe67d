#!/usr/bin/perl

# What a request costs.  Instructions in user space, counted by callgrind: N
# requests on one connection, 2N on another, and the difference is N, without
# start-up and connections.  Debian's nginx with its defaults, static files.
#
#     nginx.pl [PART...]      parts: states requests rules time memory latency
#                           gzip

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", $FindBin::Bin;
use Test::Consent;
use Pages;
use POSIX ();
use Time::HiRes;

$SIG{INT} = $SIG{TERM} = sub { exit 1 };
$| = 1;

my %part = map { $_ => 1 } @ARGV;
%part = map { $_ => 1 } qw(states requests rules time memory latency
                                  gzip)
    unless %part;

my $key = 'a1' x 32 . "\n";
my $defaults = "sendfile on;\ntcp_nopush on;\nkeepalive_requests 1000000;\n"
               . "log_not_found off;\n";
my %page = Pages::all();
my @names = qw(median large script small);
my $subs = '/usr/lib/nginx/modules/ngx_http_subs_filter_module.so';


# a server with all pages in it; locations by name

sub server {
    my (%o) = @_;

    my $t = Test::Consent->new(log_level => 'warn',
        $o{plain} ? (no_module => 1) : (),
        $o{subs} ? (modules => [$subs]) : ());

    $t->{wrapper} = ['valgrind', '--tool=callgrind', '-q',
                     '--callgrind-out-file=' . $t->dir . '/cg']
        unless $o{native};

    my $d = $t->dir . '/html';
    my @all = map { [ $_, $page{$_} ] } @names;
    my $i = 0;

    push @all, map { [ 'sample' . $i++, $_ ] } @{$page{sample}};

    for (@all) {
        my ($name, $data) = @$_;
        $t->file("html/$name.html", $data);
        $t->file("html/$name.bin", $data);
    }

    $t->file('key', $key, 0600);

    my $body = $o{body} // '';

    $body = "consent_secret_file %%DIR%%/key;\n$body"
        unless $o{plain} || $o{subs};

    my $conf = $t->server_conf($body, $defaults);

    # the system's buffers would take all of the page
    $conf =~ s/%%PORT%%;/%%PORT%% sndbuf=16k;/ if $o{stalled};
    $t->start($conf);

    # long lists take a while under callgrind

    for (1 .. 600) {
        last if $t->listening;
        Time::HiRes::sleep(0.2);
    }

    return $t;
}

sub location { "location /$_[0]/ { alias %%DIR%%/html/; $_[1] }\n" }


# one request on a connection; the length of the body

sub fetch {
    my ($s, $req) = @_;

    syswrite($s, $req) == length $req or die "write: $!\n";

    my ($buf, $end) = ('', -1);

    while (($end = index($buf, "\r\n\r\n")) < 0) {
        sysread($s, $buf, 262144, length $buf) or die "no answer\n";
    }

    my $head = substr($buf, 0, $end + 4, '');
    die $head unless $head =~ m{^HTTP/1.1 200};

    if ($head =~ /^Content-Length: (\d+)/mi) {
        my $left = $1 - length $buf;

        while ($left > 0) {
            my $n = sysread($s, my $x, 262144) or die "cut\n";
            $left -= $n;
        }

        return $1;
    }

    my $n = length $buf;
    my $tail = $buf;

    while (substr($tail, -5) ne "0\r\n\r\n") {
        my $k = sysread($s, my $x, 262144) or die "cut\n";
        $n += $k;
        $tail = substr($tail . $x, -16);
    }

    return $n;
}

sub request {
    my ($uri, $header, $host) = @_;
    $host //= 'localhost';
    return "GET $uri HTTP/1.1\r\nHost: $host\r\nAccept: text/html\r\n"
           . "Accept-Language: en\r\n" . ($header // '') . "\r\n";
}

sub dump_counters {
    my ($t) = @_;

    my $dir = $t->dir;
    my $n = $t->{dumps}++ // 0;

    system("callgrind_control --dump=x $t->{nginx} > /dev/null 2>&1");

    for (1 .. 500) {
        my @f = sort { ($a =~ /(\d+)$/)[0] <=> ($b =~ /(\d+)$/)[0] }
                glob("$dir/cg.[0-9]*");

        if (@f > $n && slurp($f[-1]) =~ /^totals: (\d+)/m) {
            return $1;
        }

        Time::HiRes::sleep(0.02);
    }

    die "callgrind does not answer\n";
}

# what was read for one host is read anew for another ("anew"), and of what was
# read at one address the page at another ("page")

my $other = 100000;

sub instructions {
    my ($t, $uri, $header, $anew) = @_;
    $anew //= '';

    my @total;
    my $req = sub {
        request($uri . ($anew eq 'page' ? '?' . $other++ : ''), $header,
                $anew eq 'anew' ? 'h' . $other++ : undef);
    };
    # where little is read, little is counted, and more evens it out
    my $n = $uri =~ /small|\.bin|\/off|\/quiet/ ? 200
            : $anew || $uri =~ /\/sub/ ? 3 : 30;

    my $s = $t->connect;
    fetch($s, $req->()) for 1 .. 3;
    dump_counters($t);

    for my $k (1, 2) {
        $s = $t->connect;
        fetch($s, $req->()) for 1 .. $k * $n;
        push @total, dump_counters($t);
    }

    return ($total[1] - $total[0]) / $n;
}


# of all pages of the sample, a byte

sub per_byte {
    my ($t, $dir, $name, $header, $anew) = @_;

    my @n = ($name);
    @n = map { "sample$_" } 0 .. $#{$page{sample}} if $name eq 'sample';

    my ($sum, $len) = (0, 0);

    for my $p (@n) {
        $sum += instructions($t, "/$dir/$p.html", $header, $anew);
        $len += -s $t->dir . "/html/$p.html";
    }

    return $sum / $len;
}

my %result;

sub row {
    my ($name, $must, $stretch, $value, $unit) = @_;

    my $ok = $value =~ /^-?[\d.]+$/ && $must =~ /^[\d.]+$/
             ? ($value <= $must ? 'yes' : 'no') : '';

    printf "%-46s %9s %9s %10s %-4s %s\n", $name, $must, $stretch,
           $value =~ /^-?[\d.]+$/ ? sprintf($value < 100 ? '%.2f' : '%.0f',
                                            $value) : $value, $ok,
           $unit // '';
    $result{$name} = $value;
}

sub title { printf "\n%-46s %9s %9s %10s\n", $_[0], 'must', 'stretch', 'is' }

my %must = (median => [2.6, 1.7], large => [3.2, 2.2], script => [1.1, 0.7],
            sample => [2.1, 1.5]);

my $ours = '';
$ours .= location('off', 'consent off;');
$ours .= location('on', 'consent on;');
$ours .= location('quiet', 'consent on; consent_links off;');

print "$page{origin}: ", join(', ', map { "$_ " . length $page{$_} } @names),
      ', sample of ', scalar @{$page{sample}}, "\n";


# plain nginx, sub_filter, subs_filter, ourselves

my (%plain, %sub);

if ($part{states}) {
    title('instructions a byte');

    my $t = server(plain => 1, body => location('sub',
                    'sub_filter "</body>" "<p>notice</p></body>";'));

    for (qw(median large script sample)) {
        $sub{$_} = per_byte($t, 'sub', $_);
        row("sub_filter, one string, $_", '', '', $sub{$_});
    }

    $t->stop;

    if (-e $subs) {
        $t = server(subs => 1, body => location('subs',
                    'subs_filter "</body>" "<p>notice</p></body>";'));
        row("subs_filter, one string, $_", '', '', per_byte($t, 'subs', $_))
            for qw(median large script sample);
        $t->stop;
    }

    $t = server(body => $ours);
    my $deny = 'Cookie: ' . $t->choose('reject') . "\r\n";

    for (qw(median large script sample)) {
        row("pending, whole catalog, $_", @{$must{$_}},
            per_byte($t, 'on', $_));
        row("the same, another address each time, $_", '', '',
            per_byte($t, 'on', $_, '', 'page'));
        row("the same, read anew each time, $_", '', '',
            per_byte($t, 'on', $_, '', 'anew'));
        row("refused, whole catalog, $_", @{$must{$_}},
            per_byte($t, 'on', $_, $deny));
    }
    $t->stop;
}


# what a request costs, whatever is in its page

if ($part{requests}) {
    my $t = server(plain => 1, body => location('off', ''));
    $plain{$_} = instructions($t, "/off/$_.html") for @names;
    $plain{bin} = instructions($t, '/off/median.bin');

    # of the length of ours
    my $cookie = 'Cookie: ngx_consent=' . 'x' x 74 . "\r\n";
    $plain{"$_ with a cookie"} = instructions($t, "/off/$_.html", $cookie)
        for qw(median large);
    $t->stop;

    $t = server(plain => 1, body => location('sub',
                    'sub_filter "</body>" "<p>notice</p></body>";'));
    $sub{small} = instructions($t, '/sub/small.html');
    $t->stop;

    $t = server(body => $ours);
    my $grant = 'Cookie: ' . $t->choose('accept') . "\r\n";

    title('instructions a request more than plain');
    row('off', 60, 60, instructions($t, '/off/median.html')
                       - $plain{median});
    row('another type of content', 60, 60,
        instructions($t, '/on/median.bin') - $plain{bin});

    # the visitor's cookie is there for plain nginx, too

    for my $p (['', 'median'], [', large', 'large']) {
        row("granted, no links$p->[0]", 600, 300,
            instructions($t, "/quiet/$p->[1].html", $grant)
            - $plain{"$p->[1] with a cookie"});
    }

    row('2 KB page, pending', 15000, 9000,
        instructions($t, '/on/small.html') - $plain{small});
    row('the same, another address each time', '', '',
        instructions($t, '/on/small.html', '', 'page') - $plain{small});
    row('2 KB page, sub_filter', '', '', $sub{small} - $plain{small});
    $t->stop;
}


# what rules cost

if ($part{rules}) {
    title('rules: more than without, per cent');

    my %hosts = map {
        $_ => join('', map { "consent_block marketing h$_.example$_.test;\n" }
                       1 .. $_)
    } 10, 3000;
    my @b;

    for (10, 3000) {
        my $t = server(body => location('on',
                           "consent on; consent_catalog off; $hosts{$_}"));
        push @b, per_byte($t, 'on', 'median');
        $t->stop;
    }

    row('3,000 hosts over 10', 3, 3, ($b[1] / $b[0] - 1) * 100, '%');

    my ($ep, $el) = map { test_data("lists/$_") }
                    'easyprivacy.txt', 'easylist.txt';
    my $t = server(body => location('on', 'consent on;'));
    my $base = per_byte($t, 'on', 'median');
    my $sample = per_byte($t, 'on', 'sample');
    $t->stop;

    if ($ep && $el) {
        $t = server(body => "consent_list $ep category=analytics;\n"
                            . "consent_list $el;\n"
                            . location('on', 'consent on;'));
        row('EasyPrivacy and EasyList, median', 10, 3,
            (per_byte($t, 'on', 'median') / $base - 1) * 100, '%');
        row('EasyPrivacy and EasyList, sample', 10, 3,
            (per_byte($t, 'on', 'sample') / $sample - 1) * 100, '%');
        $t->stop;
    }

    my $re = join '', map { "consent_block marketing "
                            . "\"~/track$_/[a-z]+\\.(gif|png)\\?id=\";\n"
                            . "consent_block marketing "
                            . "\"inline:~_tracker$_\\s*\\(\";\n" } 1 .. 10;
    $t = server(body => location('on', "consent on; $re"));
    row('20 PCRE2 patterns, median: instr/byte more', 1.5, 0.7,
        per_byte($t, 'on', 'median') - $base);
    row('20 PCRE2 patterns, sample: instr/byte more', 1.5, 0.7,
        per_byte($t, 'on', 'sample') - $sample);
    $t->stop;
}


# the processor's time, without callgrind

sub cpu {
    my ($t, $uri, $n, $header) = @_;

    my $s = $t->connect;
    my $req = request($uri, $header);
    my $tick = sub {
        my @f = split / /, (slurp("/proc/$t->{nginx}/stat") =~ /\) (.*)/)[0];
        return $f[11] + $f[12];
    };

    fetch($s, $req) for 1 .. 20;

    my $t0 = $tick->();
    fetch($s, $req) for 1 .. $n;

    return ($tick->() - $t0) * 10000 / $n;
}

if ($part{time}) {
    title("processor's time, us a request");

    my $p = server(native => 1, plain => 1, body => location('off', '')
                   . location('sub',
                              'sub_filter "</body>" "<p>x</p></body>";'));
    my $t = server(native => 1, body => $ours);

    for (qw(median large script)) {
        my $n = int(4e8 / length $page{$_});
        $n = 20000 if $n > 20000;
        my $a = cpu($p, "/off/$_.html", $n);
        my $b = cpu($p, "/sub/$_.html", $n);
        my $c = cpu($t, "/on/$_.html", $n);
        row("plain, $_", '', '', $a);
        row("sub_filter, one string, $_", '', '', $b);
        row("pending, $_", '', '', $c);
        row("pending over sub_filter, $_", $_ eq 'median' ? 0.6 : 1, 0.4,
            $c / $b);
    }

    $_->stop for $p, $t;
}


# memory for a client that does not read

sub stalled {
    my ($t, $uri, $k) = @_;

    my $mem = sub {
        my $s = 0;
        my $maps = slurp("/proc/$t->{nginx}/smaps_rollup");
        $s += $1 while $maps =~ /^(?:Private_Dirty|Private_Clean): +(\d+)/mg;
        return $s;
    };

    my @s;
    my $run = sub {
        for (1 .. $_[0]) {
            socket(my $c, Socket::PF_INET(), Socket::SOCK_STREAM(), 0);
            setsockopt($c, Socket::SOL_SOCKET(), Socket::SO_RCVBUF(), 4096);
            connect($c, Socket::pack_sockaddr_in($t->port,
                            Socket::inet_aton('127.0.0.1'))) or die;
            syswrite($c, request($uri));
            push @s, $c;
        }

        Time::HiRes::sleep(1);
    };

    $run->(5);
    my $m = $mem->();
    $run->($k);

    return ($mem->() - $m) / $k;
}

if ($part{memory}) {
    require Socket;
    title('KB for a client that does not read, large page');

    my $up = server(native => 1, plain => 1, body => location('x', ''));

    for (['plain', 1, location('x', '')],
         ['sub_filter', 1, location('x', 'sub_filter "</body>" "<p></p>";')],
         ['subs_filter', 0, location('x', 'subs_filter "</body>" "<p></p>";')],
         ['pending', 0, location('x', 'consent on;')],
         ['pending, a page that came before', 0, location('x', 'consent on;')])
    {
        my ($name, $plain, $body) = @$_;

        next if $name eq 'subs_filter' && !-e $subs;

        my $t = server(native => 1, stalled => 1, plain => $plain,
                       subs => $name eq 'subs_filter',
                       body => $body . "location /p/ { proxy_pass "
                               . 'http://127.0.0.1:' . $up->port . '/x/; '
                               . ($body =~ /\/; (.*) \}/ ? $1 : '') . " }\n");
        my $must = $name =~ /^pending/;

        if ($name =~ /before/) {
            my $s = $t->connect;
            fetch($s, request('/x/large.html')) for 1 .. 3;
        }

        row("$name, static", $must ? 77 : '', '', stalled($t, '/x/large.html',
                                                         100));
        row("$name, proxied", $must ? 118 : '', '',
            stalled($t, '/p/large.html', 100)) unless $name =~ /before/;
        $t->stop;
    }

    $up->stop;
}


# answers on a connection kept alive that wait

if ($part{latency}) {
    title('of 100 answers on one connection, those of 35 ms and more');

    my $p = server(native => 1, plain => 1, body => location('sub',
                       'sub_filter "</body>" "<p>x</p></body>";'));
    my $t = server(native => 1, body => $ours);

    for my $r (['sub_filter', $p, 'sub'], ['pending', $t, 'on'],
               ['off', $t, 'off'])
    {
        my $slow = 0;
        my $s = $r->[1]->connect;

        for my $n (1 .. 100) {
            my $t0 = Time::HiRes::time();
            fetch($s, request("/$r->[2]/" . $names[$n % 4] . '.html'));
            $slow++ if Time::HiRes::time() - $t0 >= 0.035;
        }

        row($r->[0], $r->[0] eq 'sub_filter' ? '' : 0, 0, $slow);
    }

    $_->stop for $p, $t;
}


# with gzip: most of it is what any module pays that puts in as many bytes, so
# plain nginx gets the page as it left us, as a file, and sub_filter as many
# bytes of it to put in

# the body of an answer that has no length

sub body {
    my ($t, $uri) = @_;

    my $r = '';
    my $s = $t->connect;
    syswrite($s, request($uri, "Connection: close\r\n"));
    1 while sysread($s, $r, 262144, length $r);

    $r =~ s/^.*?\r\n\r\n//s;
    my $body = '';

    while ($r =~ s/^([0-9a-f]+)\r\n//i && hex $1) {
        $body .= substr($r, 0, hex $1, '');
        substr($r, 0, 2, '');
    }

    return $body;
}

# the same as parameters of nginx, of which each fits its buffer

sub parameters {
    my ($text) = @_;
    my ($set, $use) = ('', '');

    $text =~ s/[\\'\$]/ /g;

    while (length $text) {
        my $part = substr($text, 0, 3000, '');
        $use .= '$part_' . length $use;
        $set .= "set " . ($use =~ /(\$\w+)$/)[0] . " '$part';\n";
    }

    return ($set, $use);
}

if ($part{gzip}) {
    title('gzip on: over plain with gzip');

    my $ae = "Accept-Encoding: gzip\r\n";
    my $t = server(body => location('on', 'consent on; gzip on;'));
    my $ours = per_byte($t, 'on', 'median', $ae);
    my $page = body($t, '/on/median.html');
    $t->stop;

    # what is put in at once, at the page's beginning and before its end

    my $more = length($page) - length $page{median};
    my ($at) = map { $_ > 0 ? $_ : 0 } index($page, '<section');
    my ($set, $use) = parameters(substr($page, $at, $more));

    $t = server(plain => 1, body => location('gz', 'gzip on;')
                . location('sub', 'gzip on; sub_filter "</body>" '
                                  . '"<p>x</p></body>";')
                . location('as', "gzip on; $set sub_filter '</body>' "
                                 . "'$use</body>';"));
    $t->file('html/whole.html', $page);

    my $a = per_byte($t, 'gz', 'median', $ae);
    row('sub_filter, median', '', '', per_byte($t, 'sub', 'median', $ae)
                                      / $a);
    row("sub_filter that puts in as much ($more bytes)", '', '',
        per_byte($t, 'as', 'median', $ae) / $a);
    row('plain, the page as it left us, as a file', '', '',
        instructions($t, '/gz/whole.html', $ae)
        / ($a * length $page{median}));
    row('pending, median', 1.06, 1.04, $ours / $a);
    $t->stop;
}
