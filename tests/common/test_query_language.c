/* The whole language, from text to tree: a row of query.md in several scripts each. A case a line: the query,
 * its normal form (NULL: as it was written), and its tree (query_same.h). What is printed parses to the same
 * tree. */
#include "query_codes.h"
#include "query_same.h"

#include "cmocka_all.h"

#include <stdio.h>

static const struct {
    const char *query, *printed, *tree;
} CASES[] = {
    /* words, phrases, tags, handles, cashtags, emoji */
    {"acme", NULL, "acme"},
    {"кошка", NULL, "кошка"},
    {"σοφός", NULL, "σοφός"},
    {"مُحَمَّد", NULL, "مُحَمَّد"},
    {"שָׁלוֹם", NULL, "שָׁלוֹם"},
    {"हिन्दी", NULL, "हिन्दी"},
    {"한국어", NULL, "한국어"},
    {"社", NULL, "社"},
    {"社交聆聽", NULL, "(phrase 社 交 聆 聽 run 社交聆聽)"},
    {"ソニー", NULL, "(phrase ソ ニ ー run ソニー)"},
    {"สวัสดี", NULL, "(phrase ส วั ส ดี run สวัสดี)"},
    {"ສະບາຍ", NULL, "(phrase ສ ະ ບ າ ຍ run ສະບາຍ)"},
    {"iphone手機", NULL, "(phrase iphone 手 機 run iphone手機)"},
    {"\"acme corp\"", NULL, "(phrase acme corp)"},
    {"\"добрый день\"", NULL, "(phrase добрый день)"},
    {"\"社交 聆聽\"", "\"社 交 聆 聽\"", "(phrase 社 交 聆 聽)"},
    {"\"سلام عليكم\"", NULL, "(phrase سلام عليكم)"},
    {"кот-кошка", "\"кот кошка\"", "(phrase кот кошка)"},
    {"l\u2019été", "\"l été\"", "(phrase l été)"},
    {"#кошка", NULL, "tag:#кошка"},
    {"#社交聆聽", NULL, "tag:#社交聆聽"},
    {"#سلام", NULL, "tag:#سلام"},
    {"#ไทย", NULL, "tag:#ไทย"},
    {"#2024x", NULL, "tag:#2024x"},
    {"@jane-x.y", NULL, "handle:@jane-x.y"},
    {"@иван", NULL, "handle:@иван"},
    {"@社交", NULL, "handle:@社交"},
    {"@jane@xn--a.example", NULL, "handle:@jane@xn--a.example"},
    {"＄acm", NULL, "cashtag:＄acm"},
    {"$TSLA OR $АКМ", NULL, NULL},
    {"👍🏽", NULL, "emoji:👍🏽"},
    {"🇩🇪", NULL, "emoji:🇩🇪"},
    {"👩\u200d💻", NULL, "emoji:👩\u200d💻"},
    {"1\ufe0f\u20e3", NULL, "emoji:1\ufe0f\u20e3"},
    {"i😡you", "\"i 😡 you\"", "(phrase i emoji:😡 you)"},
    /* and, or, not */
    {"кошка AND собака", NULL, "(and кошка собака)"},
    {"社 AND 交", NULL, "(and 社 交)"},
    {"سلام OR שלום", NULL, "(or سلام שלום)"},
    {"ไ OR 한국", NULL, "(or ไ 한국)"},
    {"кошка -собака", "кошка AND NOT собака", "(and кошка (not собака))"},
    {"社 NOT 交", "社 AND NOT 交", "(and 社 (not 交))"},
    {"سلام AND NOT (שלום OR 社)", NULL, "(and سلام (not (or שלום 社)))"},
    {"😡 -#acme -@ann", "😡 AND NOT #acme AND NOT @ann", "(and emoji:😡 (not tag:#acme) (not handle:@ann))"},
    {"#社 OR @ann OR $acm", NULL, "(or tag:#社 handle:@ann cashtag:$acm)"},
    /* prefixes */
    {"acm*", NULL, "acm*:prefix"},
    {"ACM*", NULL, "ACM*:prefix"},
    {"acm**", "acm*", "acm*:prefix"},
    {"_ac*", NULL, "_ac*:prefix"},
    {"2024*", NULL, "2024*:prefix"},
    {"caf*", NULL, "caf*:prefix"},
    {"mül*", NULL, "mül*:prefix"},
    {"łód*", NULL, "łód*:prefix"},
    {"ﬁx*", NULL, "ﬁx*:prefix"},
    {"йод*", NULL, "йод*:prefix"},
    {"σοφ*", NULL, "σοφ*:prefix"},
    {"سلا*", NULL, "سلا*:prefix"},
    {"שלו*", NULL, "שלו*:prefix"},
    {"हिन्*", NULL, "हिन्*:prefix"},
    {"社*", NULL, "社*:prefix"},
    {"ソ*", NULL, "ソ*:prefix"},
    {"か*", NULL, "か*:prefix"},
    {"한*", NULL, "한*:prefix"},
    {"ไ*", NULL, "ไ*:prefix"},
    {"ກ*", NULL, "ກ*:prefix"},
    {"社交*", NULL, "(phrase 社 交*:prefix run 社交*:prefix)"},
    {"ストア*", NULL, "(phrase ス ト ア*:prefix run ストア*:prefix)"},
    {"iphone手*", NULL, "(phrase iphone 手*:prefix run iphone手*:prefix)"},
    {"acm*社", NULL, "(phrase acm*:prefix 社 run acm*社:wildcard)"},
    {"\"acm* corp\"", NULL, "(phrase acm*:prefix corp)"},
    {"\"corp acm*\"", NULL, "(phrase corp acm*:prefix)"},
    {"\"добр* день\"", NULL, "(phrase добр*:prefix день)"},
    {"\"社* corp\"", NULL, "(phrase 社*:prefix corp)"},
    {"a-acm*", "\"a acm*\"", "(phrase a acm*:prefix)"},
    {"l'acm*", "\"l acm*\"", "(phrase l acm*:prefix)"},
    {"acm*.", "acm*", "acm*:prefix"},
    /* wildcards */
    {"ac*e", NULL, "ac*e:wildcard"},
    {"ac?e", NULL, "ac?e:wildcard"},
    {"ac?", NULL, "ac?:wildcard"},
    {"ac??", NULL, "ac??:wildcard"},
    {"ac*e*", NULL, "ac*e*:wildcard"},
    {"ac**e", "ac*e", "ac*e:wildcard"},
    {"acm?*", NULL, "acm?*:wildcard"},
    {"ко*ка", NULL, "ко*ка:wildcard"},
    {"ко?ка", NULL, "ко?ка:wildcard"},
    {"σο?ος", NULL, "σο?ος:wildcard"},
    {"سل?م", NULL, "سل?م:wildcard"},
    {"한?어", NULL, "한?어:wildcard"},
    {"社?", NULL, "社?:wildcard"},
    {"社?\ufe0f x", NULL, NULL},
    {"\"社?\ufe0f x\"", NULL, "(phrase 社?\ufe0f:wildcard x)"},
    {"社*交", NULL, "(phrase 社*:prefix 交 run 社*交:wildcard)"},
    {"\"ac?e corp\"", NULL, "(phrase ac?e:wildcard corp)"},
    {"\"why acme?\"", NULL, "(phrase why acme?:wildcard)"},
    {"*\ufe0f\u20e3", NULL, "emoji:*\ufe0f\u20e3"},
    {"\"acm* *\ufe0f\u20e3\"", NULL, "(phrase acm*:prefix emoji:*\ufe0f\u20e3)"},
    /* fuzzy words */
    {"acme~1", NULL, "acme:fuzzy1"},
    {"Acme~1", NULL, "Acme:fuzzy1"},
    {"microsoft~2", NULL, "microsoft:fuzzy2"},
    {"straße~1", NULL, "straße:fuzzy1"},
    {"aßen~1", NULL, "aßen:fuzzy1"},
    {"müller~1", NULL, "müller:fuzzy1"},
    {"кошка~1", NULL, "кошка:fuzzy1"},
    {"безопасность~2", NULL, "безопасность:fuzzy2"},
    {"σοφός~1", NULL, "σοφός:fuzzy1"},
    {"سلام~1", NULL, "سلام:fuzzy1"},
    {"한국어로~1", NULL, "한국어로:fuzzy1"},
    {"\"acme~1 corp\"", NULL, "(phrase acme:fuzzy1 corp)"},
    {"\"acme~1, corp\"", "\"acme~1 corp\"", "(phrase acme:fuzzy1 corp)"},
    {"\"acme~1\"", "acme~1", "acme:fuzzy1"},
    {"\"the microsoft~2 corp\"", NULL, "(phrase the microsoft:fuzzy2 corp)"},
    {"\"кошка~1 дома\"", NULL, "(phrase кошка:fuzzy1 дома)"},
    {"\"acme~ x\"", "\"acme x\"", "(phrase acme x)"},
    {"\"good ~ x\"", "\"good x\"", "(phrase good x)"},
    {"\"好吃~ 好\"", "\"好 吃 好\"", "(phrase 好 吃 好)"},
    /* exactly these characters */
    {"{BT}", NULL, "(entity BT)"},
    {"{Acme Corp}", NULL, "(entity Acme Corp)"},
    {"{C++}", NULL, "(entity C++)"},
    {"{ BT\t}", "{BT}", "(entity BT)"},
    {"{:)}", NULL, "(entity :))"},
    {"{AND}", NULL, "(entity AND)"},
    {"{a \"b\" <<< c}", NULL, "(entity a \"b\" <<< c)"},
    {"{a{b}", NULL, "(entity a{b)"},
    {"{acm*}", NULL, "(entity acm*)"},
    {"{Йод}", NULL, "(entity Йод)"},
    {"{社交}", NULL, "(entity 社交)"},
    {"{Café}", NULL, "(entity Café)"},
    {"{สวัสดี}", NULL, "(entity สวัสดี)"},
    {"{😡}", NULL, "(entity 😡)"},
    {"{a}AND{b}", "{a} AND {b}", "(and (entity a) (entity b))"},
    {"a -{BT}", "a AND NOT {BT}", "(and a (not (entity BT)))"},
    {"\"{BT} x\"", "\"BT x\"", "(phrase BT x)"},
    /* near */
    {"a NEAR/3 b", NULL, "(near a <>3 b)"},
    {"a NEAR/0 b", NULL, "(near a <>0 b)"},
    {"a NEAR/100 b", NULL, "(near a <>100 b)"},
    {"a NEAR/007 b", "a NEAR/7 b", "(near a <>7 b)"},
    {"a NEAR/3f b", "a ONEAR/3 b", "(near a >3 b)"},
    {"a ONEAR/3 b", NULL, "(near a >3 b)"},
    {"a ONEAR/3f b", "a ONEAR/3 b", "(near a >3 b)"},
    {"a NEAR/3 b NEAR/2 c", NULL, "(near a <>3 b <>2 c)"},
    {"a NEAR/3f b NEAR/2 c ONEAR/0 d", "a ONEAR/3 b NEAR/2 c ONEAR/0 d", "(near a >3 b <>2 c >0 d)"},
    {"\"a b\" NEAR/3 c", NULL, "(near (phrase a b) <>3 c)"},
    {"{A} NEAR/3 {B}", NULL, "(near (entity A) <>3 (entity B))"},
    {"acm* NEAR/1 corp~1", NULL, "(near acm*:prefix <>1 corp:fuzzy1)"},
    {"ac?e NEAR/1 x", NULL, "(near ac?e:wildcard <>1 x)"},
    {"\"a b\"~2 NEAR/1 x", NULL, "(near (window a b ~2) <>1 x)"},
    {"#a NEAR/0 @b", NULL, "(near tag:#a <>0 handle:@b)"},
    {"😡 NEAR/2 acme", NULL, "(near emoji:😡 <>2 acme)"},
    {"(a OR b) NEAR/3 c", NULL, "(near (or a b) <>3 c)"},
    {"a NEAR/3 (b OR \"c d\" OR {E})", NULL, "(near a <>3 (or b (phrase c d) (entity E)))"},
    {"(a OR (b OR c)) NEAR/3 d", "(a OR b OR c) NEAR/3 d", "(near (or a b c) <>3 d)"},
    {"((a)) NEAR/3 (b)", "a NEAR/3 b", "(near a <>3 b)"},
    {"кошка NEAR/3 дом", NULL, "(near кошка <>3 дом)"},
    {"社 NEAR/1 聽", NULL, "(near 社 <>1 聽)"},
    {"社交 ONEAR/1 ソニー", NULL, "(near (phrase 社 交 run 社交) >1 (phrase ソ ニ ー run ソニー))"},
    {"سلام NEAR/2 قلم", NULL, "(near سلام <>2 قلم)"},
    {"a NEAR/3\"b c\"", "a NEAR/3 \"b c\"", "(near a <>3 (phrase b c))"},
    {"a NEAR/3(b OR c)", "a NEAR/3 (b OR c)", "(near a <>3 (or b c))"},
    {"a NEAR/3{B}", "a NEAR/3 {B}", "(near a <>3 (entity B))"},
    {"кошка NEAR/3f дом", "кошка ONEAR/3 дом", "(near кошка >3 дом)"},
    {"社 ONEAR/0 聽", NULL, "(near 社 >0 聽)"},
    {"سلام ONEAR/2 قلم", NULL, "(near سلام >2 قلم)"},
    {"(кошка OR кот*) NEAR/3 \"белый дом\"", NULL, "(near (or кошка кот*:prefix) <>3 (phrase белый дом))"},
    {"NEARBY AND NEARLY", NULL, "(and NEARBY NEARLY)"},
    {"\"NEAR/3\"", "\"NEAR 3\"", "(phrase NEAR 3)"},
    {"\"near\" AND near", "near AND near", "(and near near)"},
    {"NEAR*", NULL, "NEAR*:prefix"},
    {"NEAR~1", NULL, "NEAR:fuzzy1"},
    /* windows */
    {"\"a b\"~3", NULL, "(window a b ~3)"},
    {"\"a b c\"~0", NULL, "(window a b c ~0)"},
    {"\"a b\"~100", NULL, "(window a b ~100)"},
    {"\"a a\"~2", NULL, "(window a a ~2)"},
    {"\"acme-corp x\"~3", "\"acme corp x\"~3", "(window acme corp x ~3)"},
    {"\"acm* corp~1 c?\"~3", NULL, NULL},
    {"\"acm* corp~1\"~3", NULL, "(window acm*:prefix corp:fuzzy1 ~3)"},
    {"\"#a @b 😡\"~3", NULL, "(window tag:#a handle:@b emoji:😡 ~3)"},
    {"\"добрый день\"~1", NULL, "(window добрый день ~1)"},
    {"\"社交\"~2", "\"社 交\"~2", "(window 社 交 ~2)"},
    {"\"สวัสดี x\"~2", "\"ส วั ส ดี x\"~2", "(window ส วั ส ดี x ~2)"},
    {"\"سلام قلم\"~2", NULL, "(window سلام قلم ~2)"},
    {"(\"a b\"~3)AND c", "\"a b\"~3 AND c", "(and (window a b ~3) c)"},
    {"a -\"b c\"~2", "a AND NOT \"b c\"~2", "(and a (not (window b c ~2)))"},
    /* precedence: NOT, NEAR, AND, OR */
    {"a AND b NEAR/0 c", NULL, "(and a (near b <>0 c))"},
    {"a NEAR/0 b AND c", NULL, "(and (near a <>0 b) c)"},
    {"a NEAR/0 b OR c", NULL, "(or (near a <>0 b) c)"},
    {"a OR b NEAR/0 c", NULL, "(or a (near b <>0 c))"},
    {"a OR b AND c NEAR/0 d", NULL, "(or a (and b (near c <>0 d)))"},
    {"a AND b OR c AND d", NULL, "(or (and a b) (and c d))"},
    {"a AND (b OR c) AND d", NULL, "(and a (or b c) d)"},
    {"(a AND b) OR c", "a AND b OR c", "(or (and a b) c)"},
    {"a -b OR c", "a AND NOT b OR c", "(or (and a (not b)) c)"},
    {"a NOT b OR c", "a AND NOT b OR c", "(or (and a (not b)) c)"},
    {"a NOT b AND c", "a AND NOT b AND c", "(and a (not b) c)"},
    {"a -b NEAR/1 c", NULL, NULL},
    {"a AND NOT (b NEAR/1 c)", NULL, "(and a (not (near b <>1 c)))"},
    {"a -(b NEAR/1 c)", "a AND NOT (b NEAR/1 c)", "(and a (not (near b <>1 c)))"},
    {"a AND NOT NOT b", NULL, "(and a (not (not b)))"},
    {"a AND NOT (b OR c)", NULL, "(and a (not (or b c)))"},
    {"(a NEAR/1 b) AND c", "a NEAR/1 b AND c", "(and (near a <>1 b) c)"},
    {"кошка OR собака AND дом", NULL, "(or кошка (and собака дом))"},
    {"社 OR 交 AND 聽", NULL, "(or 社 (and 交 聽))"},
    /* comments */
    {"a <<< x >>> NEAR/3 <<< y >>> b", "a NEAR/3 b", "(near a <>3 b)"},
    {"a AND lang:(<<< x >>> de <<< y >>> OR nl)", "a AND lang:(de OR nl)",
     "(and a (or (lang de) (lang nl)))"},
    {"<<< заметка >>> кошка", "кошка", "кошка"},
    {"社<<< \" ( { >>>", "社", "社"},
    /* title */
    {"title:acme", NULL, "(title acme)"},
    {"title:\"acme corp\"", NULL, "(title (phrase acme corp))"},
    {"title:acme-corp", "title:\"acme corp\"", "(title (phrase acme corp))"},
    {"title:acm*", NULL, "(title acm*:prefix)"},
    {"title:acme~1", NULL, "(title acme:fuzzy1)"},
    {"title:{BT}", NULL, "(title (entity BT))"},
    {"title:#acme", NULL, "(title tag:#acme)"},
    {"title:😡", NULL, "(title emoji:😡)"},
    {"title:\"a b\"~2", NULL, "(title (window a b ~2))"},
    {"title:\"AND\"", NULL, "(title AND)"},
    {"title:(a)", "title:a", "(title a)"},
    {"title:(a OR b)", NULL, "(title (or a b))"},
    {"title:(a AND NOT b)", NULL, "(title (and a (not b)))"},
    {"title:(a NEAR/2 b)", NULL, "(title (near a <>2 b))"},
    {"title:(a b)", NULL, NULL},
    {"title:кошка", NULL, "(title кошка)"},
    {"title:社交", NULL, "(title (phrase 社 交 run 社交))"},
    {"title:(سلام OR قلم)", NULL, "(title (or سلام قلم))"},
    {"x -title:a", "x AND NOT title:a", "(and x (not (title a)))"},
    {"x AND title:(NOT a)", NULL, "(and x (title (not a)))"},
    {"title:a OR title:b", NULL, "(or (title a) (title b))"},
    {"title:a AND lang:de", NULL, "(and (title a) (lang de))"},
    /* author */
    {"author:jane", NULL, "(author 'jane' jane)"},
    {"author:@jane", NULL, "(author 'jane')"},
    {"author:\"@jane\"", "author:@jane", "(author 'jane')"},
    {"author:＠jane", "author:@jane", "(author 'jane')"},
    {"author:@jane@example.social", NULL, "(author 'jane@example.social')"},
    {"author:jane@example.social", NULL, "(author 'jane@example.social' jane example social)"},
    {"author:jane-x.y", NULL, "(author 'jane-x.y' jane x y)"},
    {"author:\"van doe\"", NULL, "(author van doe)"},
    {"author:\"  van   doe \"", "author:\"van doe\"", "(author van doe)"},
    {"author:\"Acme 😡\"", NULL, "(author Acme emoji:😡)"},
    {"author:\"OR\"", NULL, "(author 'OR' OR)"},
    {"author:\u0E31\u0E12", "author:\"\u0E31\u0E12\"", "(author \u0E31 \u0E12 run \u0E31\u0E12)"},
    {"author:(jane OR @joe OR \"van doe\")", NULL,
     "(or (author 'jane' jane) (author 'joe') (author van doe))"},
    {"author:(jane)", "author:jane", "(author 'jane' jane)"},
    {"author:jane.", "author:jane", "(author 'jane' jane)"},
    {"author:\"(@jane)\"", "author:@jane", "(author 'jane')"},
    {"author:иван", NULL, "(author 'иван' иван)"},
    {"author:\"иван петров\"", NULL, "(author иван петров)"},
    {"author:社交", NULL, "(author '社交' 社 交 run 社交)"},
    {"author:محمد", NULL, "(author 'محمد' محمد)"},
    /* site, link */
    {"site:acme.com", NULL, "(site 'acme.com')"},
    {"site:Blog.ACME.com", "site:blog.acme.com", "(site 'blog.acme.com')"},
    {"site:\"acme.com\"", "site:acme.com", "(site 'acme.com')"},
    {"site:com", NULL, "(site 'com')"},
    {"site:www.acme.com", NULL, "(site 'www.acme.com')"},
    {"site:xn--mnchen-3ya.de", NULL, "(site 'xn--mnchen-3ya.de')"},
    {"site:münchen.de", NULL, "(site 'münchen.de')"},
    {"site:пример.рф", NULL, "(site 'пример.рф')"},
    {"site:例え.jp", NULL, "(site '例え.jp')"},
    {"site:(a.com OR b.com)", NULL, "(or (site 'a.com') (site 'b.com'))"},
    {"link:acme.com/Shop?x=1", "link:\"acme.com/Shop?x=1\"", "(link 'acme.com/Shop?x=1')"},
    {"link:https://acme.com", "link:\"https://acme.com\"", "(link 'https://acme.com')"},
    {"link:\"a*b\"", NULL, "(link 'a*b')"},
    {"link:\"(x)\"", NULL, "(link '(x)')"},
    {"link:кошка", "link:\"кошка\"", "(link 'кошка')"},
    {"link:社交", "link:\"社交\"", "(link '社交')"},
    {"link:(a OR b)", "link:(\"a\" OR \"b\")", "(or (link 'a') (link 'b'))"},
    /* closed sets; the numbers are those of enum query_value */
    {"a AND source:social", NULL, "(and a (source 1))"},
    {"a AND source:web", NULL, "(and a (source 6))"},
    {"a AND source:(Blog OR NEWS OR forum OR review)", "a AND source:(blog OR news OR forum OR review)",
     "(and a (or (source 2) (source 3) (source 4) (source 5)))"},
    {"a AND source:mastodon", NULL, "(and a (source 0 'mastodon'))"},
    {"a AND source:Bluesky", "a AND source:bluesky", "(and a (source 0 'bluesky'))"},
    {"a AND source:acme-forum_2.x", NULL, "(and a (source 0 'acme-forum_2.x'))"},
    {"a AND source:\"mastodn\"", NULL, "(and a (source 0 'mastodn'))"},
    {"a AND source:\"rss\"", "a AND source:rss", "(and a (source 0 'rss'))"},
    {"a AND type:post", NULL, "(and a (type 7))"},
    {"a AND type:(comment OR review OR article OR Repost)",
     "a AND type:(comment OR review OR article OR repost)",
     "(and a (or (type 8) (type 9) (type 10) (type 11)))"},
    {"a AND is:(reply OR repost)", NULL, "(and a (or (is 12) (is 13)))"},
    {"a AND has:(link OR media OR question)", NULL, "(and a (or (has 14) (has 15) (has 16)))"},
    {"a AND lang:de", NULL, "(and a (lang de))"},
    {"a AND lang:DE", "a AND lang:de", "(and a (lang de))"},
    {"a AND lang:\"zh\"", "a AND lang:zh", "(and a (lang zh))"},
    {"a AND country:AT", NULL, "(and a (country AT))"},
    {"a AND country:tw", "a AND country:TW", "(and a (country TW))"},
    {"a AND country:(DE OR AT OR CH)", NULL, "(and a (or (country DE) (country AT) (country CH)))"},
    {"кошка AND lang:ru", NULL, "(and кошка (lang ru))"},
    {"社 AND lang:zh AND country:TW", NULL, "(and 社 (lang zh) (country TW))"},
    {"سلام -lang:ar", "سلام AND NOT lang:ar", "(and سلام (not (lang ar)))"},
    {"a -lang:(de OR nl)", "a AND NOT lang:(de OR nl)", "(and a (not (or (lang de) (lang nl))))"},
    {"a AND (lang:de OR lang:nl)", "a AND lang:(de OR nl)", "(and a (or (lang de) (lang nl)))"},
    {"a AND (lang:de OR country:DE)", NULL, "(and a (or (lang de) (country DE)))"},
    {"a AND (lang:de OR country:DE OR country:AT)", "a AND (lang:de OR country:(DE OR AT))",
     "(and a (or (lang de) (country DE) (country AT)))"},
    {"b OR author:x OR author:y", "b OR author:(x OR y)", "(or b (author 'x' x) (author 'y' y))"},
    {"author:(x OR y) OR b", NULL, "(or (author 'x' x) (author 'y' y) b)"},
    {"a AND lang:( de )", "a AND lang:de", "(and a (lang de))"},
    /* ranges */
    {"a AND followers:[1000 TO *]", NULL, "(and a (followers 1000..9223372036854775807))"},
    {"a AND followers:[* TO 999]", NULL, "(and a (followers 0..999))"},
    {"a AND followers:[5 TO 5]", NULL, "(and a (followers 5..5))"},
    {"a AND followers:[ 007   TO\t8 ]", "a AND followers:[7 TO 8]", "(and a (followers 7..8))"},
    {"a AND followers:[0 TO *]", "a AND followers:[* TO *]", "(and a (followers 0..9223372036854775807))"},
    {"a AND followers:[1 TO 999999999999999999]", NULL, "(and a (followers 1..999999999999999999))"},
    {"a AND engagement:[10 TO 20]", NULL, "(and a (engagement 10..20))"},
    {"a AND engagement:([0 TO 1] OR [5 TO 6])", "a AND engagement:([* TO 1] OR [5 TO 6])",
     "(and a (or (engagement 0..1) (engagement 5..6)))"},
    {"a AND rating:[1 TO 2.5]", NULL, "(and a (rating 1..2.5))"},
    {"a AND rating:[0.1 TO *]", NULL, "(and a (rating 0.10000000000000001..inf))"},
    {"a AND rating:[* TO 4.250]", "a AND rating:[* TO 4.25]", "(and a (rating -inf..4.25))"},
    {"a AND rating:[0.000001 TO 999999999.999999]", NULL,
     "(and a (rating 9.9999999999999995e-07..999999999.99999905))"},
    {"кошка -rating:[4 TO 5]", "кошка AND NOT rating:[4 TO 5]", "(and кошка (not (rating 4..5)))"},
    {"社 AND followers:[1 TO 2]", NULL, "(and 社 (followers 1..2))"},
    /* what looks like a field and is none */
    {"12:30", "\"12 30\"", "(phrase 12 30)"},
    {"\"re: acme\"", "\"re acme\"", "(phrase re acme)"},
    {"München:x", "\"München x\"", "(phrase München x)"},
    {"social AND lang AND title", NULL, "(and social lang title)"},
};

static void each_form_has_its_tree_and_its_normal_form(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    struct query_error error;
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const char *text = CASES[i].query;
        struct query *query = query_parse(span_of(text), arena, &error), *again;
        if (!query != !CASES[i].tree)
            fail_msg("%s: byte %zu: %s", text, query ? 0 : error.byte, query ? "parsed" : error.text);
        if (!query)
            continue;
        buf_clear(&out);
        query_dump(query, &out);
        if (strcmp(out.ptr, CASES[i].tree) != 0)
            fail_msg("%s: is %s", text, out.ptr);
        buf_clear(&out);
        query_print(query, &out);
        if (strcmp(out.ptr, CASES[i].printed ? CASES[i].printed : text) != 0)
            fail_msg("%s: printed as %s", text, out.ptr);
        again = query_parse(buf_span(&out), arena, &error);
        if (!again || !query_same(query, again))
            fail_msg("%s: printed as %s, which is another", text, out.ptr);
    }
    printf("%zu cases\n", COUNT_OF(CASES));
    buf_free(&out);
    arena_free(&arena);
}

/* Every node knows its bytes: what an error or an explanation shows of it. */
static void nodes_know_their_bytes(void **state) {
    (void)state;
    struct arena *arena = arena_new(4096);
    struct query_error error;
    const char *text = " a  AND (b NEAR/2 \"c d\"~3) -title:{E F} AND lang:(de OR nl)";
    struct query *query = query_parse(span_of(text), arena, &error);
    static const char *const PARTS[] = {"a", "(b NEAR/2 \"c d\"~3)", "-title:{E F}", "lang:(de OR nl)"};
    assert_non_null(query);
    const struct query *child = query->first;
    for (size_t i = 0; i < COUNT_OF(PARTS); i++, child = child->next) {
        assert_non_null(child);
        struct span part = {text + child->start, child->end - child->start};
        assert_true(span_eq(part, span_of(PARTS[i])));
    }
    assert_null(child);
    assert_int_equal(query->start, 1);
    assert_int_equal(query->end, strlen(text));
    arena_free(&arena);
}

static void every_code_is_found_in_any_case(void **state) {
    (void)state;
    static const struct query_codes *const SETS[] = {&QUERY_LANGUAGES, &QUERY_COUNTRIES};
    for (size_t set = 0; set < COUNT_OF(SETS); set++)
        for (size_t i = 0; i < SETS[set]->count; i++) {
            const char *code = SETS[set]->codes[i].code;
            char other[3] = {(char)(code[0] ^ 0x20), (char)(code[1] ^ 0x20), '\0'};
            assert_ptr_equal(query_code_of(SETS[set], span_of(code)), &SETS[set]->codes[i]);
            assert_ptr_equal(query_code_of(SETS[set], span_of(other)), &SETS[set]->codes[i]);
        }
    assert_int_equal(QUERY_LANGUAGES.count, 183);
    assert_int_equal(QUERY_COUNTRIES.count, 249);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_has_its_tree_and_its_normal_form),
        cmocka_unit_test(nodes_know_their_bytes),
        cmocka_unit_test(every_code_is_found_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
