#!/usr/bin/perl

# A module built where libbrotlidec and libzstd are not: what comes in their
# codings is closed as what cannot be read, and the rest is read as ever.
# Building it takes a minute of a small machine: only in the full test.

use lib 't/lib';
use Test::Consent;
use Test::Consent::Coding;

plan(skip_all => 'builds a module (set CONSENT_FULL=1)')
    unless $ENV{CONSENT_FULL};
plan(skip_all => 'a module for the nginx of the system only')
    if $ENV{TEST_NGINX_BINARY};

my $t = Test::Consent->new;
my $root = Test::Consent->root;

my $page = '<!doctype html><html lang=en><head><title>t</title></head><body>'
           . '<script src="https://www.google-analytics.com/a.js"></script>'
           . '</body></html>';

my %lib = (br => 'brotlidec', zstd => 'zstd', gzip => 'z');
my @codings = grep { has_coding($_) } qw(gzip br zstd);
my %body = map { $_ => encode($_, $page) } @codings;

$t->upstream(sub {
    my ($c, $r) = @_;
    my ($coding) = $r->{uri} =~ m{^/(\w+)};

    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
             . "Content-Encoding: $coding\r\nContent-Length: "
             . length($body{$coding}) . "\r\n\r\n$body{$coding}";
});

$t->file('key', 'a1' x 32 . "\n", 0600);

# the one that "make build" made knows all that Debian has

sub links_to {
    my ($module, $coding) = @_;
    return $t->run('ldd', $module) =~ /lib$lib{$coding}\.so/ ? 1 : 0;
}

for my $coding (@codings) {
    is(links_to(Test::Consent->module, $coding), 1, "as built: $coding");
}

my $build = $t->dir . '/build';

local $ENV{CONSENT_WITHOUT} = 'brotli zstd';
my $out = $t->run("$root/src/build/module.sh", $build);

is($?, 0, 'it builds without the two') or diag($out);

my $module = "$build/ngx_http_consent_module.so";
local $ENV{TEST_NGINX_MODULE} = $module;

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    proxy_http_version 1.1;
    location / { proxy_pass http://127.0.0.1:%%PORT1%%; }
    location /pass/ { consent_undecodable pass;
                      proxy_pass http://127.0.0.1:%%PORT1%%/; }
});

for my $coding (@codings) {
    my $r = $t->get("/$coding");
    my $csp = join(', ', $r->headers('Content-Security-Policy'));

    if ($coding eq 'gzip') {
        is(links_to($module, $coding), 1, 'gzip: the library is there');
        unlike($csp, qr/default-src/, 'gzip needs no policy');
        like($r->body, qr/data-consent="blocked"/, 'gzip is read and gated');
        next;
    }

    is(links_to($module, $coding), 0, "$coding: the library is not there");
    is($r->body, $body{$coding}, "$coding leaves as it came");
    is($r->header('Content-Encoding'), $coding, "$coding says what it is");
    like($csp, qr/default-src 'self'/, "$coding is closed by a policy");

    my $p = $t->get("/pass/$coding");
    is($p->header('Content-Security-Policy'), undef,
       "$coding is passed where the operator says so");
    is($p->body, $body{$coding}, "$coding is passed as it is");
}

like($t->error_log, qr/unknown content coding/, 'and the log says so');

done_testing();
