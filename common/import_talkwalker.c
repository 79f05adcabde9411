/* import_talkwalker: Talkwalker and Hootsuite Listening, by the query syntax of its API (import.md says
 * where). */
#include "import_field.h"

#define NO_ID      "identifiers of authors and sources are not looked at"
#define NO_PERSON  "nothing is known of an author but handle, name and followers"
#define NO_WORK    "it names work done in a Talkwalker project"
#define NO_TIME    "an alert listens from now on; for the past: earshot replay --since"
#define NO_MEASURE "mentions do not carry this measure; engagement: is likes, reposts and replies together"

#define ANY_MEDIA                                                                                            \
    .with = "has:media", .note = "the kinds of media are not told apart: any media", .effect = IMPORT_MORE
#define ANY_NEWS                                                                                             \
    .with = "source:news", .note = "the kinds of news are not told apart: all news", .effect = IMPORT_MORE

static const struct import_choice SOURCE_TYPES[] = {
    {.written = "ONLINENEWS", .with = "source:news"},
    {.written = "ONLINENEWS_AGENCY", ANY_NEWS},
    {.written = "ONLINENEWS_MAGAZINES", ANY_NEWS},
    {.written = "ONLINENEWS_MAGAZINE", ANY_NEWS},
    {.written = "ONLINENEWS_NEWSPAPER", ANY_NEWS},
    {.written = "ONLINENEWS_OTHER", ANY_NEWS},
    {.written = "ONLINENEWS_TVRADIO", ANY_NEWS},
    {.written = "ONLINENEWS_PRESSRELEASES", ANY_NEWS},
    {.written = "NEWSPAPER", ANY_NEWS},
    {.written = "PRESSRELEASE", ANY_NEWS},
    {.written = "BLOG", .with = "source:blog"},
    {.written = "BLOG_OTHER", .with = "source:blog"},
    {.written = "BLOG_BLOGPOST", .with = "source:blog"},
    {.written = "MESSAGEBOARD", .with = "source:forum"},
    {.written = "MESSAGEBOARD_REVIEW", .with = "source:review"},
    {.written = "SOCIALMEDIA", .with = "source:social"},
    {.written = "SOCIALMEDIA_TWITTER", .with = "source:twitter"},
    {.written = "SOCIALMEDIA_FACEBOOK", .with = "source:facebook"},
    {.written = "SOCIALMEDIA_INSTAGRAM", .with = "source:instagram"},
    {.written = "SOCIALMEDIA_YOUTUBE", .with = "source:youtube"},
    {.written = "SOCIALMEDIA_TIKTOK", .with = "source:tiktok"},
    {.written = "SOCIALMEDIA_LINKEDIN", .with = "source:linkedin"},
    {.written = "SOCIALMEDIA_PINTEREST", .with = "source:pinterest"},
    {.written = "SOCIALMEDIA_REDDIT", .with = "source:reddit"},
    {.written = "SOCIALMEDIA_TUMBLR", .with = "source:tumblr"},
    {.written = "SOCIALMEDIA_MASTODON", .with = "source:mastodon"},
    {.written = "SOCIALMEDIA_BLUESKY", .with = "source:bluesky"},
    {.written = "SOCIALMEDIA_THREADS", .with = "source:threads"},
    {.written = "SOCIALMEDIA_TWITCH", .with = "source:twitch"},
    {.written = "SOCIALMEDIA_VK", .with = "source:vk"},
    {.written = "SOCIALMEDIA_WEIBO", .with = "source:weibo"},
    {.written = "OTHER", .with = "source:web"},
    {0},
};

static const struct import_choice IS[] = {
    {.written = "comment", .with = "type:comment"},
    {.written = "retweet", .with = "is:repost"},
    {.written = "twitter_reply", .with = "is:reply"},
    {.written = "reply", .with = "is:reply"},
    {.written = "question", .with = "has:question"},
    {.written = "author_verified", .note = NO_PERSON},
    {.written = "source_verified", .note = NO_PERSON},
    {.written = "important", .note = NO_WORK},
    {.written = "read", .note = NO_WORK},
    {.written = "checked", .note = NO_WORK},
    {0},
};

static const struct import_choice CONTAINS[] = {
    {.written = "image", ANY_MEDIA},
    {.written = "video", ANY_MEDIA},
    {.written = "audio", ANY_MEDIA},
    {0},
};

static const struct import_choice POST_TYPES[] = {
    {.written = "IMAGE", ANY_MEDIA},
    {.written = "VIDEO", ANY_MEDIA},
    {.written = "AUDIO", ANY_MEDIA},
    {.written = "LINK", .with = "has:link"},
    {.written = "TEXT", .with = "(NOT has:(link OR media))"},
    {0},
};

static const struct import_field FIELDS[] = {
    {.name = "title", .carry = import_carry_title},
    {.name = "content",
     .carry = import_carry_content,
     .note = "words cannot be kept out of the title: title and text"},
    {.name = "author", .carry = import_carry_text, .with = "author:$"},
    {.name = "authorshort", .carry = import_carry_text, .with = "author:\"@%\""},
    {.name = "mention", .carry = import_carry_text, .with = "\"@%\""},
    {.name = "hashtag", .carry = import_carry_text, .with = "\"#%\""},
    {.name = "lang", .carry = import_carry_language},
    {.name = "sourcecountry", .carry = import_carry_country},
    {.name = "authorcountry",
     .carry = import_carry_country,
     .note = "the author's country is not told from the mention's",
     .effect = IMPORT_OTHER},
    {.name = "sourcetype",
     .carry = import_carry_choice,
     .choices = SOURCE_TYPES,
     .note = "no kind of source that mentions have; a platform is source:mastodon"},
    {.name = "is", .carry = import_carry_choice, .choices = IS},
    {.name = "contains", .carry = import_carry_choice, .choices = CONTAINS},
    {.name = "posttype", .carry = import_carry_choice, .choices = POST_TYPES},
    {.name = "site", .carry = import_carry_site, .with = "host"},
    {.name = "domainurl", .carry = import_carry_site, .with = "host"},
    {.name = "domain_url", .carry = import_carry_site, .with = "host"},
    {.name = "hosturl", .carry = import_carry_site, .with = "host"},
    {.name = "host_url", .carry = import_carry_site, .with = "host"},
    {.name = "rooturl", .carry = import_carry_site, .with = "host"},
    {.name = "root_url", .carry = import_carry_site, .with = "host"},
    {.name = "url", .carry = import_carry_site},
    {.name = "entity_url", .carry = import_carry_link},
    {.name = "engagement", .carry = import_carry_range, .with = "engagement"},
    {.name = "followers", .carry = import_carry_range, .with = "followers"},
    {.name = "twitter_followers", .carry = import_carry_range, .with = "followers"},
    {.name = "reach", .carry = import_carry_nothing, .note = NO_MEASURE},
    {.name = "twitter_retweets", .carry = import_carry_nothing, .note = NO_MEASURE},
    {.name = "facebook_likes", .carry = import_carry_nothing, .note = NO_MEASURE},
    {.name = "facebook_shares", .carry = import_carry_nothing, .note = NO_MEASURE},
    {.name = "sentiment",
     .carry = import_carry_nothing,
     .note = "sentiment is found behind the alert, and counted: earshot query summary"},
    {.name = "published", .carry = import_carry_nothing, .note = NO_TIME},
    {.name = "search_indexed", .carry = import_carry_nothing, .note = NO_TIME},
    {.name = "gender", .carry = import_carry_nothing, .note = NO_PERSON},
    {.name = "authordescription", .carry = import_carry_nothing, .note = NO_PERSON},
    {.name = "demographic", .carry = import_carry_nothing, .note = NO_PERSON},
    {.name = "author_id", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "source_id", .carry = import_carry_nothing, .note = NO_ID},
    {.name = "device", .carry = import_carry_nothing, .note = "the device of a post is not known"},
    {.name = "image", .carry = import_carry_nothing, .note = "what is in an image is not looked at"},
    {.name = "score", .carry = import_carry_nothing, .note = NO_WORK},
    {.name = "tag", .carry = import_carry_nothing, .note = NO_WORK},
    {.name = "customerentity", .carry = import_carry_nothing, .note = NO_WORK},
    {.name = "flag",
     .carry = import_carry_nothing,
     .note = "how words are compared is the same everywhere: {…} for exactly so, link: for links, author:"},
};

const struct import_dialect IMPORT_TALKWALKER = {
    .name = "talkwalker",
    .title = "Talkwalker",
    .fields = FIELDS,
    .field_count = COUNT_OF(FIELDS),
    .words_not = true,
    .near = true,
    .talkwalker_near = true,
    .raw_plus = true,
    .wildcards = true,
    .bare_fuzzy = true,
    .accents_free = true,
    .simple_special = true,
    .mixed = "Talkwalker does not say which binds first",
    .implied = "no operator stands before this: read as AND",
};
