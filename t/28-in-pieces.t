#!/usr/bin/perl

# A body without a type is looked at for HTML as browsers do it, in whatever
# pieces it comes: white space first, half of "<?xml", nothing at all.  And what
# consent report has to read of a page that is coded is read, and left as it is.

use lib 't/lib';
use Test::Consent;

use Compress::Zlib;
use JSON::PP;

my $T = 'https://tracker.test';
my $html = "<!doctype html><title>t</title><p>x<img src=\"$T/p.gif\">";
my $xml = "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\">"
    . "<head><script src=\"$T/a.js\"/></head><body/></html>";

# what comes in which pieces, and whether it is a page

my %body = (
    'white space, then a page' => [ 1, " \n", "\t ", $html ],
    'white space, byte by byte' => [ 1, (' ') x 12, split(//, "<!d"),
                                     substr($html, 3) ],
    'a page, byte by byte' => [ 1, split(//, substr($html, 0, 20)),
                                substr($html, 20) ],
    'much white space' => [ 1, ' ' x 600, ' ' x 600, $html ],
    'white space, then text' => [ 0, " \n", ' ', "text of $T/p.gif <img>" ],
    'text, byte by byte' => [ 0, split //, "a <img src=$T/p.gif>" ],
    'white space alone' => [ 0, ' ', "\n", ' ' ],
    'nothing' => [ 0 ],
    'less than "<?xml"' => [ 0, '<', '?', 'x' ],
    '"<?xml" in pieces' => [ 0, '<?', 'xm', 'l version="1.0"?><a/>' ],
    'white space, XML in pieces' => [ 0, ' ', "\n", "<?xml?><a b=\"$T\"/>" ],
);

my @names = sort keys %body;
my $t = Test::Consent->new;

$t->file('key', 'a1' x 32 . "\n", 0600);

$t->upstream(sub {
    my ($c, $req) = @_;

    if ($req->{uri} =~ m{/gzip}) {
        my $body = Compress::Zlib::memGzip($html x 50);
        print $c "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
            . 'Content-Length: ' . length($body) . "\r\n"
            . "Content-Encoding: gzip\r\nConnection: close\r\n\r\n$body";
        return;
    }

    my ($n) = $req->{uri} =~ m{/(\d+)} or return;
    my (undef, @pieces) = @{$body{$names[$n]}};
    $c->autoflush(1);
    print $c "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

    for (@pieces) {
        select undef, undef, undef, 0.01;
        print $c $_;
    }
});

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    consent_block marketing tracker.test;
    location / { proxy_pass http://127.0.0.1:%%PORT1%%;
                 proxy_buffering off; }
    location /report/ { consent report;
                        proxy_pass http://127.0.0.1:%%PORT1%%; }
    location = /status { consent_status; }
}, 'consent_zone consent:1m;');

for my $i (0 .. $#names) {
    my $name = $names[$i];
    my ($page, @pieces) = @{$body{$name}};
    my $r = $t->get("/$i");
    my $whole = join '', @pieces;

    is($r->status, 200, "$name: it comes");

    if ($page) {
        unlike($r->body, qr/\ssrc="\Q$T\E/, "$name: is read as a page");
        like($r->body, qr/data-src="\Q$T\E/, 'what loads is withheld');
        like($r->body, qr/^\s*<!doctype html>/, 'and all of it is there');

    } else {
        is($r->body, $whole, "$name: is left as it is");
    }
}

# consent report

for my $accept ('gzip', 'identity') {
    my $r = $t->get("/report/gzip",
                    headers => [ "Accept-Encoding" => $accept ]);
    my $body = $r->header('Content-Encoding')
               ? Compress::Zlib::memGunzip($r->body) : $r->body;
    is($body, $html x 50, "report, for $accept: byte for byte");
}

my $s = decode_json($t->get('/status?format=json')->body);
my ($n) = grep { ($_->{consent} // '') eq 'report'
                 && ($_->{type} // '') eq 'image' } @{$s->{elements} // []},
          @{$s->{blocked} // []};
cmp_ok($n->{count} // 0, '>=', 100, 'and what it would block is counted')
    or diag(explain($s));

done_testing();
