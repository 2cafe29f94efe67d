#!/usr/bin/perl

# A page's own Content-Security-Policy: it arrives as it was sent, what we
# put in keeps to it, and where it forbids something of ours the page works
# without and the log says once what to add.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;

$t->file('key', 'a1' x 32 . "\n", 0600);

my $page = '<!doctype html><html><head><title>t</title></head><body><p>x'
           . '<script src="https://www.google-analytics.com/a.js"></script>'
           . '</body></html>';

sub quote { my ($s) = @_; $s =~ s/([^A-Za-z0-9])/sprintf '%%%02x', ord $1/ge;
            $s }

$t->upstream(sub {
    my ($c, $r) = @_;
    my @csp = $r->{uri} =~ /csp=([^&]*)/g;
    my ($name) = $r->{uri} =~ /name=([^&]*)/;
    $name //= 'Content-Security-Policy';
    s/%(..)/chr hex $1/ge for @csp;

    print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
             . join('', map { "$name: $_\r\n" } @csp)
             . 'Content-Length: ' . length($page) . "\r\n\r\n$page";
});

# a place for each test, for each logs once

my $n = 0;
my $locations = join '', map { "location /$_/ { consent_controller c$_;
    proxy_pass http://127.0.0.1:%%PORT1%%; }" =~ s/consent_controller \S+;//r }
    1 .. 60;

$t->server("consent on; consent_secret_file %%DIR%%/key; $locations
            location /csp/ { consent_csp enforce;
                             proxy_pass http://127.0.0.1:%%PORT1%%; }");

my $accept = $t->choose('accept');

# what a policy leads to: the log's lines about it, and the page

sub with {
    my (@csp) = @_;

    my $log = length $t->error_log;
    $n++;
    my $uri = "/$n/?" . join '&', map { 'csp=' . quote($_) } @csp;
    my $r = $t->get($uri);
    $t->get($uri) for 1 .. 2;

    my @lines = grep { /Content-Security-Policy forbids/ }
                split /\n/, substr($t->error_log, $log);
    my %said = map { $_ => 0 } qw(script-src style-src form-action
                                  connect-src sandbox);
    for my $l (@lines) {
        my ($what) = $l =~ /add \S+ to its ([\w-]+)/;
        $said{$what}++;
    }

    my @got = $r->headers('Content-Security-Policy');
    pop @got if @got && $got[-1] eq "frame-ancestors 'self'";

    is(join("\n", @got), join("\n", @csp), "as sent: @csp");
    ok($r->complete && $r->body =~ /data-consent="blocked"/,
       'a page, trackers withheld');
    like($r->body, qr/<button name="choice"|<button [^>]*name="choice"/,
         'its notice has a form');
    unlike($r->body, qr/<style|\son\w+=|\sstyle=|<script(?![^>]*src=)[^>]*>/,
           'nothing inline is put in');
    is(join(' ', grep { $said{$_} > 1 } sort keys %said), '',
       'nothing is said twice');

    return ($r->body, join(' ', grep { $said{$_} } sort keys %said));
}

sub inserted {
    my ($b) = @_;
    return grep { m{"/_consent/} } $b =~ /<(?:script|link)\b[^>]*>/g;
}

my ($b, $said);

# policies that let our own files through

for my $csp ("default-src 'self'",
             "default-src 'none'; script-src 'self'; style-src 'self'; "
             . "form-action 'self'; connect-src 'self'",
             "default-src *", "default-src https: http:",
             "default-src localhost", "default-src http://localhost",
             "DEFAULT-SRC 'SELF'",
             "script-src 'self' https://www.googletagmanager.com",
             "style-src-elem 'self'; style-src 'none'",
             "img-src 'none'; frame-ancestors 'none'; object-src 'none'",
             "upgrade-insecure-requests",
             "sandbox allow-forms allow-scripts allow-same-origin",
             "script-src 'self' 'self'; script-src 'none'", ";; ,;", "'self'")
{
    (undef, $said) = with($csp);
    is($said, '', 'and nothing to say');
}

# nonces: theirs is ours

($b, $said) = with("script-src 'nonce-r4nd0m+/=='; style-src 'self'");
my @in = inserted($b);
cmp_ok(scalar(@in), '>', 0, 'a nonce: files of ours are in the page');
is(scalar(grep { /^<script/ && !/ nonce="r4nd0m\+\/=="/ } @in), 0,
   'each script carries the nonce');
is($said, '', 'and nothing to say');

($b, $said) = with("script-src 'strict-dynamic' 'nonce-abc' https:; "
                   . "style-src 'nonce-abc'; object-src 'none'");
is(scalar(grep { !/ nonce="abc"/ } inserted($b)), 0,
   "'strict-dynamic': everything carries the nonce");
is($said, '', 'and nothing to say');

($b, $said) = with("script-src 'nonce-abc'", "script-src 'nonce-abc' 'self'");
is($said, '', 'two policies, one nonce: nothing to say');
($b, $said) = with("script-src 'nonce-abc'", "script-src 'nonce-def'");
is($said, 'script-src', 'two policies, two nonces: forbidden by the second');
(undef, $said) = with("default-src 'self', script-src 'none'");
is($said, 'script-src', 'two policies in one line: the second counts, too');

# policies that forbid something of ours

for my $case (
    [ "script-src 'none'" => 'script-src' ],
    [ "script-src 'sha256-abc='" => 'script-src' ],
    [ "script-src https://cdn.example.com" => 'script-src' ],
    [ "script-src localhost/js/" => 'script-src' ],
    [ "script-src *.localhost" => 'script-src' ],
    [ "script-src 'self' 'strict-dynamic'" => 'script-src' ],
    [ "script-src-elem 'none'; script-src 'self'" => 'script-src' ],
    [ "style-src 'none'" => 'style-src' ],
    [ "style-src 'unsafe-inline'" => 'style-src' ],
    [ "style-src 'nonce-abc'; script-src 'self'" => 'style-src' ],
    [ "form-action 'none'" => 'form-action' ],
    [ "form-action https://pay.example" => 'form-action' ],
    [ "form-action" => 'form-action' ],
    [ "connect-src 'none'" => 'connect-src' ],
    [ "default-src 'none'" => 'connect-src script-src style-src' ],
    [ "sandbox allow-scripts" => 'sandbox' ])
{
    my ($csp, $want) = @$case;
    ($b, $said) = with($csp);
    is($said, $want, "$csp: the log says what to add, once");
    unlike($b, qr/<link[^>]*stylesheet[^>]*"\/_consent/,
           'no style sheet that would not load') if $want =~ /style/;
    like($b, qr/<a [^>]*href="\/_consent\/"/, 'the link to the choices works');
}

# report-only, and a page without one, are no reason

my $r = $t->get('/59/?name=Content-Security-Policy-Report-Only&csp='
                . quote("default-src 'none'"));
is($r->header('Content-Security-Policy-Report-Only'), "default-src 'none'",
   'report-only: as sent');
is(scalar($t->log_lines(qr/"\/59\/.*forbids/)), 0, 'and nothing to say');

# all agreed to: the page's policy alone

$r = $t->get('/58/?csp=' . quote("default-src 'self'"), cookie => $accept);
is(join("\n", $r->headers('Content-Security-Policy')), "default-src 'self'",
   'agreed: the page\'s own policy and no other');

# with consent_csp: beside it, never in its place

$r = $t->get('/csp/?csp=' . quote("default-src 'self'; img-src *"));
my @csp = $r->headers('Content-Security-Policy');
is($csp[0], "default-src 'self'; img-src *", 'consent_csp: the page\'s own');
cmp_ok(scalar(@csp), '>=', 2, 'and ours beside it');
ok(!(grep { /img-src \*/ } @csp[1 .. $#csp]), 'which does not repeat it');

done_testing();
