#!/usr/bin/perl

# What an attacker may try with a request alone: names of the endpoint in other
# words, hosts with markup in them, a body that is a request, words that end up
# in the page, in JSON, in headers, in the log or in the ledger; and who may
# read what is written.

use lib 't/lib';
use Test::Consent;

use JSON::PP;

my @way = ([ 'slashes merged', '' ], [ 'merge_slashes off',
                                       'merge_slashes off;' ]);

for (@way) {
    my ($name, $conf) = @$_;
    my $t = site($conf);

    paths($t, $name);
    bodies($t) if !$conf;
    words($t) if !$conf;

    $t->stop;
    written($t) if !$conf;
}

done_testing();


sub site {
    my ($conf) = @_;
    my $t = Test::Consent->new(log_level => 'notice');

    $t->file('key', 'a1' x 32 . "\n", 0600);
    $t->file('html/index.html', '<!doctype html><html lang="en"><head>'
        . '<title>t</title></head><body><p>Own.</p></body></html>');
    $t->file('html/base.html', '<!doctype html><html lang="en"><head>'
        . '<title>t</title><base href="https://elsewhere.test/"></head>'
        . '<body><p>Own.</p></body></html>');
    $t->file('html/_consent/file.txt', 'a file of the site');
    $t->file('html/files/file.txt', 'a file of the site');
    $t->file('secret.txt', 'none of anybody');

    $t->server(qq{
        consent on;
        consent_secret_file %%DIR%%/key;
        consent_log %%DIR%%/ledger.jsonl;
        $conf
        location /files/ { alias %%DIR%%/html/files/; }
        location /a/ { alias %%DIR%%/html/; }
        access_log %%DIR%%/logs/seen.log seen;
    }, 'log_format seen "$request|$status|$http_host|$consent_basis";');

    return $t;
}


# whatever it is called, it is the endpoint with all that protects it, or it
# is not the endpoint

sub paths {
    my ($t, $way) = @_;
    my $state = $t->get('/_consent/state')->body;
    my $merged = $way eq 'slashes merged';

    my %same = map { $_ => 1 } '/_consent/./state', '/x/../_consent/state',
        '/%5fconsent/state', '/_consent%2fstate', '/_consent/%73tate',
        '/./_consent/state', '/_consent/x/../state',
        $merged ? ('//_consent/state', '/_consent//state',
                   '/_consent/%2fstate') : ();

    my @other = ('/_CONSENT/state', '/_Consent/state', '/_consent;/state',
        '/_consent;x=1/state', '/_consent/state;', '/_consent/state/',
        '/_consent/state%00', '/_consent/state%20', '/_consent\\state',
        '/_consent/..%2fstate', '/%252fconsent/state', '/_consentx/state',
        '/files/../../_consent/state', '/files../secret.txt',
        '/_consent/../secret.txt', '/_consent/%2e%2e/secret.txt',
        '/_consent/..%2f..%2fsecret.txt', '/a/../../secret.txt',
        '/_consent/file.txt',
        $merged ? () : ('//_consent/state', '/_consent//state',
                        '/_consent/%2fstate'));

    my (@wrong, @set);

    for my $uri (sort keys %same, @other) {
        my $r = $t->raw("GET $uri HTTP/1.1\r\nHost: localhost\r\n"
                        . "Connection: close\r\n\r\n");

        push @wrong, "$uri: " . $r->status
            if $same{$uri} ? $r->body ne $state
                           : $r->status == 200 && $r->body eq $state
                             || $r->body =~ /none of anybody|a file of/;
        push @set, "GET $uri" if $r->header('Set-Cookie');

        # nor by a page of another site

        for my $path ($uri, $uri =~ s/state.*//r) {
            my $form = 'choice=accept';
            $r = $t->raw("POST $path HTTP/1.1\r\nHost: localhost\r\n"
                . "Origin: https://evil.test\r\nSec-Fetch-Site: cross-site\r\n"
                . "Content-Type: application/x-www-form-urlencoded\r\n"
                . 'Content-Length: ' . length($form) . "\r\n"
                . "Connection: close\r\n\r\n$form");
            push @set, "POST $path" if $r->header('Set-Cookie')
                                       || $r->status =~ /^[23]/;
        }
    }

    is_deeply(\@wrong, [], "$way: the endpoint by another name is the same, "
              . 'or none, and no way to a file');
    is_deeply(\@set, [], "$way: by none of them is a choice made for somebody");
}


# a body that looks like a request is none, whatever the answer

sub bodies {
    my ($t) = @_;
    my $in = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    my $long = $in . 'x' x 5000;

    my %request = (
        'a form that is none' => [ 'POST /_consent/', $in,
            'Content-Type: application/x-www-form-urlencoded' ],
        'another type' => [ 'POST /_consent/', $in, 'Content-Type: text/x' ],
        'too long' => [ 'POST /_consent/', $long,
            'Content-Type: application/x-www-form-urlencoded' ],
        'of another site' => [ 'POST /_consent/', $in,
            'Content-Type: application/x-www-form-urlencoded',
            'Origin: https://evil.test' ],
        'of a method that is none' => [ 'PUT /_consent/', $in ],
        'of a GET' => [ 'GET /_consent/state', $in ],
        'of a name that is none' => [ 'POST /_consent/none', $in ],
        'of a report that is none' => [ 'POST /_consent/csp', $in,
            'Content-Type: application/csp-report' ],
        'of a page' => [ 'GET /', $in ],
    );

    for my $name (sort keys %request) {
        my ($line, $body, @h) = @{$request{$name}};

        for my $chunked (0, 1) {
            my $s = $t->connect;
            my $head = join '', map { "$_\r\n" } "$line HTTP/1.1",
                'Host: localhost', @h;

            print $s $chunked
                ? "${head}Transfer-Encoding: chunked\r\n\r\n"
                  . sprintf("%x\r\n%s\r\n0\r\n\r\n", length $body, $body)
                : "${head}Content-Length: " . length($body) . "\r\n\r\n$body";
            print $s "GET /last HTTP/1.1\r\nHost: localhost\r\n"
                . "Connection: close\r\n\r\n";
            1 while sysread($s, my $buf, 65536);
        }
    }

    # two lengths, and a length with a coding: nginx's own, and before ours

    for my $h ("Content-Length: 5\r\nContent-Length: 6",
               "Content-Length: 5\r\nTransfer-Encoding: chunked")
    {
        my $r = $t->raw("POST /_consent/ HTTP/1.1\r\nHost: localhost\r\n$h\r\n"
                        . "Connection: close\r\n\r\n0\r\n\r\n$in");
        is($r->status, 400, $h =~ s/\r\n.*:/ and/r . ': refused');
    }

    my $log = slurp($t->dir . '/logs/seen.log');
    unlike($log, qr/smuggled/, 'no body is taken for a request');
    like($log, qr/^GET \/last /m, 'and what comes after it is one');
}


# words of a request do not get out of where they are put

sub words {
    my ($t) = @_;
    my $bad = q{"'><script>alert(1)</script><!--};
    my @host = ('evil.test', 'a"b', q{a'b}, 'q><zz', 'localhost:80"x', 'a;b',
                'a,b', 'localhost%22', '[::1]"', "localhost\t\"");

    my (@out, @answers);

    for my $uri ('/base.html', '/_consent/', '/_consent/vendors',
                 '/_consent/frame?c=marketing&u=https://t.test/', '/')
    {
        for my $host (@host) {
            my $r = $t->raw("GET $uri HTTP/1.1\r\nHost: $host\r\n"
                            . "Connection: close\r\n\r\n");
            push @answers, $r->status;
            (my $bare = $host) =~ s/^[\w.:]+(?=[^\w.:])//;
            next if $r->status != 200 || $bare !~ /["'<>]/;
            push @out, "$uri, host $host: $1"
                if $r->body =~ /(.{0,60}\Q$host\E.{0,20})/s;
        }
    }

    is_deeply(\@out, [], 'a host does not end the attribute it is put into');
    ok(grep({ $_ == 200 } @answers), 'and pages are served');

    my $q = $bad =~ s/([^\w])/sprintf '%%%02X', ord $1/ger;

    for my $uri ("/_consent/?return=$q", "/_consent/frame?c=$q&u=$q",
                 "/_consent/frame?c=marketing&u=https://t.test/$q",
                 "/_consent/vendors?format=$q", "/_consent/$q",
                 "/_consent/notice/$q")
    {
        my $r = $t->get($uri, headers => [ 'Accept-Language' => $bad,
            Cookie => "ngx_consent=$bad", Referer => "http://localhost/$bad" ]);
        unlike($r->body, qr/<script>alert/, substr($uri, 0, 24)
               . ': what it was asked with is escaped');
        unlike($r->head, qr/alert/, 'and in no field');
    }

    for my $back ("/x\r\nSet-Cookie: a=b", "/\t\n/evil.test", '//evil.test',
                  '/\\evil.test', 'https://evil.test/', "/a\"b<c>'")
    {
        my $r = $t->post('/_consent/', [ choice => 'accept', return => $back,
                                         lang => $bad ]);
        my $to = $r->header('Location') // '';
        like($to, qr{^/(?![/\\])[!#-;=?-~]*$}, 'the way back stays here: '
             . ($to || $r->status));
        my @set = $r->head =~ /^Set-Cookie:/gmi;
        cmp_ok(scalar @set, '<=', 1, 'and sets no other cookie');
    }
}


# the ledger: a line each, JSON each, read by its owner and its group

sub written {
    my ($t) = @_;
    my @lines = split /\n/, slurp($t->dir . '/ledger.jsonl');

    is(scalar(grep { eval { decode_json($_); 1 } } @lines), scalar @lines,
       'each line of the ledger is JSON, all ' . @lines);
    cmp_ok(scalar @lines, '>', 4, 'and there are some');
    is(scalar(grep { /[\x00-\x1f<>]|alert\(/ } @lines), 0,
       'without a word that nobody vouches for');

    my @files = grep { -f } glob("$t->{dir}/ledger*"),
                            glob("$t->{dir}/ledger.jsonl.notices/*");
    cmp_ok(scalar @files, '>', 1, 'what is written lies in files');
    my @open = grep { (stat $_)[2] & 07 } @files;
    is_deeply(\@open, [], 'it is nothing for others to read');

    unlike($t->error_log, qr/<script>[^"]*\n[^\d]/, 'the log has lines alone');
}
