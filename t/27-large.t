#!/usr/bin/perl

# Pages of any length stream through, and what a request takes does not grow
# with them: not with text, not with tags, and not with what is held back, an
# unfinished tag, a script, a style sheet, a comment.  8 MB each; with
# CONSENT_FULL 100 MB of a page and 30 MB of each of the others.

use lib 't/lib';
use Test::Consent;

use IO::Socket::INET;

my $MB = 1 << 20;
my $LIMIT = ($ENV{CONSENT_SANITIZED} ? 6 : 2) * $MB;   # of growth, a request

my $T = 'https://tracker.test';

# a block of everything, and how many of its elements are withheld

my $block = join '', map { "$_\n" } (
    '<div class="a &amp; b" title=\'x > y\'><p>Some text &copy; of a page. '
        . 'It goes on for a while, as texts do.</p>' x 20,
    "<img src=\"$T/p.gif\" alt=\"a\"><script async src=$T/a.js></script>",
    '<p style="background:u&#114;l(/own.gif);color:red">&lt;i&gt;',
    "<p style=\"background:url($T/b.gif)\">x</p>",
    '<script>var a = "<!-- text", b = a + "</p>"; f(a, b);</script>',
    "<script>new Image().src = '$T/c';</script>",
    "<iframe src='$T/frame?a=1&amp;b=2' width=1></iframe>",
    '<iframe srcdoc="&lt;p&gt;own&lt;/p&gt;"></iframe>',
    '<iframe src="data:text/html,<p>own</p>"></iframe>',
    "<style>.a { background: url('$T/d.gif') } .b { color: red }</style>",
    "<svg><style>\@import url(/own.css);</style><image href='$T/e'/></svg>",
    '<noscript><img src="/own.gif"></noscript>',
    '<select><option>1<option>2</select><table><tr><td>1</table></div>');

my %page = (
    page => [ $block, '' ],
    text => [ 'Just words, one after the other. ' x 30, '' ],
    tag => [ 'abc def ' x 128, '<p title="' ],
    script => [ "var a = 'b'; // nothing\n" x 40, '<script>' ],
    style => [ ".a { color: red; }\n" x 50, '<style>' ],
    url => [ 'abcdefgh' x 128, '<style>a{background:url(' ],
    comment => [ 'words - - words ' x 64, '<!--' ],
    'svg script' => [ "var a = 'b'; &#47;&#47; nothing\n" x 30,
                      '<svg><script>' ],
    nesting => [ '<div><b><i>' x 90, '' ],
    attributes => [ ' a=b onload="x()" style="c:d"' x 30, '<p' ],
    unclosed => [ '<p a="', '' ],
);

my $t = Test::Consent->new(workers => 1);

$t->upstream(sub {
    my ($c, $req) = @_;
    my ($name, $size) = $req->{uri} =~ m{/(\w+)/(\d+)} or return;
    $name =~ s/_/ /g;
    my ($unit, $before) = @{$page{$name}};
    my $n = 1 + int($size / length $unit);
    my $part = $unit x (1 + int(65536 / length $unit));
    my $per = length($part) / length $unit;

    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        . "Connection: close\r\n\r\n<!doctype html><title>t</title><body>"
        . $before;

    for (my $i = 0; $i < $n; $i += $per) {
        print $c $i + $per <= $n ? $part : $unit x ($n - $i);
    }
});

$t->server(q{
    consent on;
    consent_banner off;
    consent_links off;
    consent_guard off;
    consent_catalog off;
    consent_block marketing tracker.test;
    proxy_buffering off;
    location / { proxy_pass http://127.0.0.1:%%PORT1%%; }
});

# the worker, and the most memory it has had

my ($worker) = children(master($t));

get('page', 2 * $MB);            # what every worker takes once

for my $name ('page', sort grep { $_ ne 'page' } keys %page) {
    my $size = !$ENV{CONSENT_FULL} ? 8 * $MB
             : $name eq 'page' ? 100 * $MB : 30 * $MB;
    my ($unit, $before) = @{$page{$name}};
    my $n = 1 + int($size / length $unit);

    reset_peak($worker);
    my $had = status($worker, 'VmRSS');
    my ($got, $marks) = get($name, $size);
    my $grew = (status($worker, 'VmHWM') - $had) * 1024;

    my $want = length('<!doctype html><title>t</title><body>' . $before)
             + $n * length $unit;

    cmp_ok($got, '>=', $want, "$name: all of it comes, $size bytes");
    is($marks, $name eq 'page' ? $n * 6 : 0, "$name: trackers are withheld");
    cmp_ok($grew, '<', $LIMIT, "$name: the worker grew by "
           . int($grew / 1024) . ' KB at most');
}

done_testing();


sub master {
    my ($t) = @_;
    my $pid = slurp($t->dir . '/nginx.pid');
    chomp $pid;
    return $pid;
}

sub children {
    my ($pid) = @_;
    my @c = split ' ', slurp("/proc/$pid/task/$pid/children");
    return @c ? @c : ($pid);
}

sub status {
    my ($pid, $what) = @_;
    return slurp("/proc/$pid/status") =~ /^$what:\s+(\d+)/m ? $1 : 0;
}

sub reset_peak {
    my ($pid) = @_;
    open(my $f, '>', "/proc/$pid/clear_refs") or return;
    print $f 5;
}

# length of the body, and how many elements are marked

sub get {
    my ($name, $size) = @_;
    (my $uri = "/$name/$size") =~ s/ /_/g;

    my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => $t->port) or die "connect: $!";
    binmode $c;
    print $c "GET $uri HTTP/1.0\r\nHost: localhost\r\n\r\n";

    my ($len, $marks, $head, $left) = (0, 0, '', '');

    while (sysread($c, my $buf, 262144)) {

        if (defined $head) {
            $head .= $buf;
            $head =~ s/^(.*?\r\n\r\n)//s or next;
            $buf = $head;
            undef $head;
        }

        $len += length $buf;
        $buf = $left . $buf;
        $marks++ while $buf =~ /data-consent="blocked"/g;
        $left = $buf =~ /(data-consent="blocked"(?:.{0,21})|.{0,21})\z/s
                ? $1 : '';
        $left =~ s/^data-consent="blocked"//;
    }

    return ($len, $marks);
}
