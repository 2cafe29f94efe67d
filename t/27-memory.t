#!/usr/bin/perl

# What a request takes over what nginx itself takes for the same page: 32 KB at
# most, whatever the page and however long; where a tag, a script or a style
# sheet is held back, twice to three times consent_inline_max on top of that.
# Counted in what the worker has allocated at most.  1 MB of each; with
# CONSENT_FULL 10 MB of each, and a page of 100.

use lib 't/lib';
use Test::Consent;

use Fcntl qw(:DEFAULT :seek);
use IO::Socket::INET;
use Socket;

plan(skip_all => 'a sanitizer has its own allocator')
    if $ENV{CONSENT_SANITIZED};

my $KB = 1024;
my $MB = 1 << 20;
my $INLINE = 32 * $KB;
my $T = 'https://tracker.test';

# what comes over and over, and what stands before it

my %page = (
    text => [ 'Just words, one after the other. ' x 30, '' ],
    page => [ "<div class=\"a &amp; b\"><p>Text</p><img src=\"$T/p.gif\">"
              . "<script async src=$T/a.js></script></div>"
              . '<p style="background:u&#114;l(/own.gif)">&lt;i&gt;', '' ],
    'a tag' => [ 'abc def ' x 128, '<p title="' ],
    'a tag that loads' => [ '%20' x 300, "<img src=\"$T/" ],
    'attributes' => [ ' a=b onload="x()" style="c:d"' x 30, '<p' ],
    'attributes of one byte' => [ ' a' x 500, '<p' ],
    'a srcset' => [ "$T/a 1x, /b 2x, " x 20, '<img srcset="' ],
    'a name' => [ 'abcdefgh' x 128, '<' ],
    'tags, none ended' => [ '<p a="', '' ],
    'comments, none ended' => [ '<!--', '' ],
    'scripts, none ended' => [ '<script>', '' ],
    'style sheets, none ended' => [ '<style>a{', '' ],
    'frames, none ended' => [ '<iframe srcdoc="', '' ],
    'templates, none ended' => [ '<template><select>', '' ],
    'nesting' => [ '<div><b><i>' x 90, '' ],
    'nesting in SVG' => [ '<svg><g><math><mi>' x 50, '' ],
    'nesting of tables' => [ '<table><caption><a>' x 50, '' ],
    'a comment' => [ 'words - - words ' x 64, '<!--' ],
    'a style sheet' => [ ".a { color: red; }\n" x 50, '<style>' ],
    'an URL in one' => [ 'abcdefgh' x 128, '<style>a{background:url(' ],
    'a script' => [ "var a = 'b'; // nothing\n" x 40, '<script>' ],
    'a script of a tracker' => [ "_gaq.push('$T');\n" x 40, '<script>' ],
    'a script in SVG' => [ "var a = 'b'; &#47;&#47;\n" x 40, '<svg><script>' ],
    'a style sheet in SVG' => [ ".a { color: &#114;ed; }\n" x 40,
                                '<svg><style>' ],
    'readers that part, and nesting' => [ '<div><b><i>' x 90,
        '<noscript><svg><style></noscript><select><svg><style><noscript>' ],
    'readers that part and have sheets' => [ '<div><i>' x 800,
        '<noscript><svg><style>a{</noscript><div><select><i>' x 30 ],
    'sheets of readers that part' => [ '<noscript><svg><style>a{b:url(x'
        . '</noscript><div><select><i><svg><style>@import url(y', '' ],
    'a text area' => [ '</textare ' x 100, '<textarea>' ],
    'documents in attributes' => [ '<iframe srcdoc="<noscript><svg><style>'
        . "</noscript><select><i><svg><style>\@import '$T<iframe srcdoc='"
        . '&lt;select>&lt;noscript>&lt;svg>&lt;style>' . '<div>' x 400
        . "'>\"></iframe>", '' ],
    'documents, parted in and out' => [ '<i>' x 500 . '<iframe srcdoc="'
        . '<noscript><svg><style>a{b:url(x</noscript>' . '<div>' x 500 . '">',
        '<noscript><svg><style>a{</noscript><div><select><i>' x 30 ],
    'scripts that write' => [ '<script>document.write("<svg><style>")</script>'
        . '<form><div><select><svg><style>a{b:url(' x 10, '' ],
    'trackers all at once' => [ "<img src=$T/>" x 20, ' and so on' x 20000 ],
    'much put in at once' => [ '<svg><style><style><style>' x 20,
        ' and so on' x 20000 ],
);

# The worst of 100,000 made by mutation, where next to nothing may be held
# back: what is a sheet or a script to one reader is many tags to another.

my $base = '<base href="https://cdn.test/' . 'a' x 3000 . '">';
my $svg = 'document.write("<svg><style>")</script>';

my %small = (
    'an @import not ended, and style sheets' => [ '<style>',
        "$base<svg><span><option><frameset></template><math><p>\@import \"y"
        . '<p style="background:url(a)"><script><nobr>document.write("<p><svg>'
        . "<style>\")</script>document.write(\"<svg>$base<style></script>"
        . '</form>a{b:url(x' ],
    'an url( not ended, and scripts' => [ '<noscript><script><a>',
        '<div>@import "y<foreignObject><nobr><noscript><![CDATA[<iframe srcdoc='
        . '"<select><noscript><dd></noscript><svg><style>a{b:url("><x-foo>' ],
    'scripts that write, in a select' => [ "a{b:url(x<script>$svg<select>"
        . '</noscript></div><foreignObject>document.write("<svg><style>'
        . '</script>', "<a><noscript><![CDATA[$base<i><li></noscript><i>" ],
    'scripts that write, in MathML' => [
        '<svg><mi><style>]]><desc></math><mi>', "$base<script>document.write("
        . '"<svg><style><iframe srcdoc="<select><svg><style>a{b:url(">")'
        . '</script>' ],
);

# in how many consent_inline_max what is held back has room: once where it is
# held, which has somewhat more room than that, and once on its way out; in SVG a
# third time, with references undone, and of a style sheet with a number for each
# byte that says where it came from

my %held = map {
    $_ => /^a style sheet in SVG/ ? 8
          : /^a script in SVG/ ? 3
          : /^(?:a (?:tag|srcset|script|name)|attributes of|tags|scripts|an URL)/
          ? 2 : 0
} keys %page;

my $t = Test::Consent->new(master => 1);
my $shim = $t->dir . '/shim.so';
my $cc = $ENV{CC} || 'cc';
my $out = `$cc -O1 -shared -fPIC -Wall -Wextra -fno-builtin -o $shim \\
           @{[ $t->root ]}/t/tools/failalloc.c 2>&1`;
is($out, '', 't/tools/failalloc.c compiles');

my $ctl = $t->file('ctl', "\0" x 56);
$t->{wrapper} = [ 'env', "LD_PRELOAD=$shim", "FAIL_CTL=$ctl" ];
sysopen(my $fd, $ctl, O_RDWR) or die "$ctl: $!\n";

$t->upstream(sub {
    my ($c, $req) = @_;
    my ($name, $size) = $req->{uri} =~ m{^/\w+/(\w+)/(\d+)} or return;
    $name =~ s/_/ /g;
    my ($key) = grep { s/\W+/ /gr eq $name } keys %page;
    my ($unit, $before) = @{$page{$key}};
    my $part = $unit x (1 + int(65536 / length $unit));

    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        . "Connection: close\r\n\r\n<!doctype html><title>t</title><body>"
        . $before;

    for (my $n = 0; $n < $size; $n += length $part) {
        print $c $part or last;
    }
});

$t->server(qq{
    consent on;
    consent_inline_max $INLINE;
    consent_block marketing tracker.test;
    proxy_buffering off;
    location /on/ { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /off/ { consent off; proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /large/ { proxy_buffer_size 32k; proxy_buffers 4 32k;
                       proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /largeoff/ { proxy_buffer_size 32k; proxy_buffers 4 32k;
                          consent off; proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /small/4k/on/ { alias %%DIR%%/html/; consent_inline_max 1k;
                             sendfile off; output_buffers 1 4k; }
    location /small/4k/off/ { alias %%DIR%%/html/; consent off;
                              sendfile off; output_buffers 1 4k; }
    location /small/32k/on/ { alias %%DIR%%/html/; consent_inline_max 1k;
                              sendfile off; output_buffers 1 32k; }
    location /small/32k/off/ { alias %%DIR%%/html/; consent off;
                               sendfile off; output_buffers 1 32k; }
    location /file/ { alias %%DIR%%/html/; send_timeout 10s; }
    location /bits/ { alias %%DIR%%/html/; output_buffers 1 1k; }
});

# the first of each takes what a worker has once

takes($_, 'page', 65536) for 'on', 'off', 'large', 'largeoff';

for my $name (sort keys %page) {
    my $size = !$ENV{CONSENT_FULL} ? $MB : $name eq 'page' ? 100 * $MB
                                                           : 10 * $MB;
    my ($off) = takes('off', $name, $size);
    my ($on, $got) = takes('on', $name, $size);
    my $more = $on - $off;
    my $most = 32 * $KB + $held{$name} * $INLINE;

    cmp_ok($got, '>=', $size, "$name: all of it comes");
    cmp_ok($more, '<=', $most, "$name: at most " . int($most / $KB)
           . " KB more than nginx's own $off bytes");

    next if $held{$name};

    ($off) = takes('largeoff', $name, $size);
    ($on) = takes('large', $name, $size);
    cmp_ok($on - $off, '<=', 32 * $KB, "$name: and when it comes 32 KB at once");
}

# what a worker keeps of scripts another page has had, and of pages that came
# before only

my $n = 0;

for my $name (sort keys %small) {
    my ($unit, $before) = @{$small{$name}};
    my $body = $before . $unit x (40 * $KB / length $unit);

    for my $size ('4k', '32k') {
        my @pages = map { "p" . $n++ . '.html' } 1 .. 2;
        $t->file("html/$_", "<!doctype html><title>$_</title>$body") for @pages;

        my ($off) = takes_of("/small/$size/off/$pages[1]");
        takes_of("/small/$size/on/$pages[0]");
        my ($on) = takes_of("/small/$size/on/$pages[1]");

        cmp_ok($on - $off, '<=', 33 * $KB, "$name, $size at once: at most 32 KB"
               . ' more than nginx, and 1 held back');
    }
}

# so that it does, reading waits for what is to leave: for a client that is slow

my ($unit, $before) = @{$page{page}};
$t->file('html/p.html', "<!doctype html><title>t</title><body>$before"
                        . $unit x 4000);

my $quick = slowly('/bits/p.html', 0);
my $slow = slowly('/file/p.html', 1);

cmp_ok(length $quick, '>', 5000 * length $unit, 'a page full of trackers');
ok($slow eq $quick, 'comes as it should to a client that is slow');

done_testing();


# a page as it comes, to a client with little room that takes its time

sub slowly {
    my ($uri, $slow) = @_;

    socket(my $c, AF_INET, SOCK_STREAM, 0) or die "socket: $!";
    setsockopt($c, SOL_SOCKET, SO_RCVBUF, 4096) if $slow;
    connect($c, pack_sockaddr_in($t->port, INADDR_LOOPBACK))
        or die "connect: $!";
    syswrite($c, "GET $uri HTTP/1.0\r\nHost: localhost\r\n\r\n");

    my ($got, $n) = ('', 0);

    while (sysread($c, my $buf, 4096)) {
        $got .= $buf;
        select(undef, undef, undef, 0.01) if $slow && $n++ % 20 == 0;
    }

    # its own address is in it

    return $got =~ s/^.*?\r\n\r\n//sr =~ s/\b(?:bits|file)\b//gr;
}


# what the worker had at most while it answered, over what it had before; and
# the bytes that came

sub takes {
    my ($way, $name, $size) = @_;

    return takes_of("/$way/$name/$size" =~ s{[^\w/]+}{_}gr);
}

sub takes_of {
    my ($uri) = @_;

    my $had = bytes();
    sysseek($fd, 48, SEEK_SET);
    syswrite($fd, pack('q', $had));

    my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                  PeerPort => $t->port) or die "connect: $!";
    print $c "GET $uri HTTP/1.0\r\nHost: localhost\r\n\r\n";

    my $len = 0;
    while (my $n = sysread($c, my $buf, 262144)) {
        $len += $n;
    }

    sysseek($fd, 48, SEEK_SET);
    sysread($fd, my $s, 8);

    return (unpack('q', $s) - $had, $len);
}

# what it has, when that does not change any more

sub bytes {
    my ($bytes, $same) = (0, 0);

    for (1 .. 100) {
        sysseek($fd, 40, SEEK_SET);
        sysread($fd, my $s, 8);
        my $now = unpack('q', $s);
        $same = $now == $bytes ? $same + 1 : 0;
        $bytes = $now;
        last if $same == 3;
        select undef, undef, undef, 0.01;
    }

    return $bytes;
}
