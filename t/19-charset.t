#!/usr/bin/perl

# What is put into <head> takes the room in which browsers look for a
# <meta charset>: the 1024 first bytes.  The header says it, then.

use lib 't/lib';
use Test::Consent;

my $t = Test::Consent->new;

sub page {
    my ($meta, $before) = @_;
    return '<!doctype html><html><head>' . ($before // '') . $meta
           . '<title>t</title></head><body><p>text</p></body></html>';
}

my %page = (
    utf8   => page('<meta charset="utf-8">'),
    upper  => page('<META CHARSET=UTF8>'),
    gbk    => page('<meta http-equiv="Content-Type" content="text/html; '
                   . 'charset=gb2312">'),
    latin  => page('<meta charset=iso-8859-1>'),
    none   => page(''),
    late   => page('<meta charset=windows-1251>', '<!--' . 'x' x 1100 . '-->'),
    quoted => page('<!-- <meta charset=big5> -->'),
);

$t->file("html/$_.html", $page{$_}) for keys %page;
$t->file('key', 'a1' x 32 . "\n", 0600);

$t->server(q{
    consent on;
    consent_secret_file %%DIR%%/key;
    location /header/ { alias %%DIR%%/html/; charset windows-1252; }
    location /off/ { alias %%DIR%%/html/; consent off; }
});

my %says = (utf8 => 'utf-8', upper => 'utf-8', gbk => 'gbk',
            latin => 'windows-1252');

for my $name (sort keys %page) {
    my $want = 'text/html' . ($says{$name} ? "; charset=$says{$name}" : '');

    is($t->get("/$name.html")->header('Content-Type'), $want,
       "$name: " . ($says{$name} ? 'what its <meta> says' : 'nothing'));
}

is($t->get('/header/utf8.html')->header('Content-Type'),
   'text/html; charset=windows-1252', 'a charset in the header stands');
is($t->get('/off/utf8.html')->header('Content-Type'), 'text/html',
   'consent off: as it was');

done_testing();
