package Pages;

# The pages that are measured: real ones where the test data is, else ones
# made up to the same proportions, the same each time.

use strict;
use warnings;

use Test::Consent;

my %real = (
    median => 'readability_dropbox-blog.html',
    large  => 'top1000_xinmin.cn.html',
    script => 'htmldate_computerbild.de-streamingcloud.html',
);


# name => bytes; "sample" is a list

sub all {
    my $dir = test_data('pages');
    my %p;

    if (defined $dir) {
        $p{$_} = slurp("$dir/$real{$_}") for keys %real;

        opendir(my $d, $dir) or die "$dir: $!\n";
        my @f = sort grep { /\.html$/ } readdir $d;
        $p{sample} = [ map { slurp("$dir/$f[$_]") }
                       grep { $_ % 12 == 5 } 0 .. $#f ];
        $p{origin} = 'real pages';

    } else {
        $p{median} = made(80, 8, 2, 1);
        $p{large} = made(1024, 13, 0, 2);
        $p{script} = made(1200, 3, 81, 3);
        $p{sample} = [ map { made($_ * 9, 8, $_ % 5 * 12, $_) } 3 .. 20 ];
        $p{origin} = 'made pages';
    }

    $p{small} = substr(made(2, 8, 10, 4), 0, 2048);

    return %p;
}


# KB, tags a KB, per cent of script, seed

sub made {
    my ($kb, $tags, $script, $seed) = @_;

    my $rand = sub {
        $seed = ($seed * 1103515245 + 12345) % 2147483648;
        return int($seed / 65536) % $_[0];
    };

    my @words = qw(the city council voted on new measures that would bring
                   more light to streets where people live work and play);
    my @open = ('<p>', '<div class="text-block wide">', '<span>', '<b>',
                '<a href="/news/2026/story-about-it.html">',
                '<img src="/img/a-picture.jpg" width="640" alt="View">',
                '<li class="item">', '<em>', '<br>',
                '<a class="link" href="https://other.example/page">');
    my %close = ('<p>' => '</p>', '<span>' => '</span>', '<b>' => '</b>',
                 '<em>' => '</em>');

    my $s = "<!DOCTYPE html>\n<html lang=\"en\"><head>"
            . "<meta charset=\"utf-8\"><title>A page</title>\n"
            . "<link rel=\"stylesheet\" href=\"/style.css\">\n"
            . "<script src=\"https://www.google-analytics.com/analytics.js\">"
            . "</script></head><body>\n";
    my $code = 0;

    while (length $s < $kb * 1024) {

        if ($script && $code * 100 < $script * length $s) {
            my $t = "<script>var settings = {\n";

            $t .= "  \"$words[$rand->(20)]-" . $rand->(999)
                  . "\": [$seed, 'a \"text\" here', function (a, b) {"
                  . " return a.value + b; }],\n" for 1 .. 60;
            $t .= "};</script>\n";
            $s .= $t;
            $code += length $t;
            next;
        }

        for (1 .. $tags) {
            my $o = $open[$rand->(scalar @open)];
            $o =~ /^<(\w+)/;
            my $c = $o =~ /^<(img|br)/ ? '' : "</$1>";

            $s .= $o;
            $s .= join(' ', map { $words[$rand->(20)] }
                            1 .. 3 + int($rand->(240) / $tags)) . ' ';
            $s .= $c;
        }

        $s .= "\n";
    }

    return $s . "</body></html>\n";
}

1;
