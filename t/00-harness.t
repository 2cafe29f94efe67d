#!/usr/bin/perl

# The harness itself, with the module loaded and not used: nginx behaves as
# without it.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new(master => 1, no_module => 1);

my $page = "<!doctype html><html><head><title>t</title></head>"
           . "<body><p>text</p></body></html>\n";

$t->file('html/index.html', $page);
$t->upstream(sub {
    my ($c, $r) = @_;
    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
             . "Connection: close\r\n\r\n<p>one";
    select undef, undef, undef, 0.3;
    print $c "<p>two $r->{method} $r->{uri}";
});
$t->server('location /up { proxy_buffering off;
                           proxy_pass http://127.0.0.1:%%PORT1%%; }');

my $r = $t->get('/');
is($r->status, 200, 'a page comes');
is($r->body, $page, 'as it is in the file');
is($r->header('Consent-State'), undef, 'off is the default: no header');
is($r->header('Content-Length'), length $page, 'its length is said');
ok($r->header('ETag'), 'its ETag too');

is($t->head('/')->body, '', 'HEAD has no body');
is($t->get('/', http => '1.0')->status, 200, 'HTTP/1.0');
is($t->get('/nothing')->status, 404, 'no page');
is($t->raw($t->make_request('GET', '/'), split => 7)->status, 200,
   'a request in small pieces');

my @r = $t->pipeline(map { $t->make_request('GET', '/', keepalive => 1) }
                     1 .. 3);
is(join(' ', map { $_->status } @r), '200 200 200', 'pipelined requests');

$r = $t->get('/up/x');
is($r->body, '<p>one<p>two GET /up/x', 'an upstream answers');
cmp_ok(scalar @{$r->chunks}, '>=', 2, 'in pieces, as it sends them');

$t->reload;
is($t->get('/')->status, 200, 'after a reload');

my ($ok, $out) = $t->test_server('consent_nonsense on;');
ok(!$ok, 'an unknown directive is an error');
like($out, qr/unknown directive "consent_nonsense"/, 'nginx -t says so');

done_testing();
