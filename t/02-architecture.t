#!/usr/bin/perl

# The shape of the code: the core knows no nginx, dependencies point one way,
# every source is in the list that builds use.

use lib 't/lib';
use Test::Consent;

chdir Test::Consent->root;

my (%kind, @files);

for (split /\n/, slurp('src/sources.list')) {
    next if /^#|^\s*$/;
    my ($kind, $file) = split;
    $kind{$file} = $kind;
    push @files, $file;
}

is_deeply([ grep { !-f } @files ], [], 'every source listed is there');

is_deeply([ grep { !$kind{$_} }
            glob('src/core/*.c src/ui/*.c src/nginx/*.c src/catalog/*.c') ],
          [], 'every source there is listed');

is_deeply([ @files ], [ do { my %s; grep { !$s{$_}++ } @files } ],
          'none is listed twice');


# what each part may include of ours

my %may = (
    core    => qr{^(consent_\w+\.h|\.\./catalog/\w+\.h)$},
    catalog => qr{^(\.\./core/)?consent_\w+\.h$},
    ui      => qr{^(\.\./core/)?consent_(?!rewrite|html|rules|css)\w+\.h$},
);

for my $part (sort keys %may) {
    my (@wrong, @nginx);

    for my $f (glob("src/$part/*.c src/$part/*.h")) {
        my $text = slurp($f);
        while ($text =~ /^\s*#\s*include\s+"([^"]+)"/mg) {
            push @wrong, "$f: $1" if $1 !~ $may{$part};
        }
        push @nginx, $f if $text =~ /^\s*#\s*include\s+[<"](ngx_|nginx)/m
                           || $text =~ /\bngx_[a-z]+_t\b/;
    }

    is_deeply(\@wrong, [], "src/$part includes only what it may");
    is_deeply(\@nginx, [], "src/$part knows no nginx");
}

my %below = (
    html    => qr/rewrite|rules|state|cookie|ledger|list/,
    url     => qr/rewrite|rules|html|css|state|cookie|ledger|list/,
    css     => qr/rewrite|rules|html|state|cookie|ledger|list/,
    rules   => qr/rewrite|html|state|cookie|ledger/,
    cookie  => qr/rewrite|rules|html|css|url|state|ledger/,
    state   => qr/rewrite|rules|html|css|url|ledger/,
    ledger  => qr/rewrite|rules|html|css|url/,
);

my @wrong;

for my $name (sort keys %below) {
    for my $f (glob("src/core/consent_$name.[ch] src/core/consent_${name}_*.[ch]")) {
        my $text = slurp($f);
        # looking for bytes is nobody's: it includes nothing itself
        $text =~ s/^#include "consent_html_scan\.h"//mg;

        while ($text =~ /^\s*#\s*include\s+"consent_([a-z]+)\w*\.h"/mg) {
            push @wrong, "$f: consent_$1" if $1 =~ /^(?:$below{$name})$/;
        }
    }
}

is_deeply(\@wrong, [], 'in the core, too, dependencies point one way');

# no allocator of its own, no state of its own

my @alloc;

for my $f (glob('src/core/*.c')) {
    my $text = slurp($f);
    $text =~ s{/\*.*?\*/}{}gs;
    push @alloc, "$f: $1"
        if $text =~ /\b((?:m|c|re)alloc|strdup|asprintf)\s*\(/;
}

is_deeply(\@alloc, [], 'the core has no allocator of its own');

done_testing();
