#!/usr/bin/perl

# Where there is nothing to do, nothing is done.  What is no page, a page
# under "consent off", and a page to which all is agreed and nothing added
# leave by the path they had: the same bytes, the same headers, by sendfile.
# A module that is loaded and not configured changes not one byte.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Coding;

my $page = '<!doctype html><html><head><title>t</title></head><body><p>x'
           . ('<p>text' x 8000)
           . '<script src="https://www.google-analytics.com/a.js"></script>'
           . '</body></html>';
my $mtime = 1700000000;
my $date = 'Tue, 14 Nov 2023 22:13:20 GMT';

my $settings = q{
    gzip on; gzip_min_length 1; gzip_types text/css application/json;
    location /gz/ { alias %%DIR%%/html/; gzip_static always; gunzip on; }
    location /ssi/ { alias %%DIR%%/html/; ssi on; }
    location /sub/ { alias %%DIR%%/html/; sub_filter text TEXT; }
    location /slice/ { proxy_pass http://127.0.0.1:%%PORT1%%/; slice 1k;
        proxy_set_header Range $slice_range; proxy_http_version 1.1; }
    location /proxy/ { proxy_pass http://127.0.0.1:%%PORT1%%/; }
    location /direct/ { proxy_pass http://127.0.0.1:%%PORT1%%/;
                        proxy_buffering off; }
    location /cached/ { proxy_pass http://127.0.0.1:%%PORT1%%/;
        proxy_cache c; proxy_cache_valid 200 1m;
        proxy_ignore_headers Set-Cookie; }
    location /moved { return 302 /index.html; }
    location /text { default_type text/html; return 200 "<p>x"; }
    location /add { default_type text/plain; return 200 "x";
        add_header Link "<https://static.hotjar.com>; rel=preconnect"; }
};

my $http = 'proxy_cache_path %%DIR%%/cache keys_zone=c:1m;';

# the same site, thrice: without the module, with it loaded, with it on

my %site;

for my $kind (qw(without loaded on)) {
    my $t = Test::Consent->new;
    $site{$kind} = $t;
    $t->{no_module} = 1 if $kind eq 'without';

    for my $f ([ 'index.html', $page ], [ 'index.html.gz',
               encode('gzip', $page) ], [ 'x.css', 'p { color: red }' x 3000 ],
               [ 'd.json', '{"a": "' . 'x' x 3000 . '"}' ],
               [ 'i.png', join '', map { chr $_ % 256 } 0 .. 70000 ],
               [ 'noext', $page ], [ 'empty.html', '' ],
               [ 'f.xml', '<?xml version="1.0"?><a/>' ])
    {
        my $p = $t->file("html/$f->[0]", $f->[1]);
        utime $mtime, $mtime, $p;
    }

    $t->file('key', 'a1' x 32 . "\n", 0600);

    $t->upstream(sub {
        my ($c, $r) = @_;
        my $range = $r->{headers}{range} // '';
        my $b = $r->{uri} =~ /html/ ? $page : 'y' x 5000;
        my $type = $r->{uri} =~ /html/ ? 'text/html' : 'text/css';
        my $h = "Content-Type: $type\r\nETag: \"e\"\r\n"
                . "Last-Modified: $date\r\nCache-Control: max-age=9\r\n"
                . "Set-Cookie: a=1\r\nSet-Cookie: _ga=2; Path=/\r\n"
                . "X-Cookie: " . ($r->{headers}{cookie} // '-') . "\r\n"
                . "X-Inm: " . ($r->{headers}{'if-none-match'} // '-')
                . "\r\nDate: $date\r\n";

        if ($range =~ /bytes=(\d+)-(\d+)/ && $1 < length $b) {
            my $to = $2 < length $b ? $2 : length($b) - 1;
            my $part = substr($b, $1, $to - $1 + 1);
            print $c "HTTP/1.1 206 Partial Content\r\n$h"
                     . "Content-Range: bytes $1-$to/" . length($b) . "\r\n"
                     . 'Content-Length: ' . length($part) . "\r\n\r\n$part";
            return;
        }

        print $c "HTTP/1.1 200 OK\r\n$h"
                 . 'Content-Length: ' . length($b) . "\r\n\r\n$b";
    });

    my $on = $kind eq 'on' ? q{ consent on;
        consent_secret_file %%DIR%%/key;
        location /off/ { alias %%DIR%%/html/; consent off; }
        location /open/ { alias %%DIR%%/html/; consent_links off; }
        location /open-proxy/ { proxy_pass http://127.0.0.1:%%PORT1%%/;
                                consent_links off; } }
        : q{ location /off/ { alias %%DIR%%/html/; }
             location /open/ { alias %%DIR%%/html/; }
             location /open-proxy/ { proxy_pass http://127.0.0.1:%%PORT1%%/; } };

    $t->server($on . $settings, $http);
}

# the whole answer, but for the time and the port

sub raw {
    my ($kind, $method, $uri, %o) = @_;

    my $t = $site{$kind};
    my $s = $t->connect;
    print $s $t->make_request($method, $uri, %o);
    my $buf = '';
    1 while sysread($s, $buf, 65536, length $buf);

    my $port = $t->port;
    $buf =~ s/:$port\b/:PORT/g;
    $buf =~ s/^Date: .*/Date: now/m;
    return $buf;
}

my @requests;

for my $place ('', '/gz', '/ssi', '/sub', '/slice', '/proxy', '/direct',
               '/cached')
{
    for my $f (qw(index.html x.css d.json i.png noext empty.html f.xml none)) {
        push @requests, [ 'GET', "$place/$f" ], [ 'HEAD', "$place/$f" ],
            [ 'GET', "$place/$f", headers => [ Range => 'bytes=5-20' ] ],
            [ 'GET', "$place/$f", headers => [ 'If-None-Match' => '"e"',
                                               'Sec-Fetch-Dest' => 'style',
                                               Cookie => '_ga=1; b=2' ] ],
            [ 'GET', "$place/$f", headers =>
                [ 'If-Modified-Since' => $date,
                  'Sec-Fetch-Dest' => 'image' ] ],
            [ 'GET', "$place/$f", http => '1.0' ],
            [ 'GET', "$place/$f", headers =>
                [ 'Accept-Encoding' => 'gzip' ] ];
    }
}

push @requests, map { [ GET => $_ ] } '/moved', '/text', '/add',
                '/_consent/', '/.well-known/gpc.json', '/../x', '/%00';
push @requests, [ 'POST', '/index.html', body => 'x' ],
                [ 'PUT', '/index.html', body => 'x' ],
                [ 'GET', '/_consent/state' ];

my @differ;

for my $r (@requests) {
    my $a = raw('without', @$r);
    my $b = raw('loaded', @$r);
    push @differ, join(' ', map { ref $_ ? "@$_" : $_ } @$r) if $a ne $b;
}

is(join("\n", @differ), '', scalar(@requests)
   . ' answers of a module that is loaded only: not a byte is different');

is(scalar($site{loaded}->log_lines(qr/^(?!.*request:).*consent(?!-test)/)), 0,
   'and not a word in the log');


# with it on: what is no page

my @other = grep { $_->[1] =~ m{^/(gz/|ssi/|sub/|slice/)?(x\.css|d\.json|i\.png)} }
            @requests;

@differ = ();

for my $r (@other) {
    my $a = raw('without', @$r);
    my $b = raw('on', @$r);
    next if $a eq $b;

    # tracker cookies are another matter
    next if $r->[1] =~ /slice/ && $a =~ s/^(Set-Cookie|X-Cookie).*\r\n//mgr
                               eq $b =~ s/^(Set-Cookie|X-Cookie).*\r\n//mgr;
    push @differ, join(' ', map { ref $_ ? "@$_" : $_ } @$r);
}

is(join("\n", @differ), '', scalar(@other)
   . ' answers that are no pages: the same');

# and pages under "off"

@differ = ();

for my $o ([], [ http => '1.0' ], [ headers => [ Range => 'bytes=5-20' ] ],
           [ headers => [ 'If-Modified-Since' => $date ] ],
           [ headers => [ 'Accept-Encoding' => 'gzip' ] ],
           [ headers => [ Cookie => '_ga=1' ] ])
{
    push @differ, "@$o" if raw('without', 'GET', '/off/index.html', @$o)
                           ne raw('on', 'GET', '/off/index.html', @$o);
}

is(join("\n", @differ), '', 'a page under "consent off": the same');

# all agreed to, nothing to add: bytes and headers as they were, but that it
# is said for whom they are

my $t = $site{on};
my $accept = $t->choose('accept');

sub ours { $_[0] =~ s/^(Consent-State|Vary|Cache-Control): .*\r\n//mgr }

for my $uri ('/open/index.html', '/open-proxy/index.html') {
    for my $o ([], [ http => '1.0', host => 'localhost' ],
               [ headers => [ 'Accept-Encoding' =>
                                                     'gzip' ] ],
               [ headers => [ Range => 'bytes=5-20' ] ])
    {
        next if $uri =~ /proxy/ && ref $o->[1] && $o->[1][0] eq 'Range';
        my $a = ours(raw('without', 'GET', $uri, @$o));
        my $b = ours(raw('on', 'GET', $uri, @$o, cookie => $accept));
        s/^X-Cookie: .*\r\n//m for $a, $b;
        is($b, $a, "$uri, agreed, nothing to add ("
                   . join(' ', map { ref $_ ? @$_ : $_ } @$o) . ')');
    }
}

# by sendfile, which is what a pool of buffers would not do

SKIP: {
    my $strace = (grep { -x "$_/strace" } split /:/, $ENV{PATH} || '')[0];
    my ($worker) = slurp($t->dir . '/nginx.pid') =~ /(\d+)/;

    skip('no strace', 4) unless $strace;

    my $calls = sub {
        my ($uri, %o) = @_;
        my $out = $t->dir . '/strace';
        unlink $out, $t->dir . '/strace.err';

        my $pid = fork();
        if ($pid == 0) {
            open(STDERR, '>', $t->dir . '/strace.err');
            exec 'strace', '-p', $worker, '-o', $out, '-e',
                 'trace=sendfile,sendfile64,pread64,preadv,writev'
                or POSIX::_exit(127);
        }

        for (1 .. 200) {
            last if -e $t->dir . '/strace.err'
                    && slurp($t->dir . '/strace.err') =~ /attached|ermitted/;
            select undef, undef, undef, 0.01;
        }

        $t->get($uri, %o);
        kill 'INT', $pid;
        waitpid $pid, 0;
        return -e $out ? slurp($out) : '';
    };

    # sendfile has to be on, and this be allowed

    my $s = Test::Consent->new;
    $s->file('html/index.html', $page);
    $s->file('html/i.png', 'x' x 70000);
    $s->file('key', 'a1' x 32 . "\n", 0600);
    $s->server('consent on; consent_secret_file %%DIR%%/key; sendfile on;
                location /open/ { alias %%DIR%%/html/; consent_links off; }
                location /off/ { alias %%DIR%%/html/; consent off; }');
    ($t, $worker) = ($s, slurp($s->dir . '/nginx.pid') =~ /(\d+)/);
    $accept = $s->choose('accept');

    my $try = $calls->('/off/index.html');

    skip('strace may not look on', 4) unless $try =~ /sendfile/;

    like($calls->('/i.png'), qr/^sendfile/m, 'an image: by sendfile');
    my $c = $calls->('/open/index.html', cookie => $accept);
    like($c, qr/^sendfile/m, 'all agreed to, nothing to add: by sendfile');
    unlike($c, qr/^pread64\([^)]*doctype/m, 'and not read');
    $c = $calls->('/open/index.html');
    unlike($c, qr/^sendfile/m, 'a page that is rewritten: not, of course');
}

done_testing();
