#!/usr/bin/perl

# The texts: every language has every text, and the generated C is what the
# sources make.

use lib 't/lib';
use Test::Consent;

chdir Test::Consent->root;

plan(skip_all => 'no node') unless grep { -x "$_/node" }
                                        split /:/, $ENV{PATH} || '';

my $said = `node src/ui/generate.mjs --check 2>&1`;
is($?, 0, 'src/ui: texts are complete, generated files are up to date')
    or diag($said);

my @langs = map { m{([\w-]+)\.json$} } glob('src/ui/lang/*.json');

for my $tag (qw(bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt
                ro sk sl sv ar ca he hi id is ja ko nb ru sr th tr uk vi
                zh-Hans zh-Hant))
{
    ok(scalar(grep { $_ eq $tag } @langs), "there is $tag");
}

done_testing();
